"""Answers for HTTP responses: counted in the metrics, redacted, and stopped when the client disconnects."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable
from contextlib import aclosing, suppress

from bot.service.async_answers import AnswerSource
from bot.service.turns.turn import AnswerEvent, AnswerTrace
from bot.web.responses.redaction import redact
from bot.web.runtime.metrics import Surface
from bot.web.runtime.state import ServerState
from bot.web.schemas.error_responses import ApiError


async def stream_answer(state: ServerState, ask: AnswerSource, surface: Surface) -> AsyncGenerator[AnswerEvent, None]:
    """The redacted events of an answer as they occur; closing the generator stops it. Raises Busy, ShuttingDown."""
    with state.metrics.count_question(surface) as count_event:
        async with aclosing(state.answers.stream(ask)) as events:
            async for event in events:
                count_event(event)
                yield redact(event)


async def final_answer(
    state: ServerState, ask: AnswerSource, surface: Surface, disconnected: Awaitable[None]
) -> AnswerTrace:
    """The complete answer, redacted; stopped when `disconnected` ends first. Raises ApiError, Busy, ShuttingDown."""
    answer, disconnect = (
        asyncio.ensure_future(_consume_stream(state, ask, surface)),
        asyncio.ensure_future(disconnected),
    )
    try:
        await asyncio.wait({answer, disconnect}, return_when=asyncio.FIRST_COMPLETED)
        if answer.done():
            return answer.result()
        raise ApiError(499, "client_left", "Whoever asked has left.")
    finally:
        disconnect.cancel()
        answer.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await answer


async def _consume_stream(state: ServerState, ask: AnswerSource, surface: Surface) -> AnswerTrace:
    async with aclosing(stream_answer(state, ask, surface)) as events:
        async for event in events:
            if isinstance(event, AnswerTrace):
                return event
    raise AssertionError("an answer ends with its AnswerTrace")
