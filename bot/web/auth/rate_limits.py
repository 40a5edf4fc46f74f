"""Rate limits: questions per moving window, by client address, site, API key and in total.

A request is counted against all of its limits, or against none when one of them is full. While the shared storage is
down, each process counts for itself: readers are not refused because of it, and their questions stay limited.
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
from limits.strategies import FixedWindowRateLimiter, MovingWindowRateLimiter, RateLimiter

from bot.web.auth.window_counts import DatabaseStorage
from bot.web.schemas.error_responses import ApiError
from retrieval.catalog.database.engine import Database
from retrieval.errors import UsageError
from retrieval.models.endpoints.circuit_breaker import CircuitBreaker

NO_LIMIT = "none"  # the value of a setting that removes a limit
MAX_TRACKED_KEYS = 20_000  # addresses, sites and keys that one process tracks; the least recently used are dropped
STORAGE_COOL_DOWN = 10.0  # seconds without requests to a storage that failed
STORAGE_TIMEOUT = 0.5  # seconds for a connection to Redis, and for a response

LimitKind = Literal["address", "site", "key", "day", "session"]
_MESSAGES: Mapping[LimitKind, str] = {
    "address": "Too many questions from your address",
    "site": "Too many questions on this site",
    "key": "Too many questions with this key",
    "day": "Too many questions from all readers",
    "session": "Too many sessions from your address",
}
_log = logging.getLogger(__name__)

__all__ = ["NO_LIMIT", "Limit", "LimitKind", "LimitedSubject", "RateLimits", "parse_limits"]


@dataclass(frozen=True, slots=True)
class LimitedSubject:
    """One address, site or key that is counted against one limit."""

    kind: LimitKind
    subject: str
    limit: Limit


def parse_limits(setting: str, written: str) -> tuple[Limit, ...]:
    """Parse limits as an operator writes them: `30/minute`, `30/minute; 500/day`, `none`. Raises UsageError."""
    if written.strip().lower() == NO_LIMIT:
        return ()
    try:
        limits = tuple(parse_many(written))
    except ValueError:
        limits = ()
    if not limits or not all(limit.amount for limit in limits):
        raise UsageError(f"{setting} is {written!r}; write it as 30/minute, 30/minute;500/day or {NO_LIMIT}.")
    return limits


class RateLimits:
    """Counts requests in the storage at `url`, else in the database that several machines share, if there is one.

    May be shared between threads. Raises UsageError, DatabaseUnavailable.
    """

    def __init__(
        self, limits: Mapping[LimitKind, Sequence[Limit]], url: str = "", database: Database | None = None
    ) -> None:
        self._limits = limits
        self._local = _WindowCounter(MemoryStorage())
        self._shared: _WindowCounter | None = None
        if url and not url.startswith("memory:"):
            self._shared = _WindowCounter(_open_storage(url))
        elif database and not url:
            self._shared = _WindowCounter(DatabaseStorage(database))
        self._circuit = CircuitBreaker(failures=1, cool_down=STORAGE_COOL_DOWN)
        self._is_down = False

    def count_request(self, *subjects: tuple[LimitKind, str]) -> None:
        """Count one request against the limits of all subjects. Raises ApiError and counts nothing when one is full."""
        limited = [
            LimitedSubject(kind, subject, limit) for kind, subject in subjects for limit in self._limits.get(kind, ())
        ]
        if limited and (exceeded := self._hit(limited)):
            full, seconds = exceeded
            raise ApiError(
                429, "rate_limited", f"{_MESSAGES[full.kind]}; try again in {seconds} s.", retry_after=float(seconds)
            )

    def _hit(self, subjects: Sequence[LimitedSubject]) -> tuple[LimitedSubject, int] | None:
        if self._shared and self._circuit.allow_request():
            try:
                exceeded = self._shared.hit(subjects)
            except StorageError as exc:
                self._circuit.record_failure()
                if not self._is_down:
                    _log.error(
                        "The limits' storage fails (%s); this process counts alone.", type(exc.__cause__).__name__
                    )
                self._is_down = True
            else:
                self._circuit.record_success()
                if self._is_down:
                    _log.warning("The limits' storage is back.")
                self._is_down = False
                return exceeded
        return self._local.hit(subjects)


class _WindowCounter:
    """Counts in one storage; bounds the keys in memory, because the library keeps every key for ever."""

    def __init__(self, storage: Storage) -> None:
        windows = FixedWindowRateLimiter if isinstance(storage, DatabaseStorage) else MovingWindowRateLimiter
        self._windows: RateLimiter = windows(storage)
        self._lock: AbstractContextManager[object] = nullcontext()
        self._is_in_memory = isinstance(storage, MemoryStorage)
        if self._is_in_memory:
            self._lock = threading.Lock()
        self._tracked: OrderedDict[LimitedSubject, None] = OrderedDict()

    def hit(self, subjects: Sequence[LimitedSubject]) -> tuple[LimitedSubject, int] | None:
        """Count against all limits, or against none; then return the full one and the seconds until it has room."""
        with self._lock:
            for test_only in (True, False):  # another process may fill a shared storage in between
                has_room = self._windows.test if test_only else self._windows.hit
                for subject in subjects:
                    if not has_room(subject.limit, subject.kind, subject.subject):
                        return subject, self._seconds_until_room(subject)
            if self._is_in_memory:
                self._track(subjects)
        return None

    def _seconds_until_room(self, subject: LimitedSubject) -> int:
        free_at = self._windows.get_window_stats(subject.limit, subject.kind, subject.subject).reset_time
        return max(1, math.ceil(free_at - time.time()))

    def _track(self, subjects: Sequence[LimitedSubject]) -> None:
        for subject in subjects:
            self._tracked[subject] = None
            self._tracked.move_to_end(subject)
        while len(self._tracked) > MAX_TRACKED_KEYS:
            oldest, _ = self._tracked.popitem(last=False)
            self._windows.clear(oldest.limit, oldest.kind, oldest.subject)


def _open_storage(url: str) -> Storage:
    """Open the storage at an address. Errors do not repeat the address, because it may contain a password."""
    scheme = url.partition(":")[0]
    is_redis = scheme.startswith("redis")
    options = {"socket_timeout": STORAGE_TIMEOUT, "socket_connect_timeout": STORAGE_TIMEOUT} if is_redis else {}
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
