"""A circuit breaker for endpoints that fail repeatedly; several processes may share its state."""

import threading
import time
from collections.abc import Callable
from typing import Protocol, Self

FAILURES_LAST = 86_400.0  # seconds in which failures without a success between them count together


class WindowCounts(Protocol):
    """Counts by key, each within a window of time that begins with the first."""

    def increment(self, key: str, seconds: float) -> int:
        """Count in the window of a key, which lasts so many seconds if it begins now; returns the count."""

    def get(self, key: str) -> int:
        """The count in the window of a key, 0 after its end."""

    def clear(self, key: str) -> None:
        """End the window of a key."""


class ProcessCounts:
    """Counts of this process alone; safe to share between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._windows = dict[str, tuple[int, float]]()  # count and end

    def increment(self, key: str, seconds: float) -> int:
        """Count in the window of a key."""
        with self._lock:
            count, end = self._windows.get(key, (0, 0.0))
            if self._clock() >= end:
                count, end = 0, self._clock() + seconds
            self._windows[key] = count + 1, end
            return count + 1

    def get(self, key: str) -> int:
        """The count in the window of a key."""
        count, end = self._windows.get(key, (0, 0.0))
        return count if self._clock() < end else 0

    def clear(self, key: str) -> None:
        """End the window of a key."""
        with self._lock:
            self._windows.pop(key, None)


class CircuitBreaker:
    """Opens after some failures in a row and allows one trial request after each cool-down; safe to share.

    The caller of an allowed request records its outcome. A trial without an outcome expires after another cool-down.
    Breakers of the same `name` and `counts` are one: what fails in one process is left alone by all.
    """

    def __init__(
        self, name: str = "", *, failures: int = 3, cool_down: float = 30.0, counts: WindowCounts | None = None
    ) -> None:
        self._max_failures, self._cool_down = failures, cool_down
        self._counts = counts or ProcessCounts()
        self._failures, self._left_alone = f"failures {name}", f"left alone {name}"
        self._is_failing = False  # as far as this process knows, so that a success need not be stored each time

    def shared(self, name: str, counts: WindowCounts) -> Self:
        """A breaker like this one with its state in counts that several processes share."""
        return type(self)(name, failures=self._max_failures, cool_down=self._cool_down, counts=counts)

    def allow_request(self) -> bool:
        """Whether a request may be made now."""
        failures = self._counts.get(self._failures)
        self._is_failing = failures > 0
        if failures < self._max_failures:
            return True
        return self._counts.increment(self._left_alone, self._cool_down) == 1  # the first after it is the trial

    def record_success(self) -> None:
        """Close the breaker: the endpoint has answered."""
        if self._is_failing:
            self._counts.clear(self._failures)
            self._counts.clear(self._left_alone)
            self._is_failing = False

    def record_failure(self) -> None:
        """Count a failure: the endpoint has not answered."""
        self._is_failing = True
        if self._counts.increment(self._failures, FAILURES_LAST) >= self._max_failures:
            self._counts.clear(self._left_alone)
            self._counts.increment(self._left_alone, self._cool_down)
