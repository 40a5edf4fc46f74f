"""The persistent queue between Telegram and the handlers, and the order in which updates are processed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, nullcontext
from inspect import CORO_CREATED, getcoroutinestate
from typing import Any

from telegram import Bot, Update
from telegram.error import TelegramError
from telegram.ext import BaseUpdateProcessor

from bot.telegram.logs import log_failed_update, log_unreadable_update
from bot.telegram.storage.journal import DeliveryJournal
from bot.telegram.storage.json_updates import MAX_UPDATE_LENGTH, UnreadableJson, dump_json, load_json, update_id
from bot.telegram.storage.shared_updates import SharedUpdates
from retrieval.errors import DatabaseUnavailable, StorageError

HANDLED_KINDS = [Update.MESSAGE, Update.CALLBACK_QUERY, Update.INLINE_QUERY]
MAX_CONCURRENT_UPDATES = 4096  # updates that are processed or wait for their chat


class PersistentUpdateQueue(asyncio.Queue[object]):
    """Stores each update before its receipt is acknowledged; skips updates that are known already.

    `shared` divides them between machines, None where no other machine has the journal.
    """

    def __init__(self, journal: DeliveryJournal, skips_order: Callable[[Update], bool]) -> None:
        super().__init__()
        self.journal, self._skips_order = journal, skips_order
        self.shared = SharedUpdates(journal) if journal.records.are_shared else None
        self.in_hand = set[int]()  # updates that are queued or processed here
        self.postponed = set[int]()  # of these, those to be processed once the database can be used again

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
            is_new = await self._store(number, payload, self.order_key(update))
        except (StorageError, DatabaseUnavailable) as exc:
            raise TelegramError(f"an update could not be written down ({exc})") from exc
        if is_new:
            self.in_hand.add(number)
            await self.put(update)

    async def _store(self, number: int, payload: str, order_key: str) -> bool:
        if self.shared:
            return await asyncio.to_thread(self.journal.receive, number, payload, order_key)
        # Not in a thread: while answers keep the processor busy, switching takes far longer than the write.
        return self.journal.receive(number, payload, order_key)

    def order_key(self, update: Update) -> str:
        """Updates with the same key are processed one after the other; one that waits for none has a key of its own."""
        alone = f"update/{update.update_id}"
        try:
            return alone if self._skips_order(update) else chat_key(update) or alone
        except Exception:  # a field of the wrong type; the handlers fail for the same reason, and say so
            return alone

    async def resume(self, bot: Bot) -> None:
        """Queue the updates that an earlier process or another machine left, and finish those that cannot be read."""
        left = self.shared.abandoned if self.shared else self.journal.unfinished
        for number, payload in await asyncio.to_thread(left):
            if number in self.in_hand:
                continue
            try:
                raw = load_json(payload)
                if update_id(raw) != number:
                    raise UnreadableJson("a stored update has its own id")
                update = Update.de_json(raw, bot)
            except Exception as exc:  # written by an older version, or damaged
                log_unreadable_update(exc)
                await asyncio.to_thread(self.journal.finish, number)
                continue
            self.in_hand.add(number)
            await self.put(update)


def chat_key(update: Update) -> str:
    """The key of the updates of a chat thread, empty for an update without a chat."""
    chat, message = update.effective_chat, update.effective_message
    thread = message.message_thread_id if message and message.is_topic_message else None
    return f"chat/{chat.id:d}/{thread or 0:d}" if chat else ""


class OrderedUpdateProcessor(BaseUpdateProcessor):
    """Processes the updates of one chat thread in order, except those that skip it; marks processed updates done.

    What goes wrong with an update is logged and ends that update alone.
    """

    def __init__(self, queue: PersistentUpdateQueue) -> None:
        super().__init__(MAX_CONCURRENT_UPDATES)
        self._queue = queue
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
        key, shared = self._queue.order_key(update), self._queue.shared
        try:
            async with (
                self._thread_locks.hold(key),
                shared.turn_of(key, update.update_id) if shared else nullcontext(True) as is_due,
            ):
                if is_due:
                    await self._process(update, coroutine, key)
        except Exception as exc:
            log_failed_update(exc)
        finally:
            self._queue.in_hand.discard(update.update_id)
            self._queue.postponed.discard(update.update_id)
            if isinstance(coroutine, Coroutine) and getcoroutinestate(coroutine) == CORO_CREATED:
                coroutine.close()

    async def _process(self, update: Update, coroutine: Awaitable[Any], key: str) -> None:
        if self._closing:
            return
        task = asyncio.ensure_future(coroutine)
        self._running.add(task)
        try:
            with self._queue.shared.ending_with(key, task) if self._queue.shared else nullcontext():
                await asyncio.wait([task])
        finally:
            self._running.discard(task)
        if not task.cancelled() and update.update_id not in self._queue.postponed:
            await asyncio.to_thread(self._queue.journal.finish, update.update_id)
            task.result()


class _KeyedLocks:
    """One first-in, first-out lock per key; locks without waiters are removed."""

    def __init__(self) -> None:
        self._locks = dict[str, asyncio.Lock]()
        self._waiters = dict[str, int]()

    @asynccontextmanager
    async def hold(self, key: str) -> AsyncIterator[None]:
        lock = self._locks.setdefault(key, asyncio.Lock())
        self._waiters[key] = self._waiters.get(key, 0) + 1
        try:
            async with lock:
                yield
        finally:
            self._waiters[key] -= 1
            if not self._waiters[key]:
                del self._waiters[key], self._locks[key]
