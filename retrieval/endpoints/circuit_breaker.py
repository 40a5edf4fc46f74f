"""A breaker between us and an endpoint that fails again and again."""

import threading
import time
from collections.abc import Callable


class CircuitBreaker:
    """Opens after some failures in a row and lets one request try again after a cool-down; safe to share.

    Whoever is allowed says afterwards how it went. A trial that never says so is given up after another cool-down.
    """

    def __init__(
        self, *, failures: int = 3, cool_down: float = 30.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most, self._cool_down, self._clock = failures, cool_down, clock
        self._lock = threading.Lock()
        self._failed = 0
        self._waits_until = 0.0  # the first request after it is the trial

    def allow_request(self) -> bool:
        """Whether a request may be made now."""
        with self._lock:
            if self._failed < self._most:
                return True
            if self._clock() < self._waits_until:
                return False
            self._waits_until = self._clock() + self._cool_down  # this one is the trial, the others wait for it
            return True

    def record_success(self) -> None:
        """The endpoint answers."""
        with self._lock:
            self._failed = 0

    def record_failure(self) -> None:
        """The endpoint does not answer."""
        with self._lock:
            self._failed += 1
            self._waits_until = self._clock() + self._cool_down
