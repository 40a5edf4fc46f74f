"""The persistent queue between Telegram and the handlers, and the order in which updates are processed."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Hashable
from contextlib import asynccontextmanager
from typing import Any

from telegram import Bot, Update
from telegram.error import TelegramError
from telegram.ext import BaseUpdateProcessor

from bot.telegram.storage.journal import DeliveryJournal

MAX_CONCURRENT_UPDATES = 4096  # updates that are processed or wait for their chat


class PersistentUpdateQueue(asyncio.Queue[object]):
    """Stores each update before its receipt is acknowledged; skips updates that are known already."""

    def __init__(self, journal: DeliveryJournal) -> None:
        super().__init__()
        self.journal = journal
        self.resumed = set[int]()  # updates that an earlier process may have partly handled

    async def put(self, item: object) -> None:
        """Raises TelegramError when an update cannot be stored, so that Telegram sends it again."""
        if isinstance(item, Update):
            try:
                # Not in a thread: while answers keep the processor busy, switching takes far longer than the write.
                is_new = self.journal.receive(item.update_id, item.to_json())
            except sqlite3.Error as exc:
                raise TelegramError(f"An update could not be written down: {exc}.") from exc
            if not is_new:
                return
        await super().put(item)

    async def resume(self, bot: Bot) -> None:
        """Queue the updates that an earlier process left unfinished."""
        for payload in await asyncio.to_thread(self.journal.unfinished):
            update = Update.de_json(json.loads(payload), bot)
            self.resumed.add(update.update_id)
            await super().put(update)


class OrderedUpdateProcessor(BaseUpdateProcessor):
    """Processes the updates of one chat thread in order, except those that skip it; marks processed updates done."""

    def __init__(self, journal: DeliveryJournal, skips_order: Callable[[Update], bool]) -> None:
        super().__init__(MAX_CONCURRENT_UPDATES)
        self._journal, self._skips_order = journal, skips_order
        self._thread_locks = _KeyedLocks()
        self._running = set[asyncio.Task[Any]]()
        self._closing = False

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def close(self, grace: float) -> None:
        """Start nothing new, cancel what runs longer than `grace` seconds; the next start does what is unfinished."""
        self._closing = True
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=grace)
            for task in late:
                task.cancel()

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        if not isinstance(update, Update):
            await coroutine
        elif self._skips_order(update):
            await self._process(update, coroutine)
        else:
            async with self._thread_locks.hold(_order_key(update)):
                await self._process(update, coroutine)

    async def _process(self, update: Update, coroutine: Awaitable[Any]) -> None:
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


class _KeyedLocks:
    """One first-in, first-out lock per key; locks without waiters are removed."""

    def __init__(self) -> None:
        self._locks = dict[Hashable, asyncio.Lock]()
        self._waiters = dict[Hashable, int]()

    @asynccontextmanager
    async def hold(self, key: Hashable) -> AsyncIterator[None]:
        lock = self._locks.setdefault(key, asyncio.Lock())
        self._waiters[key] = self._waiters.get(key, 0) + 1
        try:
            async with lock:
                yield
        finally:
            self._waiters[key] -= 1
            if not self._waiters[key]:
                del self._waiters[key], self._locks[key]


def _order_key(update: Update) -> Hashable:
    chat, message = update.effective_chat, update.effective_message
    thread = message.message_thread_id if message and message.is_topic_message else None
    return chat.id if chat else update.update_id, thread
