"""Run coroutines for synchronous callers, on one event loop in a background thread."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator, Iterator
from concurrent.futures import CancelledError
from contextlib import aclosing, closing
from functools import cache
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any, TypeVar

from retrieval.errors import Cancelled
from retrieval.models.endpoints.cancellation import Cancellation

T = TypeVar("T")
_END = object()


def _no_limit() -> None:
    """No time limit."""


class LoopThread:
    """An event loop in a daemon thread; safe to share between threads."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        Thread(target=self._loop.run_forever, name="requests", daemon=True).start()

    def run(self, task: Coroutine[Any, Any, T], cancellation: Cancellation | None = None) -> T:
        """Run a coroutine and return its result; an interrupt of the caller or `cancellation` cancels it.

        Raises Cancelled.
        """
        future = asyncio.run_coroutine_threadsafe(task, self._loop)
        cancellation = cancellation or Cancellation()
        try:
            with cancellation.on_cancel(future.cancel):
                return future.result()
        except CancelledError:
            raise Cancelled("Nobody waits for the answer any more.") from None
        except BaseException:
            future.cancel()
            raise

    def iterate(
        self,
        items: AsyncGenerator[T, None],
        seconds_left: Callable[[], float | None] = _no_limit,
        cancellation: Cancellation | None = None,
    ) -> Iterator[T]:
        """Yield the items of an async generator as they come; closing this one or `cancellation` cancels it.

        `seconds_left` returns how long to wait for the next item. Raises TimeoutError after that time, and Cancelled.
        """
        with closing(self.iterate_ready(items, seconds_left, cancellation)) as batches:
            for batch in batches:
                for item in batch:
                    yield item
                    if cancellation and cancellation.is_cancelled:  # the next batch raises Cancelled
                        break

    def iterate_ready(
        self,
        items: AsyncGenerator[T, None],
        seconds_left: Callable[[], float | None] = _no_limit,
        cancellation: Cancellation | None = None,
    ) -> Generator[list[T]]:
        """Yield the items as `iterate` does, those that have come in the meantime together."""
        queue: SimpleQueue[Any] = SimpleQueue()

        async def pump() -> None:
            async with aclosing(items):
                async for item in items:
                    queue.put(item)

        future = asyncio.run_coroutine_threadsafe(pump(), self._loop)
        future.add_done_callback(lambda _: queue.put(_END))
        try:
            cancellation = cancellation or Cancellation()
            with cancellation.on_cancel(future.cancel):
                is_over = False
                while not is_over and (batch := _ready_items(queue, seconds_left())) != [_END]:
                    is_over = batch[-1] is _END
                    yield batch[:-1] if is_over else batch
                    if cancellation.is_cancelled:  # items that are queued already are dropped
                        raise CancelledError
            future.result()
        except CancelledError:
            raise Cancelled("Nobody waits for the answer any more.") from None
        finally:
            future.cancel()


def _ready_items(queue: SimpleQueue[Any], seconds: float | None) -> list[Any]:
    """Wait for the next item; return it with those that have come by now."""
    try:
        found = [queue.get(timeout=None if seconds is None else max(seconds, 0.0))]
    except Empty:
        raise TimeoutError from None
    while not queue.empty():  # only this thread takes from it
        found.append(queue.get())
    return found


_START_LOCK = Lock()  # else two threads that call it first at the same time would start two loops


def shared_loop_thread() -> LoopThread:
    """The event loop thread that all callers share, started at the first call."""
    with _START_LOCK:
        return _shared()


@cache
def _shared() -> LoopThread:
    return LoopThread()
