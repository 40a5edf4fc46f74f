"""The queue between Telegram and the handlers, which survives the process."""

import asyncio
import json
import sqlite3

from telegram import Bot, Update
from telegram.error import TelegramError

from bot.telegram.journal import Journal


class Inbox(asyncio.Queue[object]):
    """Writes each update down before it counts as received; one that is known already is passed over."""

    def __init__(self, journal: Journal) -> None:
        super().__init__()
        self._journal = journal

    async def put(self, item: object) -> None:
        """Raises TelegramError when an update cannot be written down, so that it is asked for again."""
        if isinstance(item, Update):
            try:
                is_new = await asyncio.to_thread(self._journal.receive, item.update_id, item.to_json())
            except sqlite3.Error as exc:
                raise TelegramError(f"An update could not be written down: {exc}.") from exc
            if not is_new:
                return
        await super().put(item)

    async def resume(self, bot: Bot) -> int:
        """Queue what a process before this one left; returns how many updates that are."""
        left = await asyncio.to_thread(self._journal.left)
        for payload in left:
            await super().put(Update.de_json(json.loads(payload), bot))
        return len(left)
