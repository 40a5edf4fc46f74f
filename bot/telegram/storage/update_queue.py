"""The queue between Telegram and the handlers, which survives the process."""

import asyncio
import json
import sqlite3

from telegram import Bot, Update
from telegram.error import TelegramError

from bot.telegram.storage.journal import DeliveryJournal


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
