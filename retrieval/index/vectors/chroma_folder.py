"""The vector index as a Chroma collection in a folder, embedded through langchain-chroma."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

import chromadb
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings
from langchain_chroma import Chroma
from langchain_core.embeddings import Embeddings

from retrieval.catalog.filters import ArticleScope
from retrieval.documents import Hit, indexed_text
from retrieval.errors import IndexDamaged, IndexUnavailable, OnRecordError, is_rust_panic
from retrieval.index.integrity.chroma_files import damaged_file
from retrieval.index.integrity.opening_lock import opening_lock
from retrieval.index.vectors.chroma_client import delete_passages, nearest_passages, upsert_passages
from retrieval.index.vectors.vector_index import VerifyCollection

COLLECTION = "passages"
COSINE: Any = {"hnsw": {"space": "cosine"}}

# Chroma writes its whole graph to disk each time this many vectors were added (`sync_threshold`); the next process
# that opens it adds the later ones again. The number is small in general, and a share of all while many are added:
# with 1,000, Chroma's default, a million vectors would mean a terabyte of writes.
SYNC_THRESHOLD = 1_000
BULK_PASSAGES = 5_000  # from so many on, an addition counts as a bulk load
BULK_SYNCS = 16  # writes of the graph while an empty index is filled
MAX_ADDED_AT_ONCE = 512  # passages per call of `add`
REOPEN_TIME_SHARE = 0.05  # of the time at most is spent on reopening


def _no_verification(collection: str, count: Callable[[], int]) -> None:
    pass


class ChromaFolderIndex:
    """A persistent Chroma collection with cosine distance; reopened when another process has changed it.

    The queries of an embedded client do not see what another process has added since it was opened (chromadb 1.5.9),
    so `search` takes the catalog's generation and reopens the collection when that has changed; the longer opening
    takes, the less often. Raises IndexUnavailable when the folder cannot be opened.
    """

    checks_scope = False

    def __init__(self, folder: Path, embeddings: Embeddings, verify: VerifyCollection = _no_verification) -> None:
        self._folder, self._embeddings = folder, embeddings
        self._generation: int | None = None
        self._reopen_after = 0.0  # on the monotonic clock
        self._lock = threading.Lock()
        if folder.is_file() or (damaged := damaged_file(folder)):
            what = "is a file" if folder.is_file() else damaged
            raise IndexDamaged(f"The vectors index is damaged ({what}); 'onrecord reindex' builds it anew.")
        self._open()
        verify(str(self._store._collection.id), self.count)

    def count(self) -> int:
        """The number of passages in the index."""
        with _translate_errors("read"):
            return int(self._client.get_collection(COLLECTION).count())

    def add(self, hits: Sequence[Hit]) -> None:
        """Embed passages with their title and heading as context and store them; idempotent."""
        vectors = self._embeddings.embed_documents(
            [indexed_text(hit) for hit in hits]
        )  # outside the lock, so that searches go on
        with self._lock, _translate_errors("written"):
            upsert_passages(self._store, hits, vectors)

    @contextmanager
    def bulk_load(self, expected: int) -> Iterator[None]:
        """A context in which the graph is written to disk less often, if many passages are added."""
        if expected < BULK_PASSAGES:
            yield
            return
        # The last write comes with the last of them, but for a few batches, so that few are added again on opening.
        writes = max(1, round(BULK_SYNCS * expected / (self.count() + expected)))
        self._set_sync_threshold(expected // writes - MAX_ADDED_AT_ONCE)
        try:
            yield
        finally:
            self._set_sync_threshold(SYNC_THRESHOLD)

    def warm(self) -> None:
        """Load the graph; Chroma then adds the vectors that came after it was last written to disk."""
        with _translate_errors("read"):
            self._store._collection.get(limit=1, include=["embeddings"])

    def _set_sync_threshold(self, vectors: int) -> None:
        """Reopen the collection with a new threshold, which takes effect at the first use after opening."""
        with self._lock, _translate_errors("written"):
            self._store._collection.modify(configuration={"hnsw": {"sync_threshold": max(SYNC_THRESHOLD, vectors)}})
            self.close()
            self._open()

    def set_generation(self, generation: int) -> None:
        """Tell the index that this process has brought it to `generation` itself, so that it need not be reopened."""
        with self._lock:
            self._generation = generation

    def remove(self, passages: Sequence[str]) -> None:
        """Delete passages by id; unknown ids are ignored."""
        with _translate_errors("written"):
            delete_passages(self._store, passages)

    def embed_question(self, question: str) -> list[float]:
        """The vector of a question."""
        return self._embeddings.embed_query(question)

    def search(
        self,
        question: Sequence[float],
        k: int,
        *,
        generation: int,
        scope: ArticleScope | None = None,
        among: Sequence[str] | None = None,
    ) -> list[tuple[str, float]]:
        """Ids and cosine similarities of the `k` nearest passages, best first; `among` restricts them to some ids."""
        if among is not None and not among:
            return []
        store = self._current_store(generation)
        try:
            return nearest_passages(store._collection, question, k, among)
        except BaseException as exc:  # closed by a thread that saw a newer generation, or rebuilt by another process
            if not (isinstance(exc, Exception) or is_rust_panic(exc)):
                raise
            return self._retry_search(store, question, k, among)

    def _retry_search(
        self, failed: Chroma, question: Sequence[float], k: int, among: Sequence[str] | None
    ) -> list[tuple[str, float]]:
        with _translate_errors("read"):
            store = self._reopen(failed)
            if among is not None:  # one unknown id fails the whole query
                among = store.get(ids=list(among), include=[])["ids"]
            return nearest_passages(store._collection, question, k, among) if among is None or among else []

    def close(self) -> None:
        """Close the files."""
        self._client.close()

    def _current_store(self, generation: int) -> Chroma:
        """The open collection, reopened first if it is outdated and was not reopened too recently."""
        with self._lock:
            is_current = self._generation in (None, generation)
            if not is_current and monotonic() >= self._reopen_after:
                started = monotonic()
                self.close()
                self._open()
                self.warm()
                self._reopen_after = monotonic() + (monotonic() - started) / REOPEN_TIME_SHARE
                is_current = True
            if is_current:
                self._generation = generation
            return self._store

    def _reopen(self, failed: Chroma) -> Chroma:
        """The open collection, reopened unless another thread has replaced the failed one already."""
        with self._lock:
            if self._store is failed:
                self.close()
                self._open()
            return self._store

    def _open(self) -> None:
        with _translate_errors("opened"), opening_lock(self._folder):
            try:
                self._client: Any = chromadb.PersistentClient(str(self._folder), Settings(anonymized_telemetry=False))
            except BaseException:
                _forget_failed_start(str(self._folder))
                raise
            self._store = Chroma(
                client=self._client,
                collection_name=COLLECTION,
                embedding_function=self._embeddings,
                collection_configuration=COSINE,
            )


def _forget_failed_start(folder: str) -> None:
    """Let the folder be opened again: chromadb 1.5.9 keeps what it failed to start, and would take it the next time."""
    if folder not in SharedSystemClient._identifier_to_refcount:
        SharedSystemClient._identifier_to_system.pop(folder, None)


@contextmanager
def _translate_errors(action: str) -> Iterator[None]:
    """Raise as IndexUnavailable what chromadb raises: any error of SQLite and of its Rust core, panics included."""
    try:
        yield
    except OnRecordError:
        raise
    except BaseException as exc:
        if not (isinstance(exc, Exception) or is_rust_panic(exc)):
            raise
        raise IndexUnavailable(
            f"The vectors index cannot be {action} ({exc}); 'onrecord reindex' builds it anew."
        ) from exc
