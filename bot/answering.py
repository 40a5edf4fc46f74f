"""Answers made in threads for an event loop: so many at once, so many waiting, ended when nobody listens any more."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing

from bot.conversation import Event
from retrieval.cancellation import Cancellation
from retrieval.errors import Busy, Cancelled

Ask = Callable[[Cancellation], Iterator[Event]]


class Answering:
    """Runs `at_once` answers side by side and lets `waiting` more wait; beyond that it refuses at once."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self._at_once, self._most = at_once, at_once + waiting
        self._under_way = 0
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="answer")

    def close(self) -> None:
        """Let what is under way end."""
        self._pool.shutdown(cancel_futures=True)

    @property
    def is_free(self) -> bool:
        """Whether a question that came now would be answered at once."""
        return self._under_way < self._at_once

    async def stream(self, ask: Ask, cancellation: Cancellation | None = None) -> AsyncGenerator[Event, None]:
        """What happens, as it happens; closing this ends the answer. Raises Busy when too many wait already.

        Cancelling ends it too, without its Asking, even while it waits for its turn.
        """
        if self._under_way >= self._most:
            raise Busy("Too many questions at once; try again in a moment.")
        self._under_way += 1
        try:
            async with aclosing(self._events(ask, cancellation or Cancellation())) as events:
                async for event in events:
                    yield event
        finally:
            self._under_way -= 1

    async def _events(self, ask: Ask, cancellation: Cancellation) -> AsyncGenerator[Event, None]:
        loop, queue = asyncio.get_running_loop(), asyncio.Queue[Event | None]()

        def end() -> None:
            loop.call_soon_threadsafe(queue.put_nowait, None)

        def work() -> None:
            try:
                for event in ask(cancellation):
                    if cancellation.is_cancelled:
                        return
                    loop.call_soon_threadsafe(queue.put_nowait, event)
            except Cancelled:
                return
            finally:
                end()

        done = loop.run_in_executor(self._pool, work)
        try:
            with cancellation.ending(end):
                while (event := await queue.get()) is not None:
                    yield event
            if not cancellation.is_cancelled:
                await done
        finally:
            cancellation.cancel()
            done.cancel()
