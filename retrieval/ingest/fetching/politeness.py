"""Politeness: one request at a time to a host, pauses between them, and none while it asks to be left alone."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from retrieval.errors import SourceUnreachable
from retrieval.ingest.fetching.safety.url import Url

LONGEST_PAUSE = 60.0  # seconds, whatever robots.txt asks for
LONGEST_ALONE = 86_400.0  # seconds, whatever Retry-After asks for
MOST_REMEMBERED = 1_000  # hosts, above which those that nothing is owed are forgotten


@dataclass(slots=True)
class _Host:
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0
    ready_at: float = 0.0
    alone_until: float = 0.0


class HostQueue:
    """What is owed to each host; belongs to one event loop."""

    def __init__(self) -> None:
        self._known = dict[str, _Host]()

    @asynccontextmanager
    async def turn(self, url: Url, pause: float = 0.0) -> AsyncIterator[None]:
        """Waits for this host, and leaves it in peace afterwards: for `pause` seconds or as long as it took.

        A host that needs long for its answer is given as long to rest, as the crawler Heritrix does it.
        Raises SourceUnreachable at once while the host wants no requests.
        """
        host = self._host(url.host)
        host.users += 1
        try:
            _refuse_if_alone(host, url)
            async with host.turn:
                await asyncio.sleep(host.ready_at - time.monotonic())
                _refuse_if_alone(host, url)  # whoever was before may have been told so
                began = time.monotonic()
                try:
                    yield
                finally:
                    ended = time.monotonic()
                    host.ready_at = ended + min(max(pause, ended - began), LONGEST_PAUSE)
        finally:
            host.users -= 1

    def leave_alone(self, url: Url, seconds: float) -> None:
        """No request to this host for so long, a day at most."""
        self._host(url.host).alone_until = time.monotonic() + min(seconds, LONGEST_ALONE)

    def _host(self, name: str) -> _Host:
        if name not in self._known and len(self._known) >= MOST_REMEMBERED:
            now = time.monotonic()
            self._known = {known: host for known, host in self._known.items() if host.users or now < _owed_until(host)}
        return self._known.setdefault(name, _Host())


def _owed_until(host: _Host) -> float:
    return max(host.ready_at, host.alone_until)


def _refuse_if_alone(host: _Host, url: Url) -> None:
    left = host.alone_until - time.monotonic()
    if left > 0:
        raise SourceUnreachable(str(url), f"asks for no requests for {left:,.0f} seconds", retry_after=left)
