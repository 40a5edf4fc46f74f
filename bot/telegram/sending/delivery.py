"""Delivery of messages: each exactly once, despite network errors, restarts and changes of the chat."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from telegram import Bot, LinkPreviewOptions, Message, ReplyParameters
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter

from bot.telegram.logs import ThrottledWarning
from bot.telegram.messages.outgoing import OutgoingMessage, inline_keyboard, message_entities
from bot.telegram.messages.splitting import FormattedText
from bot.telegram.storage.journal import DeliveryJournal

RETRY_PAUSES = (
    0.5,
    1,
    2,
    4,
    8,
    15,
    *[30] * 20,
)  # seconds between attempts while Telegram cannot be reached; ten minutes in all
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

_UNAVAILABLE = (
    *("chat not found", "message thread not found", "topic_closed", "topic_deleted", "not enough rights"),
    *("have no rights", "chat_write_forbidden", "user is deactivated", "peer_id_invalid", "chat_restricted"),
)
_UNEDITABLE = ("message to edit not found", "message can't be edited", "message_id_invalid")
_NOT_MODIFIED = "message is not modified"

_log = logging.getLogger(__name__)
_throttled = ThrottledWarning(_log)


class ChatUnavailable(Exception):
    """The chat cannot be written to any more; `str()` says why."""


OnMigrated = Callable[[int, int], Awaitable[None]]
"""Called with the old and the new id of a group that became a supergroup."""


class Delivery:
    """Sends the messages that the journal has stored, and records what was sent."""

    def __init__(self, bot: Bot, journal: DeliveryJournal, on_migrated: OnMigrated) -> None:
        self._bot, self._journal, self._on_migrated = bot, journal, on_migrated

    async def deliver(self, update: int, messages: Sequence[OutgoingMessage]) -> None:
        """Store the messages, then send them. Raises ChatUnavailable."""
        await asyncio.to_thread(self._journal.plan, update, messages)
        await self.resume(update)

    async def resume(self, update: int) -> bool:
        """Send the stored messages that were not sent yet; False when none are stored. Raises ChatUnavailable."""
        if not await asyncio.to_thread(self._journal.is_planned, update):
            return False
        preview = await asyncio.to_thread(self._journal.preview_message, update)
        for part, message in await asyncio.to_thread(self._journal.unsent, update):
            sent = await self.send(message, replaces=preview if part == 0 else None)
            await asyncio.to_thread(self._journal.mark_sent, update, part, sent)
        return True

    async def send(self, message: OutgoingMessage, *, replaces: int | None = None) -> int:
        """Send a message, or edit the message that it replaces; returns its id. Raises ChatUnavailable."""
        for pause in RETRY_PAUSES:
            try:
                return await self._attempt(message, replaces)
            except ChatMigrated as exc:
                await self._on_migrated(message.place.chat, exc.new_chat_id)
                message = replace(message, place=replace(message.place, chat=exc.new_chat_id, reply_to=None))
                replaces = None
            except RetryAfter as exc:
                await asyncio.sleep(_retry_seconds(exc))
            except Forbidden as exc:
                raise ChatUnavailable(str(exc)) from exc
            except BadRequest as exc:
                message, replaces = _fallback(message, replaces, exc)
            except NetworkError as exc:
                if isinstance(exc.__cause__, ValueError | TypeError):  # the request could not even be written
                    raise
                _log.debug("Sending again in %s s: %s", pause, exc)
                await asyncio.sleep(pause)
        raise ChatUnavailable("Telegram could not be reached for ten minutes")

    async def _attempt(self, message: OutgoingMessage, replaces: int | None) -> int:
        try:
            sent = await (self._edit(message, replaces) if replaces else self._send_new(message))
        except BadRequest as exc:
            if replaces and _NOT_MODIFIED in str(exc).lower():
                return replaces
            raise
        return sent.message_id if isinstance(sent, Message) else replaces or 0

    async def _send_new(self, message: OutgoingMessage) -> Message:
        target = message.place
        reply = ReplyParameters(target.reply_to, allow_sending_without_reply=True) if target.reply_to else None
        return await self._bot.send_message(
            target.chat,
            message.formatted.text,
            entities=message_entities(message.formatted),
            message_thread_id=target.thread,
            reply_parameters=reply,
            reply_markup=inline_keyboard(message.buttons),
            link_preview_options=NO_PREVIEW,
        )

    async def _edit(self, message: OutgoingMessage, replaces: int) -> Message | bool:
        return await self._bot.edit_message_text(
            message.formatted.text,
            message.place.chat,
            replaces,
            entities=message_entities(message.formatted),
            reply_markup=inline_keyboard(message.buttons),
            link_preview_options=NO_PREVIEW,
        )


def _fallback(message: OutgoingMessage, replaces: int | None, error: BadRequest) -> tuple[OutgoingMessage, int | None]:
    """What to send after a refused attempt: a new message instead of an edit, or the text without formatting.

    Raises ChatUnavailable when the chat is gone, and the error itself when nothing is left to try.
    """
    reason = str(error).lower()
    if any(phrase in reason for phrase in _UNAVAILABLE):
        raise ChatUnavailable(str(error)) from error
    if replaces and any(phrase in reason for phrase in _UNEDITABLE):
        return message, None
    if message.formatted.entities or message.buttons:
        _throttled.warn(f"Telegram refused a message, its text alone is sent instead: {error}")
        return OutgoingMessage(message.place, FormattedText(message.formatted.text)), replaces
    raise error


def _retry_seconds(error: RetryAfter) -> float:
    delay = error.retry_after
    return (delay if isinstance(delay, int) else delay.total_seconds()) + 0.1
