"""The persistent queue between Telegram and the handlers, and the order in which updates are processed."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Hashable
from contextlib import asynccontextmanager
from typing import Any

from telegram import Bot, Update
from telegram.error import TelegramError
from telegram.ext import BaseUpdateProcessor

from bot.telegram.logs import log_failed_update, log_unreadable_update
from bot.telegram.storage.journal import DeliveryJournal
from bot.telegram.storage.json_updates import MAX_UPDATE_LENGTH, UnreadableJson, dump_json, load_json, update_id

HANDLED_KINDS = [Update.MESSAGE, Update.CALLBACK_QUERY, Update.INLINE_QUERY]
MAX_CONCURRENT_UPDATES = 4096  # updates that are processed or wait for their chat


class PersistentUpdateQueue(asyncio.Queue[object]):
    """Stores each update before its receipt is acknowledged; skips updates that are known already."""

    def __init__(self, journal: DeliveryJournal) -> None:
        super().__init__()
        self.journal = journal
        self.resumed = set[int]()  # updates that an earlier process may have partly handled

    async def receive(self, raw: Any, bot: Bot) -> None:
        """Store an update as it came, and queue it; one that cannot be read is logged and passed over.

        Raises TelegramError when the database cannot be written, so that Telegram sends the update again.
        """
        try:
            number = update_id(raw)
            if number is None:
                raise UnreadableJson("an update has an id")
            if not any(raw.get(kind) for kind in HANDLED_KINDS):
                return
            payload = dump_json(raw)
            if len(payload) > MAX_UPDATE_LENGTH:
                raise UnreadableJson("no update is that long")
            update = Update.de_json(raw, bot)
        except Exception as exc:  # the library raises whatever wrong types and missing fields lead to
            log_unreadable_update(exc)
            return
        try:
            # Not in a thread: while answers keep the processor busy, switching takes far longer than the write.
            is_new = self.journal.receive(number, payload)
        except sqlite3.Error as exc:
            raise TelegramError(f"an update could not be written down ({exc})") from exc
        if is_new:
            await self.put(update)

    async def resume(self, bot: Bot) -> None:
        """Queue the updates that an earlier process left unfinished, and finish those that cannot be read."""
        for number, payload in await asyncio.to_thread(self.journal.unfinished):
            try:
                raw = load_json(payload)
                if update_id(raw) != number:
                    raise UnreadableJson("a stored update has its own id")
                update = Update.de_json(raw, bot)
            except Exception as exc:  # written by an older version, or damaged
                log_unreadable_update(exc)
                await asyncio.to_thread(self.journal.finish, number)
                continue
            self.resumed.add(number)
            await self.put(update)


class OrderedUpdateProcessor(BaseUpdateProcessor):
    """Processes the updates of one chat thread in order, except those that skip it; marks processed updates done.

    What goes wrong with an update is logged and ends that update alone.
    """

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
            return
        try:
            async with self._thread_locks.hold(self._order_key(update)):
                await self._process(update, coroutine)
        except Exception as exc:
            log_failed_update(exc)

    def _order_key(self, update: Update) -> Hashable:
        """Updates with the same key are processed one after the other; the update's id for one that waits for none."""
        try:
            if self._skips_order(update):
                return update.update_id
            chat, message = update.effective_chat, update.effective_message
            thread = message.message_thread_id if message and message.is_topic_message else None
            key = chat.id if chat else update.update_id, thread
            hash(key)
        except Exception:  # a field of the wrong type; the handlers fail for the same reason, and say so
            return update.update_id
        return key

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
