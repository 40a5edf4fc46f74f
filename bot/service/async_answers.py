"""Stream answers that are made in threads to an event loop, and cancel those that no client reads any more."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field

from bot.service.thread_pool import BoundedThreadPool
from bot.service.turns.turn import AnswerEvent
from retrieval.errors import Cancelled, ShuttingDown
from retrieval.models.endpoints.cancellation import Cancellation

AnswerSource = Callable[[Cancellation], Iterator[AnswerEvent]]

POLL_SECONDS = 0.05  # between checks whether the last answer has ended


@dataclass(frozen=True, slots=True, eq=False)
class _Subscription:
    """One client that reads an answer: its event queue, ended by None, and what cancels the answer."""

    cancellation: Cancellation
    events: asyncio.Queue[AnswerEvent | ShuttingDown | None] = field(default_factory=asyncio.Queue)


class AsyncAnswers:
    """Runs up to `threads` answers at once and queues up to `queue_limit` more; beyond that it refuses at once."""

    def __init__(self, threads: int, queue_limit: int) -> None:
        self.pool = BoundedThreadPool("answer", threads, queue_limit)
        self._subscriptions = set[_Subscription]()

    @property
    def is_free(self) -> bool:
        """Whether a question asked now would be answered at once."""
        return self.pool.has_free_thread

    async def stream(
        self, source: AnswerSource, cancellation: Cancellation | None = None
    ) -> AsyncGenerator[AnswerEvent, None]:
        """Yield the events of an answer as they come; closing the generator cancels the answer.

        Cancelling ends the stream without an AnswerTrace, even while the question waits for a thread. Raises Busy when
        the queue is full, ShuttingDown when the server shuts down.
        """
        with self.pool.reserve():
            async with aclosing(self._events(source, _Subscription(cancellation or Cancellation()))) as events:
                async for event in events:
                    yield event

    async def stop(self, grace: float) -> None:
        """Wait up to `grace` seconds for running answers, then cancel them and raise ShuttingDown in their streams."""
        for _ in range(round(grace / POLL_SECONDS)):
            if not self._subscriptions:
                return
            await asyncio.sleep(POLL_SECONDS)
        for subscription in tuple(self._subscriptions):
            subscription.events.put_nowait(ShuttingDown("The server is stopping; ask again in a moment."))
            subscription.cancellation.cancel()

    def close(self) -> None:
        """Wait for the running answers to end."""
        self.pool.close()

    async def _events(self, source: AnswerSource, subscription: _Subscription) -> AsyncGenerator[AnswerEvent, None]:
        loop, cancellation = asyncio.get_running_loop(), subscription.cancellation

        def publish(event: AnswerEvent | None) -> None:
            loop.call_soon_threadsafe(subscription.events.put_nowait, event)

        done = self.pool.start(lambda: _run(source, cancellation, publish))
        self._subscriptions.add(subscription)
        try:
            with cancellation.on_cancel(lambda: publish(None)):
                while (event := await subscription.events.get()) is not None:
                    if isinstance(event, ShuttingDown):
                        raise event
                    yield event
            if not cancellation.is_cancelled:  # a cancelled call may still wait for a thread
                await done
        finally:
            self._subscriptions.discard(subscription)
            cancellation.cancel()
            done.cancel()


def _run(source: AnswerSource, cancellation: Cancellation, publish: Callable[[AnswerEvent | None], None]) -> None:
    """Publish each event of an answer and, however it ends, None after the last one."""
    try:
        for event in source(cancellation):
            if cancellation.is_cancelled:
                return
            publish(event)
    except Cancelled:
        return
    finally:
        publish(None)
