"""The retry loop of all requests to models: backoff with full jitter, `Retry-After`, an overall deadline."""

import asyncio
import math
import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import count
from typing import TypeVar

from retrieval.errors import ModelError

T = TypeVar("T")


class Deadline:
    """The time by which a request must be done, retries included, on the clock of the running event loop."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._clock = asyncio.get_running_loop().time
        self._at = self._clock() + seconds

    def remaining(self) -> float:
        """Seconds until the deadline, negative after it."""
        return self._at - self._clock()

    def timeout(self) -> asyncio.Timeout:
        """A context manager that raises TimeoutError at the deadline."""
        return asyncio.timeout_at(self._at)

    def shorten(self, seconds: float) -> None:
        """Bring the deadline forward to this many seconds from now, unless it is earlier."""
        self._at = min(self._at, self._clock() + seconds)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Number of attempts and pauses between them; `jitter` picks a number from a range, like `random.uniform`.

    Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """

    attempts: int = 4
    base_delay: float = 0.5  # seconds; upper bound of the first pause, doubled after each attempt
    max_delay: float = 8.0  # seconds; upper bound of every pause
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    jitter: Callable[[float, float], float] = random.uniform

    async def run(self, attempt: Callable[[], AsyncGenerator[T, None]], deadline: Deadline) -> AsyncGenerator[T, None]:
        """Yield the items of an attempt; after a retryable error make another one, unless an item was yielded."""
        for number in count(1):
            has_yielded = False
            try:
                async with aclosing(attempt()) as items:
                    async for item in items:
                        has_yielded = True
                        yield item
                return
            except ModelError as exc:
                exc.retryable = exc.retryable and not has_yielded
                pause = self._pause(exc, number, deadline.remaining())
                if pause is None:
                    raise
            await self.sleep(pause)

    def _pause(self, error: ModelError, number: int, remaining: float) -> float | None:
        if not error.retryable or number >= self.attempts:
            return None
        backoff = self.jitter(0.0, min(self.max_delay, self.base_delay * 2 ** (number - 1)))
        pause = backoff if error.retry_after is None else error.retry_after
        return pause if pause < remaining else None  # the deadline would pass during the pause


def parse_retry_after(header: str, now: datetime | None = None) -> float | None:
    """The seconds that a Retry-After header asks to wait, from a number or date (RFC 9110, 10.2.3); None if invalid."""
    try:
        seconds = float(header)
    except ValueError:
        try:
            when = parsedate_to_datetime(header)
        except ValueError:
            return None
        aware = when if when.tzinfo else when.replace(tzinfo=UTC)
        seconds = (aware - (now or datetime.now(UTC))).total_seconds()
    return seconds if math.isfinite(seconds) and seconds > 0 else None
