"""Answers made in threads for an event loop: so many at once, so many waiting, ended when nobody listens any more."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing

from bot.conversation import Event
from bot.web.problems import Problem
from retrieval.cancellation import Cancellation
from retrieval.errors import Cancelled

RETRY_AFTER = 5.0  # seconds that a full house asks to wait

Ask = Callable[[Cancellation], Iterator[Event]]


class Answering:
    """Runs `at_once` answers side by side and lets `waiting` more wait; beyond that it refuses at once."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self._most = at_once + waiting
        self._under_way = 0
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="answer")

    def close(self) -> None:
        """Let what is under way end."""
        self._pool.shutdown(cancel_futures=True)

    async def stream(self, ask: Ask) -> AsyncGenerator[Event, None]:
        """What happens, as it happens; closing this ends the answer. Raises Problem when too many wait already."""
        if self._under_way >= self._most:
            raise Problem(503, "busy", "Too many questions at once; try again in a moment.", retry_after=RETRY_AFTER)
        self._under_way += 1
        try:
            async with aclosing(self._events(ask)) as events:
                async for event in events:
                    yield event
        finally:
            self._under_way -= 1

    async def _events(self, ask: Ask) -> AsyncGenerator[Event, None]:
        loop, queue = asyncio.get_running_loop(), asyncio.Queue[Event | None]()
        cancellation = Cancellation()

        def work() -> None:
            try:
                for event in ask(cancellation):
                    if cancellation.is_cancelled:
                        return
                    loop.call_soon_threadsafe(queue.put_nowait, event)
            except Cancelled:
                return
            finally:
                loop.call_soon_threadsafe(queue.put_nowait, None)

        done = loop.run_in_executor(self._pool, work)
        try:
            while (event := await queue.get()) is not None:
                yield event
            await done
        finally:
            cancellation.cancel()
            done.cancel()
