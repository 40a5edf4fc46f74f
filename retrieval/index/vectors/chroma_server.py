"""The vectors index on a Chroma server, which may be down, slow or have lost everything."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import Any, TypeVar

import httpx
from chromadb.errors import InternalError, NotFoundError
from langchain_chroma import Chroma
from langchain_core.embeddings import Embeddings

from retrieval.documents import Hit, indexed_text
from retrieval.errors import VectorsUnavailable
from retrieval.index.vectors.chroma_client import ChromaServerClient, translate_errors
from retrieval.index.vectors.chroma_folder import VerifyCollection, delete_passages, nearest_passages, upsert_passages
from retrieval.index.vectors.chroma_settings import ChromaServerSettings

T = TypeVar("T")

SERVER_CONFIGURATION: Any = {
    "hnsw": {"space": "cosine", "sync_threshold": 10_000}
}  # added again when the server starts

# The connection was closed under the request, as by a server that restarts or a proxy that tidies up.
CONNECTION_DROPPED = (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError, httpx.CloseError)


class ChromaServerIndex:
    """A collection on a Chroma server; opened when first needed, and again when it is gone. Raises VectorsUnavailable.

    Several processes may read and write it. Questions and ingest have connections of their own, because somebody
    waits for a question. While the server's breaker is open nothing is asked.
    """

    def __init__(
        self, server: ChromaServerSettings, collection: str, embeddings: Embeddings, check_in: VerifyCollection
    ) -> None:
        self._embeddings = embeddings
        spared = _GuardedServer(server)
        self._asked = _CollectionConnection(spared, collection, embeddings, check_in, server.question_seconds)
        self._written = _CollectionConnection(spared, collection, embeddings, check_in, server.write_seconds)

    def count(self) -> int:
        """How many passages the index holds."""
        return self._asked.run(lambda store: store._collection.count())

    def add(self, hits: Sequence[Hit]) -> None:
        """Embed passages with their title and heading as context and store them; doing it twice changes nothing."""
        vectors = self._embeddings.embed_documents([indexed_text(hit) for hit in hits])  # before anything is sent
        self._written.run(lambda store: upsert_passages(store, hits, vectors))

    def bulk_load(self, coming: int) -> AbstractContextManager[None]:
        """Nothing to do: a server stays open, so it may always write seldom."""
        return nullcontext()

    def warm(self) -> None:
        """Nothing to do: a server keeps open what it was asked for."""

    def set_generation(self, generation: int) -> None:
        """Nothing to do: a server shows everybody what was written."""

    def remove(self, passages: Sequence[str]) -> None:
        """Take passages out; unknown ones are passed over."""
        self._written.run(lambda store: delete_passages(store, passages))

    def embed_question(self, question: str) -> list[float]:
        """The question's vector."""
        return self._embeddings.embed_query(question)

    def search(
        self, question: Sequence[float], k: int, *, generation: int, among: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """The `k` nearest passages and their cosine similarity, best first, among some passages if given."""
        if among is not None and not among:
            return []
        return self._asked.run(lambda store: _nearest_known(store, question, k, among))

    def drop_collections(self, *collections: str) -> None:
        """Delete collections with all they hold, this one or older ones; unknown ones are passed over."""

        def delete(store: Chroma) -> None:
            for name in collections:
                with suppress(NotFoundError):
                    store._client.delete_collection(name)

        self._written.run(delete)

    def close(self) -> None:
        """Close the connections."""
        self._asked.close()
        self._written.close()


class _GuardedServer:
    """A server that is left alone for a while after it has failed."""

    def __init__(self, server: ChromaServerSettings) -> None:
        self.address, self._breaker = server.address, server.breaker
        self.trouble = f"The Chroma server {server.address.url} failed a moment ago and is left alone for a while."

    @contextmanager
    def request(self) -> Iterator[None]:
        """Raises VectorsUnavailable at once, with what went wrong last, while it is left alone."""
        if not self._breaker.allow_request():
            raise VectorsUnavailable(self.trouble)
        try:
            yield
        except VectorsUnavailable as exc:
            self.trouble = str(exc)
            self._breaker.record_failure()
            raise
        self._breaker.record_success()


class _CollectionConnection:
    """One collection over connections of its own."""

    def __init__(
        self, server: _GuardedServer, name: str, embeddings: Embeddings, check_in: VerifyCollection, seconds: float
    ) -> None:
        self._server, self._name, self._embeddings = server, name, embeddings
        self._check_in, self._seconds = check_in, seconds
        self._lock, self._failures = threading.Lock(), 0  # how often it could not be opened
        self._client: ChromaServerClient | None = None
        self._store: Chroma | None = None

    def run(self, action: Callable[[Chroma], T]) -> T:
        """What an action on the opened collection gives; it may be done twice. Raises VectorsUnavailable."""
        with self._server.request(), translate_errors(self._server.address, self._seconds):
            try:
                return action(self._open_store())
            except NotFoundError:  # built anew by another process, or lost
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
        failures = self._failures
        with self._lock:
            if self._store is None:
                if failures != self._failures:  # whoever had the lock has waited in vain for us too
                    raise VectorsUnavailable(self._server.trouble)
                try:
                    self._store = self._open()
                except Exception:
                    self._failures += 1
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
        self._check_in(str(store._collection.id), store._collection.count)
        return store


def _nearest_known(
    store: Chroma, question: Sequence[float], k: int, among: Sequence[str] | None
) -> list[tuple[str, float]]:
    try:
        return nearest_passages(store._collection, question, k, among)
    except InternalError:  # an id that Chroma does not have fails the whole query
        if among is None:
            raise
        known = store.get(ids=list(among), include=[])["ids"]
        return nearest_passages(store._collection, question, k, known) if known else []
