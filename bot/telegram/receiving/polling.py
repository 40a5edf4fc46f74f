"""Polling: updates are fetched as JSON and received one by one, so that a broken one is passed over alone.

The library's own Updater reads a whole batch or nothing, and cannot be ended while it waits between two attempts.
"""

import asyncio
from contextlib import suppress
from typing import Any

from telegram.error import RetryAfter, TelegramError
from telegram.ext import ExtBot
from telegram.request import HTTPXRequest

from bot.telegram.logs import log_polling_error, log_unreadable_update
from bot.telegram.storage.json_updates import UnreadableJson, first_update_id, load_json, update_id
from bot.telegram.storage.update_queue import HANDLED_KINDS, PersistentUpdateQueue

POLL_SECONDS = 10  # that Telegram waits for an update before it answers with none
READ_SECONDS = 20.0  # that its answer may take beyond that
BATCH = 100  # updates that one request returns at most
FIRST_PAUSE, MAX_PAUSE = 1.0, 30.0  # seconds between attempts
ACKNOWLEDGE_SECONDS = 0.2  # for the last request, which spares the next start updates that it knows already


class UnreadableAnswer(TelegramError):
    """An answer of the server is no JSON; `first_update` is the id of the first update in it, if there is one."""

    def __init__(self, first_update: int | None) -> None:
        super().__init__("its answer cannot be read")
        self.first_update = first_update


class UpdatesRequest(HTTPXRequest):
    """Reads the answers to getUpdates, of which the library would log those that it cannot read."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = load_json(payload)
        except UnreadableJson:
            raise UnreadableAnswer(first_update_id(payload)) from None
        return answer


class Poller:
    """Receives updates from Telegram until its task is cancelled."""

    def __init__(self, bot: ExtBot[int], queue: PersistentUpdateQueue) -> None:
        self._bot, self._queue = bot, queue
        self._offset, self._batch = 0, BATCH

    async def run(self) -> None:
        """Receive updates; after an error again, with growing pauses."""
        pause = FIRST_PAUSE
        try:
            while True:
                error = await self._receive_batch()
                if error is None:
                    pause = FIRST_PAUSE
                    continue
                log_polling_error(error)
                await asyncio.sleep(retry_seconds(error, pause))
                pause = min(MAX_PAUSE, 2 * pause)
        finally:
            with suppress(Exception):
                await asyncio.wait_for(self._get_updates(0), ACKNOWLEDGE_SECONDS)

    async def _receive_batch(self) -> Exception | None:
        """Receive the next updates; returns why that was not possible."""
        before = self._offset
        try:
            updates = await self._get_updates(POLL_SECONDS)
            for raw in updates:
                await self._queue.receive(raw, self._bot)
                self._offset = max(self._offset, (update_id(raw) or 0) + 1)
        except UnreadableAnswer as exc:
            return self._pass_over_unreadable(exc)
        except Exception as exc:  # whatever a server answers, the next answer may be a better one
            return exc
        self._batch = BATCH
        return TelegramError("the updates have no ids") if updates and self._offset == before else None

    def _pass_over_unreadable(self, error: UnreadableAnswer) -> Exception | None:
        """Ask for one update at a time until the one that cannot be read is first, and pass over that one."""
        if self._batch > 1 or error.first_update is None:
            self._batch = 1
            return error
        log_unreadable_update(error)
        self._offset, self._batch = error.first_update + 1, BATCH
        return None

    async def _get_updates(self, seconds: int) -> list[Any]:
        wanted = {"offset": self._offset, "limit": self._batch, "timeout": seconds, "allowed_updates": HANDLED_KINDS}
        found = await self._bot.do_api_request("getUpdates", wanted, read_timeout=READ_SECONDS + seconds)
        if not isinstance(found, list):
            raise TelegramError("its answer is no list of updates")
        return found


def retry_seconds(error: Exception, pause: float) -> float:
    """The seconds to wait after an error: as long as Telegram asks for, or `pause`."""
    if not isinstance(error, RetryAfter):
        return pause
    delay = error.retry_after
    return (delay if isinstance(delay, int) else delay.total_seconds()) + 0.1
