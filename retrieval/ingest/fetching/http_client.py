"""Send one HTTP request over pooled connections to checked IP addresses."""

import asyncio
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from socket import gaierror

import httpcore

from retrieval.errors import SourceError, SourceForbidden, SourceUnreachable
from retrieval.ingest.decompression import CONTENT_CODINGS, Decompressor
from retrieval.ingest.fetching.http_response import HttpResponse
from retrieval.ingest.fetching.safety.checked_connections import CheckedBackend
from retrieval.ingest.fetching.safety.url import Url
from retrieval.models.endpoints.endpoint_errors import is_certificate_error

KEEPALIVE_SECONDS = 4.0  # of an idle connection; servers keep theirs for at least five
MAX_IDLE_CONNECTIONS = 10
_BROKEN_CONNECTION = (httpcore.RemoteProtocolError, httpcore.ReadError, httpcore.WriteError)


class HttpClient:
    """An HTTP client without redirects, cookies or a proxy (a proxy would resolve host names itself)."""

    def __init__(self, backend: CheckedBackend, *, tls: ssl.SSLContext | None = None) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls or default_tls_context(),
            max_connections=None,  # HostQueue limits them
            max_keepalive_connections=MAX_IDLE_CONNECTIONS,
            keepalive_expiry=KEEPALIVE_SECONDS,
            network_backend=backend,
        )

    async def aclose(self) -> None:
        """Close all connections."""
        await self._pool.aclose()

    async def get(
        self, url: Url, headers: Mapping[str, str], *, max_bytes: int, truncate: bool = False
    ) -> HttpResponse:
        """Send one GET request. Content over `max_bytes`, as sent or decompressed, is an error, or is truncated.

        Raises SourceForbidden, SourceUnreachable, SourceError.
        """
        sent = {"Host": url.authority, "Accept-Encoding": ", ".join(CONTENT_CODINGS), **headers}
        target = httpcore.URL(scheme=url.scheme, host=url.host, port=url.port, target=url.target)
        encoded = [(name.encode("ascii"), value.encode("utf-8")) for name, value in sent.items()]
        with _translate_errors(url):
            response = await self._send(httpcore.Request("GET", target, headers=encoded))
            try:
                received = _decode_headers(response)
                if not 200 <= response.status < 300:
                    return HttpResponse(response.status, received)
                if not truncate and _content_length(received) > max_bytes:
                    raise _too_large(url, max_bytes)
                body = await _read_body(response, Decompressor(received.get("content-encoding", ""), max_bytes))
            finally:
                await response.aclose()
            if not truncate and body.is_over:
                raise _too_large(url, max_bytes)
            return HttpResponse(response.status, received, body.content())

    async def _send(self, request: httpcore.Request) -> httpcore.Response:
        """Send the request and return once the headers are there; retry once if a kept-alive connection was closed."""
        was_kept_alive = any(
            connection.is_idle() and connection.can_handle_request(request.url.origin)
            for connection in self._pool.connections
        )
        try:
            return await self._pool.handle_async_request(request)
        except _BROKEN_CONNECTION:
            if not was_kept_alive:
                raise
            return await self._pool.handle_async_request(request)


@cache
def default_tls_context() -> ssl.SSLContext:
    """The usual certificate authorities and those of SSL_CERT_FILE; loading them takes 50 ms."""
    return httpcore.default_ssl_context()


async def _read_body(response: httpcore.Response, decompressor: Decompressor) -> Decompressor:
    async for chunk in response.aiter_stream():
        decompressor.feed(chunk)
        if decompressor.is_over:
            break
        await asyncio.sleep(0)  # a server that sends byte by byte must not block the event loop
    return decompressor


def _decode_headers(response: httpcore.Response) -> dict[str, str]:
    headers = dict[str, str]()
    for raw_name, raw_value in response.headers:
        name, value = raw_name.decode("ascii").lower(), _decode_value(raw_value)
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _decode_value(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _content_length(headers: Mapping[str, str]) -> int:
    length = headers.get("content-length", "")
    return int(length) if length.isdecimal() else 0


def _too_large(url: Url, max_bytes: int) -> SourceError:
    return SourceError(str(url), f"is larger than {max_bytes:,} bytes")


@contextmanager
def _translate_errors(url: Url) -> Iterator[None]:
    """Raise errors of httpcore, sockets and decompression as SourceError about the URL."""
    try:
        yield
    except PermissionError as exc:
        raise SourceForbidden(str(url), str(exc)) from exc
    except ValueError as exc:
        raise SourceError(str(url), str(exc)) from exc
    except httpcore.LocalProtocolError as exc:
        raise SourceError(str(url), "cannot be asked for, because a header would be malformed") from exc
    except (OSError, EOFError, httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as exc:
        raise SourceUnreachable(str(url), _failure_reason(exc)) from exc


def _failure_reason(error: BaseException) -> str:
    if is_certificate_error(error):
        return "has a certificate that is not trusted here"
    if isinstance(error, gaierror):
        return "has a host that cannot be found"
    if isinstance(error, OSError | httpcore.ConnectError | httpcore.ConnectTimeout):
        return "cannot be reached"
    return "broke off its answer or garbled it"
