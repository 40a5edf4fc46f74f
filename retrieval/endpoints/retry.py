"""The one retry loop of every request to a model: backoff with full jitter, `Retry-After`, a total time."""

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
    """When a request has to be over, retries included, by the clock of the running event loop."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._clock = asyncio.get_running_loop().time
        self._at = self._clock() + seconds

    def remaining(self) -> float:
        """Seconds; negative once it is past."""
        return self._at - self._clock()

    def timeout(self) -> asyncio.Timeout:
        """Ends what is awaited inside with a TimeoutError when the time comes."""
        return asyncio.timeout_at(self._at)

    def shorten(self, seconds: float) -> None:
        """Leave no more than this many seconds from now."""
        self._at = min(self._at, self._clock() + seconds)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and after which pauses; `draw` picks from a range, as `random.uniform` does."""

    attempts: int = 4
    base_delay: float = 0.5  # seconds; the longest first pause, twice as much after each attempt
    max_delay: float = 8.0  # seconds
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    jitter: Callable[[float, float], float] = random.uniform

    async def run(self, attempt: Callable[[], AsyncGenerator[T, None]], deadline: Deadline) -> AsyncGenerator[T, None]:
        """What an attempt yields; a new one follows a retryable error as long as nothing was handed on."""
        for number in count(1):
            handed_on = False
            try:
                async with aclosing(attempt()) as items:
                    async for item in items:
                        handed_on = True
                        yield item
                return
            except ModelError as exc:
                exc.retryable = exc.retryable and not handed_on
                pause = self._pause(exc, number, deadline.remaining())
                if pause is None:
                    raise
            await self.sleep(pause)

    def _pause(self, error: ModelError, number: int, left: float) -> float | None:
        if not error.retryable or number >= self.attempts:
            return None
        backoff = self.jitter(0.0, min(self.max_delay, self.base_delay * 2 ** (number - 1)))
        pause = backoff if error.retry_after is None else error.retry_after
        return pause if pause < left else None  # waiting for a time that will not be there helps nobody


def parse_retry_after(header: str, now: datetime | None = None) -> float | None:
    """The seconds that a Retry-After header asks for, from a number or a date; None when it asks for none."""
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
