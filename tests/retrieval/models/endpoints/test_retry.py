"""What is tried again, after which pause, and for how long."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime

import pytest

from retrieval.errors import ModelError, ModelOverloaded, ModelRefused
from retrieval.models.endpoints.retry import Deadline, RetryPolicy, parse_retry_after

BUSY = ModelOverloaded


class Attempts:
    """Attempts that end as they are told to: with an error, or after some items with None."""

    def __init__(self, *ends: ModelError | None, items: int = 1) -> None:
        self.ends, self.items, self.made = list(ends), items, 0
        self.pauses, self.ranges = list[float](), list[tuple[float, float]]()

    async def attempt(self) -> AsyncGenerator[int, None]:
        self.made += 1
        end = self.ends.pop(0) if self.ends else None
        for item in range(self.items if end is None or self.items > 1 else 0):
            yield item
        if end:
            raise end

    def run(self, *, seconds: float = 60.0, attempts: int = 4) -> list[int]:
        async def sleep(seconds: float) -> None:
            self.pauses.append(seconds)

        def draw(low: float, high: float) -> float:
            self.ranges.append((low, high))
            return high / 2

        async def collect() -> list[int]:
            deadline = Deadline(seconds)
            retry = RetryPolicy(attempts=attempts, base_delay=1.0, max_delay=3.0, sleep=sleep, jitter=draw)
            return [item async for item in retry.run(self.attempt, deadline)]

        return asyncio.run(collect())


def test_pauses_are_drawn_from_zero_to_a_bound_that_doubles() -> None:
    attempts = Attempts(BUSY("1"), BUSY("2"), BUSY("3"))
    assert attempts.run() == [0]
    assert attempts.ranges == [(0.0, 1.0), (0.0, 2.0), (0.0, 3.0)]
    assert attempts.pauses == [0.5, 1.0, 1.5]


def test_the_last_error_is_raised_when_there_are_no_attempts_left() -> None:
    attempts = Attempts(*(BUSY(str(number)) for number in range(9)))
    with pytest.raises(ModelOverloaded, match="2"):
        attempts.run(attempts=3)
    assert (attempts.made, len(attempts.pauses)) == (3, 2)


def test_what_is_not_retryable_is_not_tried_again() -> None:
    attempts = Attempts(ModelRefused("no"))
    with pytest.raises(ModelRefused):
        attempts.run()
    assert attempts.made == 1


def test_the_endpoint_says_how_long_to_wait() -> None:
    attempts = Attempts(BUSY("1", retry_after=7.0))
    assert attempts.run() == [0]
    assert attempts.pauses == [7.0]


def test_a_pause_that_does_not_fit_into_the_time_left_is_not_begun() -> None:
    attempts = Attempts(BUSY("1", retry_after=61.0))
    with pytest.raises(ModelOverloaded):
        attempts.run(seconds=60.0)
    assert (attempts.made, attempts.pauses) == (1, [])


def test_nothing_is_tried_again_once_something_was_handed_on() -> None:
    attempts = Attempts(BUSY("1"), items=2)
    with pytest.raises(ModelOverloaded) as failed:
        attempts.run()
    assert (attempts.made, failed.value.retryable) == (1, False)


def test_an_attempt_is_closed_when_nobody_wants_more() -> None:
    closed = list[bool]()

    async def attempt() -> AsyncGenerator[int, None]:
        try:
            yield 1
            yield 2
        finally:
            closed.append(True)

    async def take_one() -> None:
        items = RetryPolicy().run(attempt, Deadline(1.0))
        assert await anext(items) == 1
        await items.aclose()

    asyncio.run(take_one())
    assert closed == [True]


def test_a_deadline_ends_what_takes_too_long_and_can_only_be_shortened() -> None:
    async def wait() -> None:
        deadline = Deadline(60.0)
        deadline.shorten(0.01)
        deadline.shorten(5.0)
        assert deadline.remaining() < 0.02
        with pytest.raises(TimeoutError):
            async with deadline.timeout():
                await asyncio.sleep(1)

    asyncio.run(wait())


@pytest.mark.parametrize(
    ("header", "seconds"),
    {
        "7": 7.0,
        " 1.5 ": 1.5,
        "Wed, 01 Jan 2025 00:00:30 GMT": 30.0,
        "Wed, 01 Jan 2025 01:00:30 +0100": 30.0,
        "Wed, 01 Jan 2025 00:00:30 -0000": 30.0,
        "Tue, 31 Dec 2024 23:00:00 GMT": None,
        "0": None,
        "-3": None,
        "inf": None,
        "nan": None,
        "soon": None,
        "": None,
    }.items(),
)
def test_retry_after_is_a_number_or_a_date(header: str, seconds: float | None) -> None:
    assert parse_retry_after(header, datetime(2025, 1, 1, tzinfo=UTC)) == seconds
