"""The collection of an index in Milvus, which other processes may make anew, and which may be lost."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import TypeVar

from pymilvus import DataType, MilvusClient
from pymilvus.milvus_client.index import IndexParams

from retrieval.errors import IndexServerUnavailable
from retrieval.index.milvus.connection import LITE, CollectionMissing, MilvusConnection
from retrieval.index.milvus.passage_rows import MAX_BYTES, MAX_DAY, MAX_SPEAKERS, Row, SparseVector, is_one_of
from retrieval.index.words.passage_terms import FIELDS

T = TypeVar("T")

Verify = Callable[[Callable[[], int]], None]
"""Called with a function that counts the rows, after a collection is opened and before it is read or written."""

KEY_LENGTH = 16  # characters of a digest
ROWS_AT_ONCE = 500
CURRENT = "Strong"  # consistency: reads see all that was written before; searches may lag behind for some seconds


class MilvusCollection:
    """A collection, made with its first rows; raises IndexServerUnavailable.

    `name` gives its present name; in the block of `creating` no other process makes it. A search may lag behind the
    writes of other clients by a moment ("Bounded" in Milvus's terms), because waiting for them costs each question
    200 ms. What is counted is up to date.
    """

    def __init__(
        self,
        connection: MilvusConnection,
        name: Callable[[], str],
        verify: Verify,
        creating: Callable[[], AbstractContextManager[object]],
    ) -> None:
        self._connection, self._name, self._verify, self._creating = connection, name, verify, creating
        self._opening, self._opened = threading.Lock(), ""
        self._question_seconds = connection.server.question_seconds
        self._write_seconds = connection.server.write_seconds

    def count(self) -> int:
        """The number of rows."""
        seconds = self._question_seconds
        return self._read(lambda client, name: _count(client, name, seconds), 0, seconds)

    def search(self, field: str, vector: SparseVector | Sequence[float], k: int, where: str) -> list[tuple[str, float]]:
        """Ids and scores of the `k` rows nearest to a vector, best first."""

        def search(client: MilvusClient, name: str) -> list[tuple[str, float]]:
            (found,) = client.search(
                name,
                data=[vector],
                anns_field=field,
                limit=k,
                filter=where,
                output_fields=["id"],
                timeout=self._question_seconds,
            )
            return [(hit["id"], float(hit["distance"])) for hit in found]

        return self._read(search, [], self._question_seconds)

    def ids(self, where: str) -> list[str]:
        """Ids of all rows that meet a condition."""

        def read(client: MilvusClient, name: str) -> list[str]:
            rows = client.query_iterator(
                name, ROWS_AT_ONCE, filter=where, output_fields=["id"], timeout=self._question_seconds
            )
            try:
                return [row["id"] for batch in iter(rows.next, []) for row in batch]
            finally:
                rows.close()

        return self._read(read, [], self._question_seconds)

    def terms(self, ids: Sequence[str]) -> list[Row]:
        """The terms of those of these rows that exist, by field."""

        def read(client: MilvusClient, name: str) -> list[Row]:
            return [
                row
                for batch in _batches(ids)
                for row in client.query(
                    name,
                    filter=is_one_of("id", batch),
                    output_fields=list(FIELDS),
                    consistency_level=CURRENT,
                    timeout=self._write_seconds,
                )
            ]

        return self._read(read, [], self._write_seconds)

    def put(self, rows: Sequence[Row]) -> None:
        """Add or replace rows; makes the collection if there is none."""
        for batch in _batches(rows):
            self._write(batch)

    def delete(self, ids: Sequence[str]) -> None:
        """Delete rows; unknown ids are ignored."""

        def delete(client: MilvusClient, name: str) -> None:
            for batch in _batches(ids):
                client.delete(name, ids=list(batch), timeout=self._write_seconds)

        self._read(delete, None, self._write_seconds)

    def drop(self, name: str = "") -> None:
        """Delete the whole collection, or another one of this name, if there is one."""
        seconds = self._write_seconds
        self._connection.run(lambda client: client.drop_collection(name or self._name(), timeout=seconds), seconds)
        self._opened = ""

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _read(self, action: Callable[[MilvusClient, str], T], missing: T, seconds: float) -> T:
        """Run an action on the collection; `missing` where there is none. Another process may have made it anew."""
        for _ in range(2):
            try:
                return self._connection.run(lambda client: action(client, self._existing(client)), seconds)
            except CollectionMissing:
                self._opened = ""
            except IndexServerUnavailable:
                self._opened = ""  # what it lost is noticed when it is back
                raise
        self._verify(lambda: 0)
        return missing

    def _write(self, rows: Sequence[Row]) -> None:
        def put(client: MilvusClient) -> None:
            client.upsert(self._existing_or_new(client, len(rows[0]["vector"])), list(rows), timeout=seconds)

        seconds = self._write_seconds
        if self._opened != self._name():  # another process has begun a new one, and the old one may still be there
            self._opened = ""
        try:
            self._connection.run(put, seconds)
        except CollectionMissing:  # another process has deleted it
            self._opened = ""
            self._connection.run(put, seconds)
        except IndexServerUnavailable:
            self._opened = ""
            raise

    def _existing(self, client: MilvusClient) -> str:
        """The collection's name, verified when it is first used. Raises CollectionMissing."""
        with self._opening:
            if not self._opened:
                name, seconds = self._name(), self._question_seconds
                if not client.has_collection(name, timeout=seconds):
                    raise CollectionMissing
                client.load_collection(name, timeout=seconds)
                self._verify(lambda: _count(client, name, seconds))
                self._opened = name
            return self._opened

    def _existing_or_new(self, client: MilvusClient, dimensions: int) -> str:
        try:
            return self._existing(client)
        except CollectionMissing:
            name = self._name()
            with self._creating():  # one process at a time, which Milvus Lite does not see to
                if not client.has_collection(name, timeout=self._question_seconds):
                    _create(client, name, dimensions, self._write_seconds)
            return self._existing(client)


def _count(client: MilvusClient, name: str, seconds: float) -> int:
    found = client.query(name, filter="", output_fields=["count(*)"], consistency_level=CURRENT, timeout=seconds)
    return int(found[0]["count(*)"])


def _create(client: MilvusClient, name: str, dimensions: int, seconds: float) -> None:
    schema = client.create_schema(enable_dynamic_field=False)
    schema.add_field("id", DataType.VARCHAR, max_length=KEY_LENGTH, is_primary=True)
    for field in ("article", "outlet"):
        schema.add_field(field, DataType.VARCHAR, max_length=KEY_LENGTH)
    schema.add_field("published", DataType.VARCHAR, max_length=MAX_DAY)
    schema.add_field(
        "speakers",
        DataType.ARRAY,
        element_type=DataType.VARCHAR,
        max_length=KEY_LENGTH,
        max_capacity=MAX_SPEAKERS,
    )
    for field in FIELDS:
        # The standard analyzer, which Milvus Lite has too: it splits terms at spaces, as they have no other separator.
        is_matched = field == "text"
        schema.add_field(
            field, DataType.VARCHAR, max_length=MAX_BYTES, enable_analyzer=is_matched, enable_match=is_matched
        )
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimensions)
    schema.add_field("words", DataType.SPARSE_FLOAT_VECTOR)
    schema.add_field("quoted_words", DataType.SPARSE_FLOAT_VECTOR)
    indexes = _indexes(is_lite=client.get_server_version(timeout=seconds).startswith(LITE))
    client.create_collection(name, schema=schema, index_params=indexes, consistency_level="Bounded", timeout=seconds)


def _indexes(*, is_lite: bool) -> IndexParams:
    indexes = MilvusClient.prepare_index_params()
    indexes.add_index("vector", index_type="AUTOINDEX", metric_type="COSINE")  # HNSW; all that Zilliz Cloud takes
    for field in ("words", "quoted_words"):
        indexes.add_index(field, index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
    for field in ("article", "outlet", "published", *(() if is_lite else ("speakers",))):  # it has none of arrays
        indexes.add_index(field, index_type="INVERTED")
    return indexes


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[first : first + ROWS_AT_ONCE] for first in range(0, len(items), ROWS_AT_ONCE))
