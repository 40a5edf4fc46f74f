"""The one place where callers without an event loop meet what is asynchronous."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from concurrent.futures import CancelledError
from contextlib import aclosing
from functools import cache
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any, TypeVar

from retrieval.endpoints.cancellation import Cancellation
from retrieval.errors import Cancelled

T = TypeVar("T")
_END = object()


def _no_limit() -> None:
    """However long it takes."""


class LoopThread:
    """An event loop in a daemon thread; safe to share between threads."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        Thread(target=self._loop.run_forever, name="requests", daemon=True).start()

    def run(self, task: Coroutine[Any, Any, T], cancellation: Cancellation | None = None) -> T:
        """The result of a coroutine; an interrupt here cancels it there, and so does the cancellation.

        Raises Cancelled.
        """
        future = asyncio.run_coroutine_threadsafe(task, self._loop)
        ending = cancellation or Cancellation()
        try:
            with ending.on_cancel(future.cancel):
                return future.result()
        except CancelledError:
            raise Cancelled("Nobody waits for the answer any more.") from None
        except BaseException:
            future.cancel()
            raise

    def iterate(
        self,
        items: AsyncGenerator[T, None],
        left: Callable[[], float | None] = _no_limit,
        cancellation: Cancellation | None = None,
    ) -> Iterator[T]:
        """The items as they come; closing this generator cancels that one, and so does the cancellation.

        `left` are the seconds that may pass until the next item. Raises TimeoutError when they have, Cancelled.
        """
        queue: SimpleQueue[Any] = SimpleQueue()

        async def pump() -> None:
            async with aclosing(items):
                async for item in items:
                    queue.put(item)

        future = asyncio.run_coroutine_threadsafe(pump(), self._loop)
        future.add_done_callback(lambda _: queue.put(_END))
        try:
            ending = cancellation or Cancellation()
            with ending.on_cancel(future.cancel):
                while (item := _next_item(queue, left())) is not _END:
                    yield item
                    if ending.is_cancelled:  # what has come already is not worth reading any more
                        raise CancelledError
            future.result()
        except CancelledError:
            raise Cancelled("Nobody waits for the answer any more.") from None
        finally:
            future.cancel()


def _next_item(queue: SimpleQueue[Any], seconds: float | None) -> Any:
    try:
        return queue.get(timeout=None if seconds is None else max(seconds, 0.0))
    except Empty:
        raise TimeoutError from None


_START_LOCK = Lock()  # two threads that first ask at the same moment would get two


def shared_loop_thread() -> LoopThread:
    """The one that all share, started when first needed."""
    with _START_LOCK:
        return _shared()


@cache
def _shared() -> LoopThread:
    return LoopThread()
