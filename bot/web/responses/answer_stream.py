"""Answers on their way out over HTTP: counted, bounded to what may leave, ended with whoever waits for them."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable
from contextlib import aclosing, suppress

from bot.service.async_answers import Ask
from bot.service.conversation import AnswerEvent, AnswerTrace
from bot.web.responses.redaction import redact
from bot.web.runtime.metrics import Surface
from bot.web.runtime.state import ServerState
from bot.web.schemas.error_responses import ErrorResponse


async def stream(state: ServerState, ask: Ask, surface: Surface) -> AsyncGenerator[AnswerEvent, None]:
    """What happens, as it happens; closing this ends the answer. Raises Busy when too many wait already, Stopping."""
    with state.metrics.counting(surface) as counted:
        async with aclosing(state.answering.stream(ask)) as events:
            async for event in events:
                counted(event)
                yield redact(event)


async def last(state: ServerState, ask: Ask, surface: Surface, gone: Awaitable[None]) -> AnswerTrace:
    """How it ended; `gone` ends it before, because then nobody waits for it. Raises Problem, Busy, Stopping."""
    answer, left = asyncio.ensure_future(_last(state, ask, surface)), asyncio.ensure_future(gone)
    try:
        await asyncio.wait({answer, left}, return_when=asyncio.FIRST_COMPLETED)
        if answer.done():
            return answer.result()
        raise ErrorResponse(499, "client_left", "Whoever asked has left.")
    finally:
        left.cancel()
        answer.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await answer


async def _last(state: ServerState, ask: Ask, surface: Surface) -> AnswerTrace:
    async with aclosing(stream(state, ask, surface)) as events:
        async for event in events:
            if isinstance(event, AnswerTrace):
                return event
    raise AssertionError("an answer ends with its Asking")
