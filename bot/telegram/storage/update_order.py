"""In which order updates are dealt with: each chat's one after another, the chats side by side."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Hashable
from contextlib import asynccontextmanager
from typing import Any

from telegram import Update
from telegram.ext import BaseUpdateProcessor

from bot.telegram.storage.journal import DeliveryJournal

AT_ONCE = 4096  # updates that are dealt with or wait for their chat


class OrderedUpdateProcessor(BaseUpdateProcessor):
    """Keeps the order within a chat's thread, except for what `overtakes`; ticks off what is done."""

    def __init__(self, journal: DeliveryJournal, overtakes: Callable[[Update], bool]) -> None:
        super().__init__(AT_ONCE)
        self._journal, self._overtakes = journal, overtakes
        self._lines = _Lines()
        self._running = set[asyncio.Task[Any]]()
        self._closing = False

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def close(self, patience: float) -> None:
        """Begin nothing more, give what is under way so many seconds; what is not done stays for the next start."""
        self._closing = True
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=patience)
            for task in late:
                task.cancel()

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        if not isinstance(update, Update):
            await coroutine
        elif self._overtakes(update):
            await self._deal(update, coroutine)
        else:
            async with self._lines.wait(_line(update)):
                await self._deal(update, coroutine)

    async def _deal(self, update: Update, coroutine: Awaitable[Any]) -> None:
        if self._closing:
            if isinstance(coroutine, Coroutine):
                coroutine.close()
            return
        task = asyncio.ensure_future(coroutine)
        self._running.add(task)
        try:
            await asyncio.wait([task])
        finally:
            self._running.discard(task)
        if not task.cancelled():
            await asyncio.to_thread(self._journal.finish, update.update_id)
            task.result()


class _Lines:
    """First come, first served, for each key apart; nothing is kept of a line in which nobody stands."""

    def __init__(self) -> None:
        self._locks = dict[Hashable, asyncio.Lock]()
        self._standing = dict[Hashable, int]()

    @asynccontextmanager
    async def wait(self, key: Hashable) -> AsyncIterator[None]:
        lock = self._locks.setdefault(key, asyncio.Lock())
        self._standing[key] = self._standing.get(key, 0) + 1
        try:
            async with lock:
                yield
        finally:
            self._standing[key] -= 1
            if not self._standing[key]:
                del self._standing[key], self._locks[key]


def _line(update: Update) -> Hashable:
    chat, message = update.effective_chat, update.effective_message
    thread = message.message_thread_id if message and message.is_topic_message else None
    return chat.id if chat else update.update_id, thread
