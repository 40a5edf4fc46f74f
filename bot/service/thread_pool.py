"""Run blocking work in threads for an event loop: a fixed number at once, a limited queue, refusal beyond that."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from retrieval.errors import Busy

T = TypeVar("T")


class BoundedThreadPool:
    """Runs up to `threads` calls at once and lets up to `queue_limit` more wait."""

    def __init__(self, name: str, threads: int, queue_limit: int) -> None:
        self._threads, self._capacity, self._reserved = threads, threads + queue_limit, 0
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)

    @property
    def running(self) -> int:
        """The number of calls that have a thread."""
        return min(self._reserved, self._threads)

    @property
    def waiting(self) -> int:
        """The number of calls that wait for a thread."""
        return max(0, self._reserved - self._threads)

    @property
    def has_free_thread(self) -> bool:
        """Whether a call made now would start at once."""
        return self._reserved < self._threads

    @contextmanager
    def reserve(self) -> Iterator[None]:
        """Reserve a place for one call. Raises Busy when the queue is full."""
        if self._reserved >= self._capacity:
            raise Busy("Too many questions at once; try again in a moment.")
        self._reserved += 1
        try:
            yield
        finally:
            self._reserved -= 1

    def start(self, work: Callable[[], T]) -> asyncio.Future[T]:
        """Start a call in the next free thread; the caller holds a reservation."""
        return asyncio.get_running_loop().run_in_executor(self._pool, work)

    async def run(self, work: Callable[[], T]) -> T:
        """Reserve a place, run a call and return its result. Raises Busy when the queue is full."""
        with self.reserve():
            return await self.start(work)

    def close(self) -> None:
        """Cancel the calls that wait and let the running ones end."""
        self._pool.shutdown(cancel_futures=True)
