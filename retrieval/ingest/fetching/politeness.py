"""Limit requests to each host: one at a time, with a delay between them, and none while the host asks for backoff."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from retrieval.errors import SourceUnreachable
from retrieval.ingest.fetching.safety.url import Url

MAX_DELAY_SECONDS = 60.0  # between two requests, whatever robots.txt asks for
MAX_BACKOFF_SECONDS = 86_400.0  # whatever Retry-After asks for
MAX_HOSTS = 1_000  # remembered; above it, hosts without a pending delay or backoff are dropped


@dataclass(slots=True)
class _HostState:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0
    ready_at: float = 0.0
    backoff_until: float = 0.0


class HostQueue:
    """The queue of requests to each host; belongs to one event loop."""

    def __init__(self) -> None:
        self._hosts = dict[str, _HostState]()

    @asynccontextmanager
    async def turn(self, url: Url, delay: float = 0.0) -> AsyncIterator[None]:
        """Wait for a turn at the URL's host; afterwards block the host for `delay` seconds or as long as the turn took.

        A slow host is given as long to rest as it took to answer, as the crawler Heritrix does. Raises
        SourceUnreachable at once while the host is in backoff.
        """
        host = self._host(url.host)
        host.users += 1
        try:
            _check_backoff(host, url)
            async with host.lock:
                await asyncio.sleep(host.ready_at - time.monotonic())
                _check_backoff(host, url)  # the request before this one may have started a backoff
                began = time.monotonic()
                try:
                    yield
                finally:
                    ended = time.monotonic()
                    host.ready_at = ended + min(max(delay, ended - began), MAX_DELAY_SECONDS)
        finally:
            host.users -= 1

    def backoff(self, url: Url, seconds: float) -> None:
        """Send no request to the URL's host for `seconds`, at most MAX_BACKOFF_SECONDS."""
        self._host(url.host).backoff_until = time.monotonic() + min(seconds, MAX_BACKOFF_SECONDS)

    def _host(self, name: str) -> _HostState:
        if name not in self._hosts and len(self._hosts) >= MAX_HOSTS:
            now = time.monotonic()
            self._hosts = {
                known: host for known, host in self._hosts.items() if host.users or now < _blocked_until(host)
            }
        return self._hosts.setdefault(name, _HostState())


def _blocked_until(host: _HostState) -> float:
    return max(host.ready_at, host.backoff_until)


def _check_backoff(host: _HostState, url: Url) -> None:
    remaining = host.backoff_until - time.monotonic()
    if remaining > 0:
        raise SourceUnreachable(str(url), f"asks for no requests for {remaining:,.0f} seconds", retry_after=remaining)
