"""Rate limits: questions per moving window, by client address, site, API key and in total.

A request is counted against all of its limits, or against none when one of them is full. While the shared storage is
down, each process counts for itself: readers are not refused because of it, and their questions stay limited.
"""

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
from limits.storage import MemoryStorage, Storage
from limits.strategies import FixedWindowRateLimiter, MovingWindowRateLimiter, RateLimiter

from bot.app.shared_counts import DatabaseStorage, SharedStorage
from bot.web.schemas.error_responses import ApiError
from retrieval.errors import UsageError

NO_LIMIT = "none"  # the value of a setting that removes a limit
MAX_TRACKED_KEYS = 20_000  # addresses, sites and keys that one process tracks; the least recently used are dropped

LimitKind = Literal["address", "site", "key", "day", "session"]
_MESSAGES: Mapping[LimitKind, str] = {
    "address": "Too many questions from your address",
    "site": "Too many questions on this site",
    "key": "Too many questions with this key",
    "day": "Too many questions from all readers",
    "session": "Too many sessions from your address",
}

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
    """Counts requests in a storage that several processes share, if there is one; may be shared between threads."""

    def __init__(self, limits: Mapping[LimitKind, Sequence[Limit]], shared: SharedStorage | None = None) -> None:
        self._limits, self._shared = limits, shared
        self._local = _WindowCounter(MemoryStorage())
        self._together = _WindowCounter(shared.storage) if shared else self._local

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
        if not self._shared:
            return self._local.hit(subjects)
        return self._shared.run(lambda: self._together.hit(subjects), lambda: self._local.hit(subjects))


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
