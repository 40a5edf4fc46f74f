"""Callers without an event loop."""

import asyncio
from collections.abc import AsyncGenerator
from threading import Event, Thread, Timer

import pytest

from retrieval.errors import Cancelled
from retrieval.models.endpoints.cancellation import Cancellation
from retrieval.models.endpoints.event_loop import shared_loop_thread

PATIENCE = 5.0


async def numbers(closed: Event) -> AsyncGenerator[int, None]:
    try:
        for number in range(3):
            yield number
        await asyncio.sleep(60)
    finally:
        closed.set()


async def failing() -> AsyncGenerator[int, None]:
    yield 1
    raise ValueError("two is missing")


async def double(number: int) -> int:
    await asyncio.sleep(0)
    return 2 * number


def test_a_coroutine_gives_its_result() -> None:
    assert shared_loop_thread().run(double(21)) == 42


def test_many_threads_share_one_loop() -> None:
    results = list[int]()
    threads = [Thread(target=lambda at=at: results.append(shared_loop_thread().run(double(at)))) for at in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [2 * at for at in range(20)]


def test_an_error_comes_after_the_items_before_it() -> None:
    items = shared_loop_thread().iterate(failing())
    assert next(items) == 1
    with pytest.raises(ValueError, match="two is missing"):
        next(items)


def test_items_come_while_the_rest_is_awaited_and_leaving_ends_it() -> None:
    closed = Event()
    items = shared_loop_thread().iterate(numbers(closed))
    assert [next(items) for _ in range(3)] == [0, 1, 2]
    assert not closed.is_set()
    items.close()
    assert closed.wait(PATIENCE)


def test_what_has_come_already_is_not_handed_on_once_it_is_cancelled() -> None:
    closed, cancellation = Event(), Cancellation()
    items = shared_loop_thread().iterate(numbers(closed), cancellation=cancellation)
    assert next(items) == 0
    cancellation.cancel()
    with pytest.raises(Cancelled):
        next(items)
    assert closed.wait(PATIENCE)


def test_a_coroutine_is_ended_by_a_cancellation() -> None:
    cancellation, ended = Cancellation(), Event()

    async def wait() -> None:
        Timer(0.05, cancellation.cancel).start()
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    with pytest.raises(Cancelled):
        shared_loop_thread().run(wait(), cancellation)
    assert ended.wait(PATIENCE)
