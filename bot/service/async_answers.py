"""Answers made in threads for an event loop, ended when nobody listens any more."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field

from bot.service.conversation import AnswerEvent
from bot.service.thread_pool import BoundedThreadPool
from retrieval.endpoints.cancellation import Cancellation
from retrieval.errors import Cancelled, Stopping

Ask = Callable[[Cancellation], Iterator[AnswerEvent]]

LOOK = 0.05  # seconds between looks whether the last answer has ended


@dataclass(frozen=True, slots=True, eq=False)
class _Listening:
    """Somebody who waits for what happens next."""

    cancellation: Cancellation
    happened: asyncio.Queue[AnswerEvent | Stopping | None] = field(default_factory=asyncio.Queue)


class AsyncAnswers:
    """Runs `at_once` answers side by side and lets `waiting` more wait; beyond that it refuses at once."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self.threads = BoundedThreadPool("answer", at_once, waiting)
        self._listening = set[_Listening]()

    @property
    def is_free(self) -> bool:
        """Whether a question that came now would be answered at once."""
        return self.threads.are_free

    async def stream(self, ask: Ask, cancellation: Cancellation | None = None) -> AsyncGenerator[AnswerEvent, None]:
        """What happens, as it happens; closing this ends the answer. Raises Busy when too many wait already, Stopping.

        Cancelling ends it too, without its Asking, even while it waits for its turn.
        """
        with self.threads.place():
            async with aclosing(self._events(ask, _Listening(cancellation or Cancellation()))) as events:
                async for event in events:
                    yield event

    async def stop(self, grace: float) -> None:
        """Give what is under way so many seconds, then end it and say so to whoever listens."""
        for _ in range(round(grace / LOOK)):
            if not self._listening:
                return
            await asyncio.sleep(LOOK)
        for listening in tuple(self._listening):
            listening.happened.put_nowait(Stopping("The server is stopping; ask again in a moment."))
            listening.cancellation.cancel()

    def close(self) -> None:
        """Let what is under way end."""
        self.threads.close()

    async def _events(self, ask: Ask, listening: _Listening) -> AsyncGenerator[AnswerEvent, None]:
        loop, cancellation = asyncio.get_running_loop(), listening.cancellation

        def tell(event: AnswerEvent | None) -> None:
            loop.call_soon_threadsafe(listening.happened.put_nowait, event)

        done = self.threads.start(lambda: _work(ask, cancellation, tell))
        self._listening.add(listening)
        try:
            with cancellation.ending(lambda: tell(None)):
                while (event := await listening.happened.get()) is not None:
                    if isinstance(event, Stopping):
                        raise event
                    yield event
            if not cancellation.is_cancelled:  # else it may still wait for its turn
                await done
        finally:
            self._listening.discard(listening)
            cancellation.cancel()
            done.cancel()


def _work(ask: Ask, cancellation: Cancellation, tell: Callable[[AnswerEvent | None], None]) -> None:
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
