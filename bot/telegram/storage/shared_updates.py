"""Updates of one bot on several machines: each update is processed by one of them, and each chat by one at a time."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from bot.telegram.logs import ThrottledWarning, describe_error
from bot.telegram.storage.journal import DeliveryJournal
from bot.telegram.storage.leases import LEASE_SECONDS, Leases
from retrieval.errors import DatabaseUnavailable

RENEW_SECONDS = 2.0  # between two renewals of what this machine works on, and two looks for what others left
RETRY_SECONDS = 0.3  # between two attempts to get a chat that another machine works on
YIELD_SECONDS = 5.0  # that an update waits for earlier ones of its chat before it lets this machine take these over

_throttled = ThrottledWarning(logging.getLogger(__name__))


class SharedUpdates:
    """Holds leases on chats while their updates are processed, and ends the work on those that are lost."""

    def __init__(self, journal: DeliveryJournal) -> None:
        self._journal, self._leases = journal, Leases(journal.records)
        self._renewed = dict[str, float]()  # when each lease was renewed
        self._tasks = dict[str, asyncio.Task[Any]]()  # that work under a lease
        self.on_cancelled: Callable[[str], object] = lambda conversation: None  # what stops an answer here

    def abandoned(self) -> list[tuple[int, bytes]]:
        """The updates that this machine may take over, with their payloads."""
        return self._journal.abandoned(self._leases.machine)

    @asynccontextmanager
    async def hold(self, name: str) -> AsyncIterator[None]:
        """Hold a lease meanwhile; waits until no other machine has it. Raises DatabaseUnavailable."""
        while True:
            asked = time.monotonic()
            if await asyncio.to_thread(self._leases.acquire, name):
                break
            await asyncio.sleep(RETRY_SECONDS)
        self._renewed[name] = asked
        try:
            yield
        finally:
            del self._renewed[name]
            await asyncio.shield(asyncio.to_thread(self._leases.release, name))

    @asynccontextmanager
    async def turn_of(self, order_key: str, update: int) -> AsyncIterator[bool]:
        """Hold the chat of an update; yields False where the update is not to be processed by this machine now.

        That is so when another machine was first, or has left earlier updates of the chat, which come first.
        """
        until = time.monotonic() + YIELD_SECONDS
        while True:
            async with self.hold(order_key):
                is_due = await asyncio.to_thread(self._journal.is_due, update)
                if is_due is not None or time.monotonic() > until:
                    yield bool(is_due)
                    return
            await asyncio.sleep(RETRY_SECONDS)

    def cancel(self, order_key: str, conversation: str) -> bool:
        """Have the answer in a conversation stopped on the machine that works on it; False where none does."""
        return self._leases.cancel(order_key, conversation)

    @contextmanager
    def ending_with(self, name: str, task: asyncio.Task[Any]) -> Iterator[None]:
        """Cancel a task when its lease is lost meanwhile."""
        self._tasks[name] = task
        try:
            yield
        finally:
            del self._tasks[name]

    async def run(self, take_over: Callable[[], Awaitable[None]]) -> None:
        """Renew the leases and take over what others left, until cancelled."""
        while True:
            try:
                await self._renew()
                await take_over()
            except DatabaseUnavailable as exc:
                _throttled.warn(f"The bot waits for its database: {exc}", "database")
            except Exception as exc:  # the next attempt may go better
                _throttled.warn(f"Updates of other machines cannot be taken over: {describe_error(exc)}.")
            self._cancel_lost()
            await asyncio.sleep(RENEW_SECONDS)

    async def _renew(self) -> None:
        asked = time.monotonic()
        if not self._renewed:
            return
        kept = await asyncio.to_thread(self._leases.renew, [*self._renewed])
        for name, renewed in self._renewed.items():
            if name in kept:
                self._renewed[name] = asked
            elif renewed < asked:  # else it was taken meanwhile
                self._renewed[name] = float("-inf")
        for conversation in filter(None, kept.values()):
            self.on_cancelled(conversation)

    def _cancel_lost(self) -> None:
        """Cancel what works under a lease that another machine has, or may have."""
        lost = time.monotonic() - LEASE_SECONDS + RENEW_SECONDS
        for name, task in self._tasks.items():
            if self._renewed.get(name, lost) < lost:
                task.cancel()
