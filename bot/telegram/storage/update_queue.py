"""The queue between Telegram and the handlers, which survives the process."""

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

MAX_CONCURRENT_UPDATES = 4096  # updates that are dealt with or wait for their chat


class PersistentUpdateQueue(asyncio.Queue[object]):
    """Writes each update down before it counts as received; one that is known already is passed over."""

    def __init__(self, journal: DeliveryJournal) -> None:
        super().__init__()
        self.journal = journal
        self.resumed = set[int]()  # updates that a process before this one may have dealt with in part

    async def put(self, item: object) -> None:
        """Raises TelegramError when an update cannot be written down, so that it is asked for again."""
        if isinstance(item, Update):
            try:
                # Not in a thread: while answers keep the processor busy, the way there and back takes far longer.
                is_new = self.journal.receive(item.update_id, item.to_json())
            except sqlite3.Error as exc:
                raise TelegramError(f"An update could not be written down: {exc}.") from exc
            if not is_new:
                return
        await super().put(item)

    async def resume(self, bot: Bot) -> None:
        """Queue what a process before this one left."""
        for payload in await asyncio.to_thread(self.journal.left):
            update = Update.de_json(json.loads(payload), bot)
            self.resumed.add(update.update_id)
            await super().put(update)


class OrderedUpdateProcessor(BaseUpdateProcessor):
    """Keeps the order within a chat's thread, except for what `overtakes`; ticks off what is done."""

    def __init__(self, journal: DeliveryJournal, overtakes: Callable[[Update], bool]) -> None:
        super().__init__(MAX_CONCURRENT_UPDATES)
        self._journal, self._overtakes = journal, overtakes
        self._lines = _KeyedLocks()
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
            async with self._lines.wait(_order_key(update)):
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


class _KeyedLocks:
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


def _order_key(update: Update) -> Hashable:
    chat, message = update.effective_chat, update.effective_message
    thread = message.message_thread_id if message and message.is_topic_message else None
    return chat.id if chat else update.update_id, thread
