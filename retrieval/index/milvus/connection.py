"""A connection to Milvus with timeouts and a circuit breaker, its errors as one sentence each."""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

import grpc
from pymilvus import MilvusClient, MilvusException

from retrieval.errors import IndexServerUnavailable
from retrieval.index.milvus.settings import CONNECT_SECONDS, INDEX_SETTING_NAMES, MilvusSettings

T = TypeVar("T")

MAX_QUOTED_CHARACTERS = 200  # characters of the server's own message
COLLECTION_CLOSED = (4, 100, 101)  # it does not exist, before Milvus 2.3 and since, or is not loaded
CONNECT_FAILED, RATE_LIMITED, NOT_AUTHENTICATED, NOT_PERMITTED = 2, 8, 1400, 1401
LITE = "milvus_lite"  # begins the version that Milvus Lite tells

# pymilvus prints each error with its traceback, milvus-lite logs them; ours are raised, one sentence each.
for _name in ("pymilvus", "pymilvus.milvus_client", "pymilvus.bulk_writer", LITE):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)


class CollectionMissing(Exception):
    """The collection of a request does not exist, or is not loaded any more."""


class MilvusConnection:
    """Connects at the first request, and anew after a failure; safe to share between threads.

    While the server's circuit breaker is open, no requests are made.
    """

    def __init__(self, server: MilvusSettings) -> None:
        self.server = server
        self._lock = threading.Lock()
        self._client: MilvusClient | None = None
        self._last_failure = f"{server.name} failed a moment ago and is left alone for a while."

    def run(self, action: Callable[[MilvusClient], T], seconds: float) -> T:
        """Run an action, which may take `seconds`. Raises IndexServerUnavailable and CollectionMissing."""
        if not self.server.breaker.allow_request():
            raise IndexServerUnavailable(self._last_failure)
        client = None
        try:
            client = self._connected()
            result = action(client)
        except CollectionMissing:
            self.server.breaker.record_success()
            raise
        except (MilvusException, grpc.RpcError) as exc:
            if isinstance(exc, MilvusException) and exc.code in COLLECTION_CLOSED:
                self.server.breaker.record_success()
                raise CollectionMissing from exc
            if client is self._client:  # else another thread has failed first, and closed the connection
                self._last_failure = _sentence(self.server, exc, seconds)
                self.server.breaker.record_failure()
                self.close()
            raise IndexServerUnavailable(self._last_failure) from exc
        self.server.breaker.record_success()
        return result

    def close(self) -> None:
        """Close the connection; the next request makes another."""
        with self._lock:
            client, self._client = self._client, None
        if client:
            with suppress(MilvusException, grpc.RpcError):
                client.close()

    def _connected(self) -> MilvusClient:
        with self._lock:
            if self._client is None:
                self._client = MilvusClient(
                    self.server.url, token=self.server.token, timeout=CONNECT_SECONDS, dedicated=True
                )
            return self._client


def _sentence(server: MilvusSettings, error: Exception, seconds: float) -> str:
    if server.is_file:
        return f"{server.name} cannot be used ({_quoted(server, error)}); see that no other process has it open."
    url, status, code = INDEX_SETTING_NAMES.base_url, _grpc_status(error), getattr(error, "code", 0)
    if status in (grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED) or code in (
        NOT_AUTHENTICATED,
        NOT_PERMITTED,
    ):
        wrong = "refuses the token" if server.token else "wants a token"
        return f"{server.name} {wrong}; set {INDEX_SETTING_NAMES.api_key} to a valid one."
    if status is grpc.StatusCode.DEADLINE_EXCEEDED:
        return f"{server.name} does not answer within {seconds:g} seconds; see whether it is overloaded."
    if status is grpc.StatusCode.UNAVAILABLE or code == CONNECT_FAILED:
        return f"{server.name} cannot be reached; start it or correct {url}."
    if status is grpc.StatusCode.UNIMPLEMENTED:
        return f"There is no Milvus at {server.url}; correct {url}."
    if code == RATE_LIMITED or status is grpc.StatusCode.RESOURCE_EXHAUSTED:
        return f"{server.name} takes no more requests at the moment; try again later."
    return f"{server.name} refuses the request ({_quoted(server, error)})."


def _grpc_status(error: BaseException | None) -> grpc.StatusCode | None:
    """The status of the gRPC error behind an error: pymilvus raises some as they are and keeps others as cause."""
    while error is not None:
        if isinstance(error, grpc.RpcError) and isinstance(status := error.code(), grpc.StatusCode):
            return status
        error = error.__cause__ if error.__cause__ is not error else None
    return None


def _quoted(server: MilvusSettings, error: Exception) -> str:
    message = error.message if isinstance(error, MilvusException) else str(error)
    return " ".join(server.redact(message).split()).rstrip(".")[:MAX_QUOTED_CHARACTERS]
