"""The vector index as a collection on a Chroma server, which may be down, be slow or have lost its data."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import Any, TypeVar

import httpx
from chromadb.errors import InternalError, NotFoundError
from langchain_chroma import Chroma
from langchain_core.embeddings import Embeddings

from retrieval.catalog.filters import ArticleScope
from retrieval.documents import Hit, indexed_text
from retrieval.errors import VectorsUnavailable
from retrieval.index.vectors.chroma_client import (
    ChromaServerClient,
    delete_passages,
    nearest_passages,
    translate_errors,
    upsert_passages,
)
from retrieval.index.vectors.chroma_settings import ChromaServerSettings
from retrieval.index.vectors.vector_index import VerifyCollection

T = TypeVar("T")

SERVER_CONFIGURATION: Any = {
    "hnsw": {"space": "cosine", "sync_threshold": 10_000}
}  # so many vectors are added again when the server starts

# The connection was closed during the request, for example by a server that restarts or a proxy that closes idle ones.
CONNECTION_DROPPED = (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError, httpx.CloseError)


class ChromaServerIndex:
    """A collection on a Chroma server, opened at first use and again when it is gone. Raises VectorsUnavailable.

    Several processes may read and write it. Searches and writes have separate connections, because searches need a
    shorter timeout. While the server's circuit breaker is open, no requests are made.
    """

    checks_scope = False

    def __init__(
        self, server: ChromaServerSettings, collection: str, embeddings: Embeddings, verify: VerifyCollection
    ) -> None:
        self._embeddings = embeddings
        guarded = _GuardedServer(server)
        self._searches = _CollectionConnection(guarded, collection, embeddings, verify, server.question_seconds)
        self._writes = _CollectionConnection(guarded, collection, embeddings, verify, server.write_seconds)

    def count(self) -> int:
        """The number of passages in the index."""
        return self._searches.run(lambda store: store._collection.count())

    def add(self, hits: Sequence[Hit]) -> None:
        """Embed passages with their title and heading as context and store them; idempotent."""
        vectors = self._embeddings.embed_documents([indexed_text(hit) for hit in hits])  # before the request
        self._writes.run(lambda store: upsert_passages(store, hits, vectors))

    def bulk_load(self, expected: int) -> AbstractContextManager[None]:
        """Nothing to do: a server stays open, so it always writes its graph rarely."""
        return nullcontext()

    def warm(self) -> None:
        """Nothing to do: a server keeps its collections loaded."""

    def set_generation(self, generation: int) -> None:
        """Nothing to do: a server shows every client what was written."""

    def remove(self, passages: Sequence[str]) -> None:
        """Delete passages by id; unknown ids are ignored."""
        self._writes.run(lambda store: delete_passages(store, passages))

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
        return self._searches.run(lambda store: _nearest_known(store, question, k, among))

    def drop_collections(self, *collections: str) -> None:
        """Delete whole collections by name, this one or older ones; unknown names are ignored."""

        def delete(store: Chroma) -> None:
            for name in collections:
                with suppress(NotFoundError):
                    store._client.delete_collection(name)

        self._writes.run(delete)

    def close(self) -> None:
        """Close the connections."""
        self._searches.close()
        self._writes.close()


class _GuardedServer:
    """A server behind a circuit breaker, with the sentence of its last failure."""

    def __init__(self, server: ChromaServerSettings) -> None:
        self.address, self._breaker = server.address, server.breaker
        self.last_failure = f"The Chroma server {server.address.url} failed a moment ago and is left alone for a while."

    @contextmanager
    def request(self) -> Iterator[None]:
        """A context for one request; raises VectorsUnavailable with the last failure while the breaker is open."""
        if not self._breaker.allow_request():
            raise VectorsUnavailable(self.last_failure)
        try:
            yield
        except VectorsUnavailable as exc:
            self.last_failure = str(exc)
            self._breaker.record_failure()
            raise
        self._breaker.record_success()


class _CollectionConnection:
    """One collection, over HTTP connections with one timeout."""

    def __init__(
        self, server: _GuardedServer, name: str, embeddings: Embeddings, verify: VerifyCollection, seconds: float
    ) -> None:
        self._server, self._name, self._embeddings = server, name, embeddings
        self._verify, self._seconds = verify, seconds
        self._lock, self._open_failures = threading.Lock(), 0
        self._client: ChromaServerClient | None = None
        self._store: Chroma | None = None

    def run(self, action: Callable[[Chroma], T]) -> T:
        """Run an action on the open collection, twice if the first time fails. Raises VectorsUnavailable."""
        with self._server.request(), translate_errors(self._server.address, self._seconds):
            try:
                return action(self._open_store())
            except NotFoundError:  # rebuilt by another process, or lost
                self._store = None
            except CONNECTION_DROPPED:
                pass
            return action(self._open_store())

    def close(self) -> None:
        if self._client:
            self._client.close()

    def _open_store(self) -> Chroma:
        store = self._store
        if store is not None:
            return store
        failures = self._open_failures
        with self._lock:
            if self._store is None:
                if failures != self._open_failures:  # the thread that had the lock before has just failed
                    raise VectorsUnavailable(self._server.last_failure)
                try:
                    self._store = self._open()
                except Exception:
                    self._open_failures += 1
                    raise
            return self._store

    def _open(self) -> Chroma:
        self._client = self._client or ChromaServerClient(self._server.address, self._seconds)
        self._client.identify()
        store = Chroma(
            client=self._client,
            collection_name=self._name,
            embedding_function=self._embeddings,
            collection_configuration=SERVER_CONFIGURATION,
        )
        self._verify(str(store._collection.id), store._collection.count)
        return store


def _nearest_known(
    store: Chroma, question: Sequence[float], k: int, among: Sequence[str] | None
) -> list[tuple[str, float]]:
    try:
        return nearest_passages(store._collection, question, k, among)
    except InternalError:  # one unknown id fails the whole query
        if among is None:
            raise
        known = store.get(ids=list(among), include=[])["ids"]
        return nearest_passages(store._collection, question, k, known) if known else []
