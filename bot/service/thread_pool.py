"""Blocking work in threads for an event loop: so much at once, so much waiting, refused beyond that."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from retrieval.errors import Busy

T = TypeVar("T")


class BoundedThreadPool:
    """Runs `at_once` pieces of work side by side and lets `waiting` more wait."""

    def __init__(self, name: str, at_once: int, waiting: int) -> None:
        self._at_once, self._most, self._held = at_once, at_once + waiting, 0
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix=name)

    @property
    def under_way(self) -> int:
        """How many pieces of work have a thread."""
        return min(self._held, self._at_once)

    @property
    def waiting(self) -> int:
        """How many wait for one."""
        return max(0, self._held - self._at_once)

    @property
    def are_free(self) -> bool:
        """Whether work that came now would begin at once."""
        return self._held < self._at_once

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place for one piece of work. Raises Busy when there is none left."""
        if self._held >= self._most:
            raise Busy("Too many questions at once; try again in a moment.")
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1

    def start(self, work: Callable[[], T]) -> asyncio.Future[T]:
        """Begin in the next free thread; whoever starts work holds a place."""
        return asyncio.get_running_loop().run_in_executor(self._pool, work)

    async def run(self, work: Callable[[], T]) -> T:
        """What the work returns. Raises Busy when too much waits already."""
        with self.place():
            return await self.start(work)

    def close(self) -> None:
        """Let what is under way end."""
        self._pool.shutdown(cancel_futures=True)
