"""How much may be asked: so many questions a moving window, by address, site, key and for all together.

A request counts when all its limits have room, and then in all of them. Where the shared storage fails, each process
counts for itself until it is back: readers are neither sent away for it, nor may they ask without end.
"""

import logging
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Literal

from limits import RateLimitItem as Limit
from limits import parse_many
from limits.errors import ConfigurationError, StorageError
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from bot.web.schemas.error_responses import ErrorResponse
from retrieval.endpoints.circuit_breaker import CircuitBreaker
from retrieval.errors import UsageError

NONE = "none"  # the setting that takes a limit away
MOST_KEYS = 20_000  # addresses, sites and keys that one process remembers; those that asked longest ago go first
LEFT_ALONE = 10.0  # seconds that a storage which failed is not asked again
WAITED = 0.5  # seconds for a connection to Redis and for its answer

Kind = Literal["address", "site", "key", "day", "session"]
_SAID: Mapping[Kind, str] = {
    "address": "Too many questions from your address",
    "site": "Too many questions on this site",
    "key": "Too many questions with this key",
    "day": "Too many questions from all readers",
    "session": "Too many sessions from your address",
}
_log = logging.getLogger(__name__)

__all__ = ["Count", "Kind", "Limit", "RateLimits", "rules_of"]


@dataclass(frozen=True, slots=True)
class Count:
    """Who is counted, and against which limit."""

    kind: Kind
    who: str
    limit: Limit


def rules_of(setting: str, written: str) -> tuple[Limit, ...]:
    """Limits as an operator writes them: `30/minute`, `30/minute; 500/day`, `none`. Raises UsageError."""
    if written.strip().lower() == NONE:
        return ()
    try:
        rules = tuple(parse_many(written))
    except ValueError:
        rules = ()
    if not rules or not all(rule.amount for rule in rules):
        raise UsageError(f"{setting} is {written!r}; write it as 30/minute, 30/minute;500/day or {NONE}.")
    return rules


class RateLimits:
    """Counts requests in the storage at `url`; safe to share between threads. Raises UsageError."""

    def __init__(self, rules: Mapping[Kind, Sequence[Limit]], url: str = "") -> None:
        self._rules = rules
        self._own = _Counter(MemoryStorage())
        self._shared = _Counter(_storage(url)) if url and not url.startswith("memory:") else None
        self._circuit = CircuitBreaker(failures=1, cool_down=LEFT_ALONE)
        self._is_down = False

    def count(self, *whom: tuple[Kind, str]) -> None:
        """Count one request against all of these. Raises Problem, and counts nothing, where one has no room."""
        counts = [Count(kind, who, limit) for kind, who in whom for limit in self._rules.get(kind, ())]
        if counts and (refused := self._take(counts)):
            full, seconds = refused
            raise ErrorResponse(
                429, "rate_limited", f"{_SAID[full.kind]}; try again in {seconds} s.", retry_after=float(seconds)
            )

    def _take(self, counts: Sequence[Count]) -> tuple[Count, int] | None:
        if self._shared and self._circuit.allows():
            try:
                refused = self._shared.take(counts)
            except StorageError as exc:
                self._circuit.failed()
                if not self._is_down:
                    _log.error(
                        "The limits' storage fails (%s); this process counts alone.", type(exc.__cause__).__name__
                    )
                self._is_down = True
            else:
                self._circuit.succeeded()
                if self._is_down:
                    _log.warning("The limits' storage is back.")
                self._is_down = False
                return refused
        return self._own.take(counts)


class _Counter:
    """Counts in one storage; what is kept in memory is bounded here, because the library keeps every key for ever."""

    def __init__(self, storage: Storage) -> None:
        self._windows = MovingWindowRateLimiter(storage)
        self._lock: AbstractContextManager[object] = nullcontext()
        self._bounded = isinstance(storage, MemoryStorage)
        if self._bounded:
            self._lock = threading.Lock()
        self._kept: OrderedDict[Count, None] = OrderedDict()

    def take(self, counts: Sequence[Count]) -> tuple[Count, int] | None:
        """Count in all, or in none and return the one that is full, with the whole seconds until it is not."""
        with self._lock:
            for test_only in (True, False):  # a storage that is shared may be filled by others in between
                take = self._windows.test if test_only else self._windows.hit
                for count in counts:
                    if not take(count.limit, count.kind, count.who):
                        return count, self._seconds(count)
            if self._bounded:
                self._keep(counts)
        return None

    def _seconds(self, count: Count) -> int:
        free = self._windows.get_window_stats(count.limit, count.kind, count.who).reset_time
        return max(1, math.ceil(free - time.time()))

    def _keep(self, counts: Sequence[Count]) -> None:
        for count in counts:
            self._kept[count] = None
            self._kept.move_to_end(count)
        while len(self._kept) > MOST_KEYS:
            oldest, _ = self._kept.popitem(last=False)
            self._windows.clear(oldest.limit, oldest.kind, oldest.who)


def _storage(url: str) -> Storage:
    """The address may hold a password, so that no error repeats it."""
    scheme = url.partition(":")[0]
    is_redis = scheme.startswith("redis")
    options = {"socket_timeout": WAITED, "socket_connect_timeout": WAITED} if is_redis else {}
    try:
        storage = storage_from_string(url, wrap_exceptions=True, **options)
    except ConfigurationError as exc:
        if is_redis:
            raise UsageError(
                "ONRECORD_RATE_LIMIT_STORAGE_URL names Redis, for which 'pip install redis' is needed."
            ) from exc
        raise UsageError(
            f"ONRECORD_RATE_LIMIT_STORAGE_URL begins with {scheme!r}; write memory:// or redis://HOST:6379."
        ) from exc
    except ValueError as exc:
        raise UsageError(
            "ONRECORD_RATE_LIMIT_STORAGE_URL is no address; write it as redis://:PASSWORD@HOST:6379/0."
        ) from exc
    if not isinstance(storage, Storage) or not hasattr(storage, "acquire_entry"):
        raise UsageError(
            f"ONRECORD_RATE_LIMIT_STORAGE_URL begins with {scheme!r}, which keeps no moving window; use Redis."
        )
    return storage
