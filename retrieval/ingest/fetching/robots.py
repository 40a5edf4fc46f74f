"""Parse robots.txt (RFC 9309) with protego, and cache the rules of each origin for an hour."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from protego import Protego

from retrieval.errors import SourceUnreachable
from retrieval.ingest.fetching.safety.url import Url

PRODUCT_TOKEN = "OnRecord"  # the name that a robots.txt has rules for (RFC 9309, 2.2.1)
ROBOTS_PATH = "/robots.txt"
MAX_ROBOTS_BYTES = 500 * 1024  # that are parsed (RFC 9309, 2.5); the rest is ignored
CACHE_SECONDS = 3600.0
FAILURE_CACHE_SECONDS = 5.0  # long enough that a queue of pages does not try a dead host one by one
MAX_CACHED_BYTES = 4_000_000  # of robots.txt; protego takes forty times as much at worst
_ANY = "*"
_USER_AGENT = re.compile(r"user(?:-|\s+)?agent\s*[:\s]\s*([a-z_-]+|\*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """The rules for OnRecord: which URLs it may fetch, the crawl delay in seconds, and the sitemaps that are named.

    `size` is the size of the robots.txt in bytes.
    """

    crawl_delay: float = 0.0
    sitemaps: tuple[str, ...] = ()
    size: int = 0
    _parsed: Protego | None = field(default=None, repr=False)

    def can_fetch(self, url: Url) -> bool:
        """Whether OnRecord may fetch this URL."""
        return self._parsed is None or self._parsed.can_fetch(str(url), PRODUCT_TOKEN)


def parse_robots(content: bytes) -> RobotsRules:
    """Parse a robots.txt; lines that make no sense are ignored."""
    lines = (_merge_other_agents(line) for line in content.decode("utf-8-sig", "replace").splitlines())
    parsed = Protego.parse("\n".join(line for line in lines if line))
    sitemaps = tuple(dict.fromkeys(parsed.sitemaps))
    return RobotsRules(parsed.crawl_delay(PRODUCT_TOKEN) or 0.0, sitemaps, len(content), parsed)


def _merge_other_agents(line: str) -> str:
    """The line, with the names of other robots replaced by one: protego takes seconds for 1,000 groups of 1,000."""
    bare = line.partition("#")[0].strip()
    if not bare.lower().startswith("user"):
        return bare
    found = _USER_AGENT.match(bare)
    if not found:
        return ""
    name = found[1] or "another"
    return f"User-agent: {name if name.lower() in (_ANY, PRODUCT_TOKEN.lower()) else 'another'}"


class RobotsCache:
    """The rules of each origin, fetched at most once an hour; belongs to one event loop."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._cached = dict[str, tuple[float, RobotsRules | SourceUnreachable]]()
        self._locks = WeakValueDictionary[str, asyncio.Lock]()

    async def rules(self, url: Url, fetch: Callable[[], Awaitable[RobotsRules]]) -> RobotsRules:
        """The rules for a URL, by `fetch` if they are not cached; one call at a time for an origin.

        Raises what `fetch` raises; SourceUnreachable is cached for FAILURE_CACHE_SECONDS.
        """
        lock = self._locks.setdefault(url.origin, asyncio.Lock())
        async with lock:
            expires, cached = self._cached.get(url.origin, (0.0, None))
            if cached is None or expires < self._clock():
                cached = await self._fetch(url.origin, fetch)
        if isinstance(cached, SourceUnreachable):
            raise SourceUnreachable(str(url), cached.reason, retry_after=cached.retry_after)
        return cached

    async def _fetch(self, origin: str, fetch: Callable[[], Awaitable[RobotsRules]]) -> RobotsRules | SourceUnreachable:
        self._cached.pop(origin, None)
        result: RobotsRules | SourceUnreachable
        try:
            result, seconds = await fetch(), CACHE_SECONDS
        except SourceUnreachable as exc:
            result, seconds = exc, FAILURE_CACHE_SECONDS
        self._cached[origin] = (self._clock() + seconds, result)
        self._evict_oldest()
        return result

    def _evict_oldest(self) -> None:
        total = sum(_size(result) for _, result in self._cached.values())
        for origin in list(self._cached)[:-1]:
            if total <= MAX_CACHED_BYTES:
                return
            total -= _size(self._cached.pop(origin)[1])


def _size(result: RobotsRules | SourceUnreachable) -> int:
    return 1_000 + (result.size if isinstance(result, RobotsRules) else 0)
