"""Connections of clients: how many there may be, and how long one may take for the head of a request."""

import asyncio
import json
import logging
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.web.middleware.client_address import client_prefix, parse_ip
from bot.web.middleware.proxies import Network
from bot.web.schemas.error_responses import ApiError, error_body

HEAD_SECONDS = 10.0  # from the connection, or from the end of a response, until the head of a request is complete
RESERVED_FILES, FEW_FILES_SHARE = 64, 8  # file handles kept for what answers need; an eighth where there are few
RETRY_SECONDS = 10  # that a refused client is asked to wait
LOG_SECONDS = 60.0  # between two lines on the same matter
WORTH_LOGGING = 50  # connections without a request; browsers open one now and then that they do not use

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a connection is refused: the HTTP status, the error's code, and the sentences for client and operator."""

    status: HTTPStatus
    code: str
    message: str
    reason: str

    def response(self) -> bytes:
        """The HTTP response, which ends the connection."""
        body = json.dumps(error_body(ApiError(self.status, self.code, self.message), ""))
        head = (
            f"HTTP/1.1 {self.status.value} {self.status.phrase}\r\nContent-Type: application/json\r\n"
            f"Connection: close\r\nRetry-After: {RETRY_SECONDS}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return f"{head}{body}".encode()


TOO_MANY = Refusal(
    HTTPStatus.TOO_MANY_REQUESTS,
    "rate_limited",
    "Your address has too many connections; close some and try again.",
    "one address had too many",
)
NO_FILES = Refusal(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "busy",
    "Too many connections at once; try again in a moment.",
    "the file handles run out, of which 'ulimit -n' allows more",
)


class ConnectionLimits:
    """Counts the connections of a server by client, and says which are too many.

    Trusted proxies have no limit of their own, because all of their clients come from one address.
    """

    def __init__(self, per_address: int, trusted: Sequence[Network] = ()) -> None:
        self._per_address, self._trusted = per_address, trusted
        self._open = Counter[str]()
        self._max_file = _max_file_number()
        self._closed, self._logged = Counter[str](), dict[str, float]()

    def add(self, address: str, file_number: int) -> Refusal | None:
        """Count a connection; why it is refused, None where it is not."""
        client = client_prefix(address)
        self._open[client] += 1
        if file_number >= self._max_file:
            return NO_FILES
        return TOO_MANY if self._open[client] > self._per_address and not self._is_trusted(address) else None

    def discard(self, address: str) -> None:
        """Count a connection no more."""
        client = client_prefix(address)
        self._open[client] -= 1
        if self._open[client] <= 0:
            del self._open[client]

    def log_closed(self, reason: str, *, least: int = 1) -> None:
        """Log that connections were closed: once in a while, with their number, from the `least` number on."""
        self._closed[reason] += 1
        now = time.monotonic()
        if self._closed[reason] >= least and now - self._logged.get(reason, -LOG_SECONDS) >= LOG_SECONDS:
            _log.warning("Closed %d connections: %s.", self._closed.pop(reason), reason)
            self._logged[reason] = now

    def _is_trusted(self, address: str) -> bool:
        ip = parse_ip(address)
        return ip is not None and any(ip in network for network in self._trusted)


class RepeatFilter(logging.Filter):
    """Passes a warning once in a while: uvicorn logs one for each request that is no HTTP."""

    def __init__(self) -> None:
        super().__init__()
        self._logged = dict[object, float]()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether it is no warning, or none that was passed within LOG_SECONDS."""
        now = time.monotonic()
        if record.levelno != logging.WARNING or now - self._logged.get(record.msg, -LOG_SECONDS) >= LOG_SECONDS:
            self._logged[record.msg] = now
            return True
        return False


def connection_protocol(limits: ConnectionLimits) -> type[asyncio.Protocol]:
    """The class of connections that a uvicorn server makes, with these limits."""

    class Connection(_LimitedConnection):
        connection_limits = limits

    return Connection


class _LimitedConnection(H11Protocol):
    """A connection that is refused where there are too many, and closed where no request comes in time.

    uvicorn's own timeout begins with the end of a response and ends with the first byte of the next request.
    """

    connection_limits: ConnectionLimits
    _address = ""
    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._address = self.client[0] if self.client else ""
        if refusal := self.connection_limits.add(self._address, transport.get_extra_info("socket").fileno()):
            self.connection_limits.log_closed(refusal.reason)
            transport.write(refusal.response())
            transport.close()
        else:
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_head_timer()
        self.connection_limits.discard(self._address)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._await_head()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._await_head()

    def _await_head(self) -> None:
        """Run the timer while a request's head is awaited, and only then."""
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_head_timer()
        elif self._head_timer is None and not self.transport.is_closing():
            self._head_timer = self.loop.call_later(HEAD_SECONDS, self._end_waiting)

    def _stop_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _end_waiting(self) -> None:
        self._head_timer = None
        self.connection_limits.log_closed("no request came in time", least=WORTH_LOGGING)
        self.transport.close()


def _max_file_number() -> int:
    """The number of a file handle from which on the rest is kept; the system gives out the lowest that is free."""
    if sys.platform == "win32":
        return sys.maxsize
    import resource

    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    unlimited = limit == resource.RLIM_INFINITY
    return sys.maxsize if unlimited else limit - min(RESERVED_FILES, limit // FEW_FILES_SHARE)
