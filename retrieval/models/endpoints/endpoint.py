"""Requests to one OpenAI-compatible endpoint over pooled connections, with streamed answers."""

import asyncio
import json
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx

from retrieval.errors import ModelError, UsageError
from retrieval.models.endpoints.address import Address
from retrieval.models.endpoints.endpoint_errors import status_error, transport_error
from retrieval.models.endpoints.retry import Deadline, RetryPolicy, parse_retry_after

CONNECT_SECONDS = 5.0
KEEPALIVE_SECONDS = 60.0  # of an idle connection; readers pause longer than httpx's default of 5 s between questions
POOL_LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=KEEPALIVE_SECONDS)
OPTIONAL_PARAMETERS = frozenset(
    {"stream_options", "response_format", "encoding_format"}
)  # a server may reject these as unknown
DEFAULT_RETRY = RetryPolicy()


class Endpoint:
    """An endpoint with its timeouts and retry policy; safe to share between threads and event loops.

    `read_timeout` is the longest pause between bytes in seconds, None for no limit below the deadline. Proxies and
    certificate authorities are configured as for httpx (HTTPS_PROXY, SSL_CERT_FILE).
    """

    def __init__(
        self,
        address: Address,
        *,
        retry: RetryPolicy = DEFAULT_RETRY,
        connect_timeout: float = CONNECT_SECONDS,
        read_timeout: float | None = None,
    ) -> None:
        self.address, self.retry = address, retry
        self._timeout = httpx.Timeout(read_timeout, connect=connect_timeout, pool=None)
        # A connection belongs to the event loop that opened it.
        self._clients = dict[asyncio.AbstractEventLoop, httpx.AsyncClient]()
        self._rejected_parameters = frozenset[str]()

    def __repr__(self) -> str:
        return f"Endpoint({self.address.url!r})"

    async def aclose(self) -> None:
        """Close the connections of the running event loop."""
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.aclose()

    async def post(self, path: str, body: Mapping[str, Any], deadline: Deadline) -> AsyncGenerator[bytes, None]:
        """Make one attempt and yield the chunks of a successful answer; closing the generator ends the request.

        Optional parameters that the server has rejected are omitted from later requests. Raises ModelError, UsageError.
        """
        sent = {key: value for key, value in body.items() if key not in self._rejected_parameters}
        with self._translate_errors(deadline):
            client = self._client_for_loop()
            request = client.build_request(
                "POST", f"{self.address.url}{path}", content=_encode_json(sent), timeout=self._timeout
            )
            async with deadline.timeout():
                response = await client.send(request, stream=True)
            try:
                if not response.is_success:
                    async with deadline.timeout():
                        await response.aread()
                    raise self._status_error(response, sent, path)
                chunks = response.aiter_bytes()
                while True:
                    async with deadline.timeout():
                        chunk = await anext(chunks, None)
                    if chunk is None:
                        return
                    yield chunk
            finally:
                await response.aclose()

    def _client_for_loop(self) -> httpx.AsyncClient:
        loop = asyncio.get_running_loop()
        if loop not in self._clients:
            for closed in [other for other in list(self._clients) if other.is_closed()]:
                self._clients.pop(closed, None)
            self._clients[loop] = self._new_client()
        return self._clients[loop]

    def _new_client(self) -> httpx.AsyncClient:
        headers = {"Content-Type": "application/json"}
        if self.address.authorization:
            headers["Authorization"] = self.address.authorization
        try:
            return httpx.AsyncClient(headers=headers, limits=POOL_LIMITS)
        except (ImportError, ValueError, OSError) as exc:
            raise UsageError(f"The proxy or certificate settings cannot be used: {exc}.") from exc

    def _status_error(self, response: httpx.Response, sent: Mapping[str, Any], path: str) -> ModelError:
        wait = parse_retry_after(response.headers.get("Retry-After", ""))
        error = status_error(self.address, response.status_code, response.text, path=path, retry_after=wait)
        rejected = {name for name in OPTIONAL_PARAMETERS & sent.keys() if name in response.text}
        if rejected and response.status_code in (400, 422):
            self._rejected_parameters |= rejected
            error.retryable, error.retry_after = True, 0.0
        return error

    @contextmanager
    def _translate_errors(self, deadline: Deadline) -> Iterator[None]:
        try:
            yield
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as exc:
            raise transport_error(self.address, exc, deadline.seconds) from exc


def _encode_json(body: Mapping[str, Any]) -> bytes:
    """Encode as JSON; lone surrogates, which stand for broken bytes from a terminal, become question marks."""
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
