"""A circuit breaker for endpoints that fail repeatedly."""

import threading
import time
from collections.abc import Callable


class CircuitBreaker:
    """Opens after some failures in a row and allows one trial request after each cool-down; safe to share.

    The caller of an allowed request records its outcome. A trial without an outcome expires after another cool-down.
    """

    def __init__(
        self, *, failures: int = 3, cool_down: float = 30.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._max_failures, self._cool_down, self._clock = failures, cool_down, clock
        self._lock = threading.Lock()
        self._failures = 0
        self._open_until = 0.0  # the first request after it is the trial

    def allow_request(self) -> bool:
        """Whether a request may be made now."""
        with self._lock:
            if self._failures < self._max_failures:
                return True
            if self._clock() < self._open_until:
                return False
            self._open_until = self._clock() + self._cool_down  # this request is the trial; others wait for its outcome
            return True

    def record_success(self) -> None:
        """Close the breaker: the endpoint has answered."""
        with self._lock:
            self._failures = 0

    def record_failure(self) -> None:
        """Count a failure: the endpoint has not answered."""
        with self._lock:
            self._failures += 1
            self._open_until = self._clock() + self._cool_down
