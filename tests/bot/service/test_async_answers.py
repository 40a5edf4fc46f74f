"""Answers in threads: so many at once, so many waiting, ended when nobody wants them any more."""

import asyncio
from collections.abc import Iterator
from threading import Event as Flag

import pytest

from bot.service.async_answers import AsyncAnswers
from bot.service.turns.turn import AnswerEvent
from retrieval.errors import Busy
from retrieval.models.endpoints.cancellation import Cancellation

PATIENCE = 5.0  # seconds


def held(flag: Flag, cancellation: Cancellation) -> Iterator[AnswerEvent]:
    """Searches until the flag is raised or nobody wants to know."""
    yield "searching"
    with cancellation.on_cancel(flag.set):
        flag.wait(PATIENCE)
    yield "writing"


async def collected(answering: AsyncAnswers, flag: Flag, cancellation: Cancellation | None = None) -> list[AnswerEvent]:
    return [event async for event in answering.stream(lambda asked: held(flag, asked), cancellation)]


def test_too_many_questions_are_refused_at_once() -> None:
    async def ask() -> None:
        answering, flag = AsyncAnswers(1, 1), Flag()
        waiting = [asyncio.create_task(collected(answering, flag)) for _ in range(2)]
        await asyncio.sleep(0.05)
        assert not answering.is_free
        with pytest.raises(Busy):
            await collected(answering, flag)
        flag.set()
        assert await asyncio.gather(*waiting) == [["searching", "writing"]] * 2
        assert answering.is_free
        answering.close()

    asyncio.run(ask())


def test_a_question_that_waits_for_its_turn_is_cancelled_at_once() -> None:
    async def ask() -> None:
        answering, flag, cancellation = AsyncAnswers(1, 1), Flag(), Cancellation()
        first = asyncio.create_task(collected(answering, flag))
        await asyncio.sleep(0.05)
        second = asyncio.create_task(collected(answering, flag, cancellation))
        await asyncio.sleep(0.05)
        cancellation.cancel()
        assert await asyncio.wait_for(second, 1) == []
        flag.set()
        assert await first == ["searching", "writing"]
        answering.close()

    asyncio.run(ask())
