"""The vectors index: Chroma through langchain-chroma, embedded in a folder here, on a server in `server_vectors`."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from time import monotonic
from typing import Any, Protocol

import chromadb
import numpy as np
from chromadb.config import Settings
from langchain_chroma import Chroma
from langchain_core.embeddings import Embeddings

from retrieval.documents import Hit, indexed_text
from retrieval.errors import IndexUnavailable

COLLECTION = "passages"
COSINE: Any = {"hnsw": {"space": "cosine"}}

# Chroma writes its whole graph to disk each time so many vectors were added (`sync_threshold`); whoever opens it adds
# those again that came since. So it is few in general, and a share of all while many are added: with Chroma's own 1,000
# a million vectors would be a terabyte of writing.
SYNC_THRESHOLD = 1_000
BULK_PASSAGES = 5_000
BULK_SYNCS = 16
MAX_ADDED_AT_ONCE = 512  # that are added in one call
# Among few passages each is compared: a walk of the graph that may stop at few of its points sees nearly all of it
# (100 of 279,000 passages: 13 against 274 ms; from 1,000 on the walk is the shorter way).
EXACT_SEARCH_LIMIT = 500
REOPEN_TIME_SHARE = 0.05  # share of the time that may be spent on reopening

VerifyCollection = Callable[[str, Callable[[], int]], None]
"""Told which collection was opened and how to count it, before anything is read from it or written to it."""


class VectorIndex(Protocol):
    """What ingest and search ask of the vectors index, wherever it is."""

    def count(self) -> int:
        """How many passages the index holds."""

    def add(self, hits: Sequence[Hit]) -> None:
        """Embed passages with their title and heading as context and store them; doing it twice changes nothing."""

    def bulk_load(self, coming: int) -> AbstractContextManager[None]:
        """While so many passages are added."""

    def warm(self) -> None:
        """Read what the first question would have to wait for."""

    def set_generation(self, generation: int) -> None:
        """Say that this very process made the index what it is in `generation`."""

    def remove(self, passages: Sequence[str]) -> None:
        """Take passages out; unknown ones are passed over."""

    def embed_question(self, question: str) -> list[float]:
        """The question's vector."""

    def search(
        self, question: Sequence[float], k: int, *, generation: int, among: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """The `k` nearest passages and their cosine similarity, best first, among some passages if given."""

    def close(self) -> None:
        """Let go of files and connections."""


def _no_verification(collection: str, count: Callable[[], int]) -> None:
    pass


class ChromaFolderIndex:
    """A persistent Chroma collection with cosine distance; reopened when another process has added to it.

    An embedded client does not see in its queries what another process has added since it was opened (chromadb 1.5.9),
    so `search` takes the catalog's generation and reopens when that has changed; the longer opening takes, the more
    seldom.
    Raises IndexUnavailable when the folder cannot be opened.
    """

    def __init__(self, folder: Path, embeddings: Embeddings, check_in: VerifyCollection = _no_verification) -> None:
        self._folder, self._embeddings = folder, embeddings
        self._generation: int | None = None
        self._not_before = 0.0  # of the clock, when it may be reopened
        self._lock = threading.Lock()
        self._open()
        check_in(str(self._store._collection.id), self.count)

    def count(self) -> int:
        """How many passages the index holds."""
        return int(self._client.get_collection(COLLECTION).count())

    def add(self, hits: Sequence[Hit]) -> None:
        """Embed passages with their title and heading as context and store them; doing it twice changes nothing."""
        vectors = self._embeddings.embed_documents([indexed_text(hit) for hit in hits])  # while searches go on
        with self._lock:
            upsert_passages(self._store, hits, vectors)

    @contextmanager
    def bulk_load(self, coming: int) -> Iterator[None]:
        """While so many passages are added, the graph is written to disk more seldom; by `warm` at the latest."""
        if coming < BULK_PASSAGES:
            yield
            return
        # The last time it is written is with the last of them, but for a few groups, so that few are added again.
        writes = max(1, round(BULK_SYNCS * coming / (self.count() + coming)))
        self._set_sync_threshold(coming // writes - MAX_ADDED_AT_ONCE)
        try:
            yield
        finally:
            self._set_sync_threshold(SYNC_THRESHOLD)

    def warm(self) -> None:
        """Read the graph, into which Chroma puts what was added since it was written to disk."""
        self._store._collection.get(limit=1, include=["embeddings"])

    def _set_sync_threshold(self, added: int) -> None:
        """Takes effect when the collection is opened and first used."""
        with self._lock:
            self._store._collection.modify(configuration={"hnsw": {"sync_threshold": max(SYNC_THRESHOLD, added)}})
            self.close()
            self._open()

    def set_generation(self, generation: int) -> None:
        """Say that this very process made the index what it is in `generation`: no need to reopen it."""
        with self._lock:
            self._generation = generation

    def remove(self, passages: Sequence[str]) -> None:
        """Take passages out; unknown ones are passed over."""
        delete_passages(self._store, passages)

    def embed_question(self, question: str) -> list[float]:
        """The question's vector."""
        return self._embeddings.embed_query(question)

    def search(
        self, question: Sequence[float], k: int, *, generation: int, among: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """The `k` nearest passages and their cosine similarity, best first, among some passages if given."""
        if among is not None and not among:
            return []
        opened = self._current_store(generation)
        try:
            return nearest_passages(opened._collection, question, k, among)
        except Exception:  # closed meanwhile by a thread that saw a newer generation, or rebuilt by another process
            return self._retry_search(opened, question, k, among)

    def _retry_search(
        self, failed: Chroma, question: Sequence[float], k: int, among: Sequence[str] | None
    ) -> list[tuple[str, float]]:
        try:
            store = self._reopen(failed)
            if among is not None:  # an id that Chroma does not have fails the whole query
                among = store.get(ids=list(among), include=[])["ids"]
            return nearest_passages(store._collection, question, k, among) if among is None or among else []
        except IndexUnavailable:
            raise
        except Exception as exc:  # chromadb raises whatever its Rust core raises
            raise IndexUnavailable(f"The vectors index cannot be read ({exc}).") from exc

    def close(self) -> None:
        """Let go of the files."""
        self._client.close()

    def _current_store(self, generation: int) -> Chroma:
        with self._lock:
            is_known = self._generation in (None, generation)
            if not is_known and monotonic() >= self._not_before:
                started = monotonic()
                self.close()
                self._open()
                self.warm()
                self._not_before = monotonic() + (monotonic() - started) / REOPEN_TIME_SHARE
                is_known = True
            if is_known:
                self._generation = generation
            return self._store

    def _reopen(self, failed: Chroma) -> Chroma:
        with self._lock:
            if self._store is failed:
                self.close()
                self._open()
            return self._store

    def _open(self) -> None:
        try:
            self._client: Any = chromadb.PersistentClient(str(self._folder), Settings(anonymized_telemetry=False))
            self._store = Chroma(
                client=self._client,
                collection_name=COLLECTION,
                embedding_function=self._embeddings,
                collection_configuration=COSINE,
            )
        except Exception as exc:  # chromadb raises whatever its Rust core and SQLite raise
            raise IndexUnavailable(
                f"The vectors index cannot be opened ({exc}); 'onrecord reindex' builds it anew."
            ) from exc


def upsert_passages(store: Chroma, hits: Sequence[Hit], vectors: Sequence[Sequence[float]]) -> None:
    """Store the vectors of passages in a collection.

    Their texts and facts stay in the catalog alone: Chroma would index them too, for three quarters of its disk and
    more time than the vectors take.
    """
    embeddings: list[Sequence[float] | Sequence[int]] = list(vectors)
    store._collection.upsert([hit.passage.id for hit in hits], embeddings)


def delete_passages(store: Chroma, passages: Sequence[str]) -> None:
    """Take passages out of a collection; unknown ones are passed over."""
    known = store.get(ids=list(passages), include=[])["ids"]
    if known:
        store.delete(ids=known)


def nearest_passages(
    collection: chromadb.Collection, question: Sequence[float], k: int, among: Sequence[str] | None
) -> list[tuple[str, float]]:
    """Ids and cosines, best first."""
    if among is not None and len(among) <= EXACT_SEARCH_LIMIT:
        return _exact_search(collection, question, k, among)
    ids = None if among is None else list(among)
    vectors: list[Sequence[float] | Sequence[int]] = [question]
    found = collection.query(query_embeddings=vectors, n_results=k, ids=ids, include=["distances"])
    distances = found["distances"] or [[]]
    return [(key, 1.0 - distance) for key, distance in zip(found["ids"][0], distances[0], strict=True)]


def _exact_search(
    collection: chromadb.Collection, question: Sequence[float], k: int, among: Sequence[str]
) -> list[tuple[str, float]]:
    found = collection.get(ids=list(among), include=["embeddings"])
    if not found["ids"]:
        return []
    vectors, asked = np.asarray(found["embeddings"], dtype=np.float32), np.asarray(question, dtype=np.float32)
    cosines = vectors @ asked / (np.linalg.norm(vectors, axis=1) * np.linalg.norm(asked))
    return [(found["ids"][at], float(cosines[at])) for at in np.argsort(-cosines, kind="stable")[:k]]
