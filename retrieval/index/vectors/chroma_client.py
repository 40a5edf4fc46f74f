"""A Chroma client with timeouts, its errors as one sentence each, and what is done with a collection of passages."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import chromadb
import httpx
import numpy as np
from chromadb.api import ServerAPI
from chromadb.api.client import Client
from chromadb.config import Settings, System
from chromadb.errors import ChromaError
from langchain_chroma import Chroma

from retrieval.documents import Hit
from retrieval.errors import OnRecordError, VectorsUnavailable
from retrieval.models.endpoints.address import Address
from retrieval.models.endpoints.endpoint_errors import is_certificate_error

CONNECT_SECONDS = 2.0
PLACEHOLDER_PORT = 8000  # chromadb requires one; the port in the URL takes precedence
V1_HEARTBEAT_PATH = "/api/v1/heartbeat"  # of servers before Chroma 1.0
# Among few passages each one is compared: a walk of the graph that accepts few of its nodes visits nearly all of it
# (100 of 279,000 passages: 13 against 274 ms; from 1,000 on the walk is faster).
EXACT_SEARCH_LIMIT = 500
MAX_QUOTED_CHARACTERS = 200  # characters of the server's own message


class ChromaServerClient(Client):
    """chromadb's client without the requests that its constructor makes before a timeout can be set.

    `seconds` is the longest pause between bytes. Proxies and certificate authorities are configured as for httpx
    (HTTPS_PROXY, SSL_CERT_FILE). Safe to share between threads. Raises VectorsUnavailable.
    """

    def __init__(self, address: Address, seconds: float) -> None:
        self._address = address
        settings = Settings(
            anonymized_telemetry=False,
            chroma_api_impl="chromadb.api.fastapi.FastAPI",
            chroma_server_host=address.url,
            chroma_server_http_port=PLACEHOLDER_PORT,
            chroma_server_headers=_headers(address),
        )
        try:
            self._server = System(settings).instance(ServerAPI)  # type: ignore[type-abstract]
        except (ImportError, ValueError, OSError) as exc:
            raise VectorsUnavailable(f"The proxy or certificate settings cannot be used: {exc}.") from exc
        self._session: httpx.Client = self._server._session  # type: ignore[attr-defined]
        self._session.timeout = httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))

    def identify(self) -> None:
        """Make the first request: it checks server and token, and tells the tenant and database of the token."""
        try:
            identity = self._server.get_user_identity()
        except Exception as exc:
            if _status(exc) in (404, 405) and self._is_old():
                raise VectorsUnavailable(_WRONG_API_VERSION.format(self._address.url)) from exc
            raise
        self.tenant = identity.tenant or self.tenant
        if identity.databases and len(identity.databases) == 1 and "*" not in identity.databases:
            (self.database,) = identity.databases

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _is_old(self) -> bool:
        response = self._session.get(f"{self._address.url}{V1_HEARTBEAT_PATH}")
        return response.is_success and "heartbeat" in response.text


@contextmanager
def translate_errors(address: Address, seconds: float) -> Iterator[None]:
    """Raise errors of Chroma and of the connection to it as VectorsUnavailable; others pass unchanged."""
    try:
        yield
    except OnRecordError:
        raise
    except Exception as exc:
        if sentence := _error_sentence(address, exc, seconds):
            raise VectorsUnavailable(sentence) from exc
        raise


def _headers(address: Address) -> dict[str, str]:
    """The token as an `Authorization` header and as the `X-Chroma-Token` header of Chroma Cloud."""
    if not address.authorization:
        return {}
    scheme, _, token = address.authorization.partition(" ")
    return {"Authorization": address.authorization} | ({"X-Chroma-Token": token} if scheme == "Bearer" else {})


_WRONG_API_VERSION = "The Chroma server {} speaks another version of the API than this OnRecord; take Chroma 1.x."


def _error_sentence(address: Address, error: Exception, seconds: float) -> str:
    """The sentence for an error, empty if it is not about the server."""
    if isinstance(error, httpx.HTTPError | httpx.InvalidURL):
        return _transport_sentence(address, error, seconds)
    status = _status(error)
    if status == 410:
        return _WRONG_API_VERSION.format(address.url)
    if status in (401, 403):
        wrong = "refuses the token" if address.authorization else "wants a token"
        return (
            f"The Chroma server {address.url} {wrong} ({status}); set {address.setting_names.api_key} to a valid one."
        )
    if status == 429 or status >= 500:
        message = _server_message(address, error, status)
        return f"The Chroma server {address.url} fails on its side ({message}); try again later."
    if isinstance(error, ChromaError):
        return f"The Chroma server {address.url} refuses the request ({_server_message(address, error, status)})."
    if status or isinstance(error, ValueError | KeyError | TypeError | AttributeError):
        return f"There is no Chroma server at {address.url}; correct {address.setting_names.base_url}."
    return ""


def _transport_sentence(address: Address, error: Exception, seconds: float) -> str:
    server, url = f"The Chroma server {address.url}", address.setting_names.base_url
    if is_certificate_error(error):
        return f"{server} has a certificate that is not trusted here; point SSL_CERT_FILE at its authority's."
    if isinstance(error, httpx.ProxyError):
        return f"{server} cannot be reached through the proxy; correct HTTP_PROXY, HTTPS_PROXY and NO_PROXY."
    if isinstance(error, httpx.ConnectTimeout):
        return f"{server} does not take the connection; start it or correct {url}."
    if isinstance(error, httpx.TimeoutException):
        unit = "second" if seconds == 1 else "seconds"
        return f"{server} does not answer within {seconds:g} {unit}; see whether it is overloaded."
    if isinstance(error, httpx.ConnectError | httpx.InvalidURL | httpx.UnsupportedProtocol):
        return f"{server} cannot be reached; start it or correct {url}."
    return f"{server} broke off its answer; try again."


def _status(error: BaseException) -> int:
    """The HTTP status behind an error: the code of a ChromaError, else that of the exception chromadb caught; or 0."""
    if isinstance(error, ChromaError):
        return error.code()
    caught = error.__context__
    return caught.response.status_code if isinstance(caught, httpx.HTTPStatusError) else 0


def _server_message(address: Address, error: Exception, status: int) -> str:
    """The status and the server's own message without credentials, if there is one."""
    message = " ".join(address.redact(str(error)).split()).rstrip(".") if isinstance(error, ChromaError) else ""
    return f"{status}: {message[:MAX_QUOTED_CHARACTERS]}" if message else str(status)


def upsert_passages(store: Chroma, hits: Sequence[Hit], vectors: Sequence[Sequence[float]]) -> None:
    """Store the vectors of passages in a collection.

    Their texts and metadata stay in the catalog alone: Chroma would index them too, which takes three quarters of its
    disk space and more time than the vectors.
    """
    embeddings: list[Sequence[float] | Sequence[int]] = list(vectors)
    store._collection.upsert([hit.passage.id for hit in hits], embeddings)


def delete_passages(store: Chroma, passages: Sequence[str]) -> None:
    """Delete passages from a collection; unknown ids are ignored."""
    known = store.get(ids=list(passages), include=[])["ids"]
    if known:
        store.delete(ids=known)


def nearest_passages(
    collection: chromadb.Collection, question: Sequence[float], k: int, among: Sequence[str] | None
) -> list[tuple[str, float]]:
    """Ids and cosine similarities of the `k` nearest passages, best first; `among` restricts them to some ids."""
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
    vectors, query = np.asarray(found["embeddings"], dtype=np.float32), np.asarray(question, dtype=np.float32)
    cosines = vectors @ query / (np.linalg.norm(vectors, axis=1) * np.linalg.norm(query))
    return [(found["ids"][at], float(cosines[at])) for at in np.argsort(-cosines, kind="stable")[:k]]
