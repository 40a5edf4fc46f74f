"""Answers made in threads for an event loop, ended when nobody listens any more."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import aclosing, suppress
from dataclasses import dataclass, field

from bot.conversation import Asking, Event
from bot.web.metrics import Metrics, Surface
from bot.web.outward import outward
from bot.web.problems import Problem
from bot.web.threads import RETRY_AFTER, Threads
from retrieval.cancellation import Cancellation
from retrieval.errors import Cancelled

Ask = Callable[[Cancellation], Iterator[Event]]

LOOK = 0.05  # seconds between looks whether the last answer has ended


@dataclass(frozen=True, slots=True, eq=False)
class _Listening:
    """Somebody who waits for what happens next."""

    happened: asyncio.Queue[Event | Problem | None] = field(default_factory=asyncio.Queue)
    cancellation: Cancellation = field(default_factory=Cancellation)


class Answering:
    """Runs `at_once` answers side by side and lets `waiting` more wait; beyond that it refuses at once."""

    def __init__(self, at_once: int, waiting: int, metrics: Metrics) -> None:
        self.threads, self._metrics = Threads("answer", at_once, waiting), metrics
        self._listening = set[_Listening]()

    async def stream(self, ask: Ask, surface: Surface) -> AsyncGenerator[Event, None]:
        """What happens, as it happens; closing this ends the answer. Raises Problem when too many wait already."""
        with self._metrics.counting(surface) as counted, self.threads.place():
            async with aclosing(self._events(ask)) as events:
                async for event in events:
                    counted(event)
                    yield outward(event)

    async def last(self, ask: Ask, surface: Surface, gone: Awaitable[None]) -> Asking:
        """How it ended; `gone` ends it before, because then nobody waits for it. Raises Problem."""
        answer, left = asyncio.ensure_future(self._last(ask, surface)), asyncio.ensure_future(gone)
        try:
            await asyncio.wait({answer, left}, return_when=asyncio.FIRST_COMPLETED)
            if answer.done():
                return answer.result()
            raise Problem(499, "client_left", "Whoever asked has left.")
        finally:
            left.cancel()
            answer.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await answer

    async def stop(self, grace: float) -> None:
        """Give what is under way so many seconds, then end it and say so to whoever listens."""
        for _ in range(round(grace / LOOK)):
            if not self._listening:
                return
            await asyncio.sleep(LOOK)
        for listening in tuple(self._listening):
            over = Problem(503, "stopping", "The server is stopping; ask again in a moment.", retry_after=RETRY_AFTER)
            listening.happened.put_nowait(over)
            listening.cancellation.cancel()

    def close(self) -> None:
        """Let what is under way end."""
        self.threads.close()

    async def _last(self, ask: Ask, surface: Surface) -> Asking:
        async with aclosing(self.stream(ask, surface)) as events:
            async for event in events:
                if isinstance(event, Asking):
                    return event
        raise AssertionError("an answer ends with its Asking")

    async def _events(self, ask: Ask) -> AsyncGenerator[Event, None]:
        listening, loop = _Listening(), asyncio.get_running_loop()

        def tell(event: Event | None) -> None:
            loop.call_soon_threadsafe(listening.happened.put_nowait, event)

        done = self.threads.start(lambda: _work(ask, listening.cancellation, tell))
        self._listening.add(listening)
        try:
            while (event := await listening.happened.get()) is not None:
                if isinstance(event, Problem):
                    raise event
                yield event
            await done
        finally:
            self._listening.discard(listening)
            listening.cancellation.cancel()
            done.cancel()


def _work(ask: Ask, cancellation: Cancellation, tell: Callable[[Event | None], None]) -> None:
    """Tell each event and, whatever happens, that there is no more."""
    try:
        for event in ask(cancellation):
            if cancellation.is_cancelled:
                return
            tell(event)
    except Cancelled:
        return
    finally:
        tell(None)
