"""What robots.txt says to OnRecord (RFC 9309), read by protego and remembered for a while."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from protego import Protego

from retrieval.errors import SourceUnreachable
from retrieval.ingest.fetching.safety.url import Url

AGENT = "OnRecord"
PATH = "/robots.txt"
LARGEST = 500 * 1024  # bytes that are read (RFC 9309, 2.5); what comes after them does not count
KEPT_SECONDS = 3600.0
FAILED_SECONDS = 5.0  # long enough that a queue of pages does not try a dead host one by one
MOST_KEPT = 4_000_000  # bytes of robots.txt that are remembered; protego takes forty times as much at worst
_ANY = "*"
_USER_AGENT = re.compile(r"user(?:-|\s+)?agent\s*[:\s]\s*([a-z_-]+|\*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """Which targets may be fetched, the pause it asks for in seconds, and which sitemaps it names."""

    pause: float = 0.0
    sitemaps: tuple[str, ...] = ()
    size: int = 0
    _parsed: Protego | None = field(default=None, repr=False)

    def allow(self, url: Url) -> bool:
        """Whether OnRecord may fetch it."""
        return self._parsed is None or self._parsed.can_fetch(str(url), AGENT)


def parse_robots(content: bytes) -> RobotsRules:
    """The rules in a robots.txt; what makes no sense in it is passed over."""
    lines = (_ours(line) for line in content.decode("utf-8-sig", "replace").splitlines())
    parsed = Protego.parse("\n".join(line for line in lines if line))
    sitemaps = tuple(dict.fromkeys(parsed.sitemaps))
    return RobotsRules(parsed.crawl_delay(AGENT) or 0.0, sitemaps, len(content), parsed)


def _ours(line: str) -> str:
    """The line, with all other robots' names made one: protego takes seconds for a thousand groups of a thousand."""
    bare = line.partition("#")[0].strip()
    if not bare.lower().startswith("user"):
        return bare
    named = _USER_AGENT.match(bare)
    if not named:
        return ""
    name = named[1] or "another"
    return f"User-agent: {name if name.lower() in (_ANY, AGENT.lower()) else 'another'}"


class RobotsCache:
    """The rules of each origin, asked for once an hour; belongs to one event loop."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known = dict[str, tuple[float, RobotsRules | SourceUnreachable]]()
        self._asking = WeakValueDictionary[str, asyncio.Lock]()

    async def of(self, url: Url, fetch: Callable[[], Awaitable[RobotsRules]]) -> RobotsRules:
        """The rules for an address; one `fetch` at a time for an origin. Raises what it raises."""
        lock = self._asking.setdefault(url.origin, asyncio.Lock())
        async with lock:
            until, known = self._known.get(url.origin, (0.0, None))
            if known is None or until < self._clock():
                known = await self._fetched(url.origin, fetch)
        if isinstance(known, SourceUnreachable):
            raise SourceUnreachable(str(url), known.reason, retry_after=known.retry_after)
        return known

    async def _fetched(
        self, origin: str, fetch: Callable[[], Awaitable[RobotsRules]]
    ) -> RobotsRules | SourceUnreachable:
        self._known.pop(origin, None)
        found: RobotsRules | SourceUnreachable
        try:
            found, seconds = await fetch(), KEPT_SECONDS
        except SourceUnreachable as exc:
            found, seconds = exc, FAILED_SECONDS
        self._known[origin] = (self._clock() + seconds, found)
        self._forget_the_oldest()
        return found

    def _forget_the_oldest(self) -> None:
        kept = sum(_size(found) for _, found in self._known.values())
        for origin in list(self._known)[:-1]:
            if kept <= MOST_KEPT:
                return
            kept -= _size(self._known.pop(origin)[1])


def _size(found: RobotsRules | SourceUnreachable) -> int:
    return 1_000 + (found.size if isinstance(found, RobotsRules) else 0)
