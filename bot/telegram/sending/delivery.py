"""Messages to Telegram: each once, whatever the network, the chat or a restart does meanwhile."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from telegram import Bot, LinkPreviewOptions, Message, ReplyParameters
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter

from bot.telegram.messages.outgoing import OutgoingMessage, entities_of, keyboard_of
from bot.telegram.messages.splitting import FormattedText
from bot.telegram.storage.journal import DeliveryJournal

PAUSES = (0.5, 1, 2, 4, 8, 15, *[30] * 20)  # seconds between tries while Telegram cannot be reached
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

_GONE = (
    *("chat not found", "message thread not found", "topic_closed", "topic_deleted", "not enough rights"),
    *("have no rights", "chat_write_forbidden", "user is deactivated", "peer_id_invalid", "chat_restricted"),
)
_UNEDITABLE = ("message to edit not found", "message can't be edited", "message_id_invalid")
_SAME = "message is not modified"

_log = logging.getLogger(__name__)


class ChatUnavailable(Exception):
    """Nobody can be written to there any more; `str()` says why."""


Moved = Callable[[int, int], Awaitable[None]]
"""Called with a group's old id and its new one."""


class Delivery:
    """Sends what the journal has, and notes what went out."""

    def __init__(self, bot: Bot, journal: DeliveryJournal, moved: Moved) -> None:
        self._bot, self._journal, self._moved = bot, journal, moved

    async def deliver(self, update: int, messages: Sequence[OutgoingMessage]) -> None:
        """Write the messages down, then send them. Raises Gone."""
        await asyncio.to_thread(self._journal.plan, update, messages)
        await self.resume(update)

    async def resume(self, update: int) -> bool:
        """Send what is written down and did not go out yet; False when nothing is written down. Raises Gone."""
        if not await asyncio.to_thread(self._journal.is_planned, update):
            return False
        shown = await asyncio.to_thread(self._journal.shown, update)
        for part, message in await asyncio.to_thread(self._journal.unsent, update):
            sent = await self.send(message, instead_of=shown if part == 0 else None)
            await asyncio.to_thread(self._journal.sent, update, part, sent)
        return True

    async def send(self, message: OutgoingMessage, *, instead_of: int | None = None) -> int:
        """The id of the message as it went out, a new one or the one that it stands in for. Raises Gone."""
        for pause in PAUSES:
            try:
                return await self._once(message, instead_of)
            except ChatMigrated as exc:
                await self._moved(message.place.chat, exc.new_chat_id)
                message = replace(message, place=replace(message.place, chat=exc.new_chat_id, reply_to=None))
                instead_of = None
            except RetryAfter as exc:
                await asyncio.sleep(_seconds(exc))
            except Forbidden as exc:
                raise ChatUnavailable(str(exc)) from exc
            except BadRequest as exc:
                message, instead_of = _mended(message, instead_of, exc)
            except NetworkError as exc:
                _log.debug("Sending again in %s s: %s", pause, exc)
                await asyncio.sleep(pause)
        raise ChatUnavailable("Telegram could not be reached for ten minutes")

    async def _once(self, message: OutgoingMessage, instead_of: int | None) -> int:
        try:
            sent = await (self._edit(message, instead_of) if instead_of else self._new(message))
        except BadRequest as exc:
            if instead_of and _SAME in str(exc).lower():
                return instead_of
            raise
        return sent.message_id if isinstance(sent, Message) else instead_of or 0

    async def _new(self, message: OutgoingMessage) -> Message:
        place = message.place
        answered = ReplyParameters(place.reply_to, allow_sending_without_reply=True) if place.reply_to else None
        return await self._bot.send_message(
            place.chat,
            message.formatted.text,
            entities=entities_of(message.formatted),
            message_thread_id=place.thread,
            reply_parameters=answered,
            reply_markup=keyboard_of(message.buttons),
            link_preview_options=NO_PREVIEW,
        )

    async def _edit(self, message: OutgoingMessage, instead_of: int) -> Message | bool:
        return await self._bot.edit_message_text(
            message.formatted.text,
            message.place.chat,
            instead_of,
            entities=entities_of(message.formatted),
            reply_markup=keyboard_of(message.buttons),
            link_preview_options=NO_PREVIEW,
        )


def _mended(message: OutgoingMessage, instead_of: int | None, error: BadRequest) -> tuple[OutgoingMessage, int | None]:
    """The message in a way that Telegram may take. Raises Gone when there is nobody to take it, else the error."""
    said = str(error).lower()
    if any(phrase in said for phrase in _GONE):
        raise ChatUnavailable(str(error)) from error
    if instead_of and any(phrase in said for phrase in _UNEDITABLE):
        return message, None
    if message.formatted.entities or message.buttons:
        _log.warning("Telegram refused a message, its text alone is sent instead: %s", error)
        return OutgoingMessage(message.place, FormattedText(message.formatted.text)), instead_of
    raise error


def _seconds(error: RetryAfter) -> float:
    after = error.retry_after
    return (after if isinstance(after, int) else after.total_seconds()) + 0.1
