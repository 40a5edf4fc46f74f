"""One request and its answer, over pooled connections to checked addresses."""

import asyncio
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from socket import gaierror

import httpcore

from retrieval.endpoints.endpoint_errors import is_certificate
from retrieval.errors import SourceError, SourceForbidden, SourceUnreachable
from retrieval.ingest.decompression import CODINGS, Decompressor
from retrieval.ingest.fetching.safety.checked_connections import CheckedBackend
from retrieval.ingest.fetching.safety.url import Url

KEPT_SECONDS = 4.0  # an idle connection; servers keep theirs for five at the least
MOST_KEPT = 10
_BREAKS = (httpcore.RemoteProtocolError, httpcore.ReadError, httpcore.WriteError)


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """A status, headers by their lower-case names, and the unpacked content of a good answer (2xx)."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = field(default=b"", repr=False)


class HttpClient:
    """Follows no redirect, keeps no cookie, and uses no proxy, which would resolve names itself."""

    def __init__(self, backend: CheckedBackend, *, tls: ssl.SSLContext | None = None) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls or trusted(),
            max_connections=None,  # hosts.py bounds them
            max_keepalive_connections=MOST_KEPT,
            keepalive_expiry=KEPT_SECONDS,
            network_backend=backend,
        )

    async def aclose(self) -> None:
        """Close all connections."""
        await self._pool.aclose()

    async def ask(self, url: Url, headers: Mapping[str, str], *, largest: int, whole: bool = True) -> HttpResponse:
        """One GET. What is larger than `largest` bytes, as sent or unpacked, is an error, or cut there.

        Raises SourceForbidden, SourceUnreachable, SourceError.
        """
        sent = {"Host": url.authority, "Accept-Encoding": ", ".join(CODINGS), **headers}
        target = httpcore.URL(scheme=url.scheme, host=url.host, port=url.port, target=url.target)
        encoded = [(name.encode("ascii"), value.encode("utf-8")) for name, value in sent.items()]
        with _translated(url):
            response = await self._begun(httpcore.Request("GET", target, headers=encoded))
            try:
                found = _headers(response)
                if not 200 <= response.status < 300:
                    return HttpResponse(response.status, found)
                if whole and _declared(found) > largest:
                    raise _too_large(url, largest)
                unpacking = await _read(response, Decompressor(found.get("content-encoding", ""), largest))
            finally:
                await response.aclose()
            if whole and unpacking.is_over:
                raise _too_large(url, largest)
            return HttpResponse(response.status, found, unpacking.content())

    async def _begun(self, request: httpcore.Request) -> httpcore.Response:
        """The head of the answer; a connection that was kept may be closed just when it is needed, so try anew."""
        was_kept = any(
            connection.is_idle() and connection.can_handle_request(request.url.origin)
            for connection in self._pool.connections
        )
        try:
            return await self._pool.handle_async_request(request)
        except _BREAKS:
            if not was_kept:
                raise
            return await self._pool.handle_async_request(request)


@cache
def trusted() -> ssl.SSLContext:
    """The usual authorities and those of SSL_CERT_FILE; loading them takes 50 ms."""
    return httpcore.default_ssl_context()


async def _read(response: httpcore.Response, unpacking: Decompressor) -> Decompressor:
    async for part in response.aiter_stream():
        unpacking.feed(part)
        if unpacking.is_over:
            break
        await asyncio.sleep(0)  # a server that sends byte by byte must not keep the loop from others
    return unpacking


def _headers(response: httpcore.Response) -> dict[str, str]:
    found = dict[str, str]()
    for raw_name, raw_value in response.headers:
        name, value = raw_name.decode("ascii").lower(), _text(raw_value)
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _declared(headers: Mapping[str, str]) -> int:
    length = headers.get("content-length", "")
    return int(length) if length.isdecimal() else 0


def _too_large(url: Url, largest: int) -> SourceError:
    return SourceError(str(url), f"is larger than {largest:,} bytes")


@contextmanager
def _translated(url: Url) -> Iterator[None]:
    try:
        yield
    except PermissionError as exc:
        raise SourceForbidden(str(url), str(exc)) from exc
    except ValueError as exc:
        raise SourceError(str(url), str(exc)) from exc
    except httpcore.LocalProtocolError as exc:
        raise SourceError(str(url), "cannot be asked for, because a header would be malformed") from exc
    except (OSError, EOFError, httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as exc:
        raise SourceUnreachable(str(url), _why(exc)) from exc


def _why(error: BaseException) -> str:
    if is_certificate(error):
        return "has a certificate that is not trusted here"
    if isinstance(error, gaierror):
        return "has a host that cannot be found"
    if isinstance(error, OSError | httpcore.ConnectError | httpcore.ConnectTimeout):
        return "cannot be reached"
    return "broke off its answer or garbled it"
