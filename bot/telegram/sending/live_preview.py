"""The live preview of an answer: a typing indicator, then the sentences that are verified so far."""

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

from telegram import ReplyParameters
from telegram.constants import ChatAction
from telegram.error import BadRequest, InvalidToken, TelegramError
from telegram.ext import ExtBot

from bot.telegram.messages.outgoing import MessageTarget, message_entities
from bot.telegram.messages.rich_text import RichText
from bot.telegram.messages.splitting import FormattedText, split_messages
from bot.telegram.sending.delivery import NO_PREVIEW
from bot.telegram.sending.rate_limiter import DROPPABLE, RateLimitExceeded
from bot.telegram.storage.journal import DeliveryJournal

TYPING_INTERVAL = 4.0  # seconds; Telegram shows the indicator for five
PREVIEW_DELAY = 0.1  # seconds; a faster answer has no preview
DRAFT_INTERVAL = 0.5  # seconds between two updates of a draft
EDIT_INTERVAL = 1.0  # seconds between two edits of a message in a private chat
GROUP_EDIT_INTERVAL = 3.0  # and in a group, where Telegram allows 20 a minute
PLACEHOLDER = "Looking into the articles …"  # what remains in a group if the process is killed now

_log = logging.getLogger(__name__)


@asynccontextmanager
async def typing_indicator(bot: ExtBot[int], target: MessageTarget) -> AsyncIterator[None]:
    """Show the typing indicator in the chat meanwhile."""

    async def keep_typing() -> None:
        with suppress(TelegramError):  # delivery of the answer reports an unavailable chat
            while True:
                await bot.send_chat_action(target.chat, ChatAction.TYPING, message_thread_id=target.thread)
                await asyncio.sleep(TYPING_INTERVAL)

    task = asyncio.create_task(keep_typing())
    try:
        yield
    finally:
        task.cancel()


class DraftSupport:
    """Sends drafts if the server supports them (Bot API 9.3); self-hosted servers may be older."""

    def __init__(self) -> None:
        self.are_supported = True

    async def show(self, bot: ExtBot[int], target: MessageTarget, update: int, state: FormattedText) -> None:
        """Show the answer so far as a draft. Raises TelegramError."""
        try:
            await bot.send_message_draft(
                target.chat,
                update,
                state.text,
                message_thread_id=target.thread,
                entities=message_entities(state),
                rate_limit_args=DROPPABLE,
            )
        except (InvalidToken, BadRequest) as exc:  # 404: the server has no such method
            self.are_supported = False
            _log.info("Drafts are not taken by this server (%s); messages are edited instead.", exc)


class LivePreview:
    """Shows one answer as it grows; the final state is left to the delivery of the answer."""

    def __init__(
        self, bot: ExtBot[int], journal: DeliveryJournal, drafts: DraftSupport, target: MessageTarget, update: int
    ) -> None:
        self._bot, self._journal, self._drafts = bot, journal, drafts
        self._target, self._update_id = target, update
        self._state, self._changed = RichText(), asyncio.Event()

    def update(self, state: RichText) -> None:
        """Set the answer so far."""
        self._state = state
        self._changed.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["LivePreview"]:
        """Show updates meanwhile; at the end no request is in flight."""
        task = asyncio.create_task(self._show())
        try:
            yield self
        finally:
            task.cancel()
            await asyncio.wait([task])

    async def _show(self) -> None:
        await self._changed.wait()
        await asyncio.sleep(PREVIEW_DELAY)
        last_shown = ""
        with suppress(TelegramError):  # the answer itself is delivered in any case
            while True:
                await self._changed.wait()
                self._changed.clear()
                state = split_messages(self._state)[:1]
                if state and state[0].text != last_shown:
                    try:
                        # A request in flight is awaited even when cancelled, so that it cannot overtake the answer.
                        await _run_to_completion(self._show_state(state[0]))
                        last_shown = state[0].text
                    except RateLimitExceeded:
                        self._changed.set()
                await asyncio.sleep(self._pause())

    def _pause(self) -> float:
        if not self._target.is_private:
            return GROUP_EDIT_INTERVAL
        return DRAFT_INTERVAL if self._drafts.are_supported else EDIT_INTERVAL

    async def _show_state(self, state: FormattedText) -> None:
        if self._target.is_private and self._drafts.are_supported:
            await self._drafts.show(self._bot, self._target, self._update_id, state)
            if self._drafts.are_supported:
                return
        message = (
            await asyncio.to_thread(self._journal.preview_message, self._update_id) or await self._send_placeholder()
        )
        await self._bot.edit_message_text(
            state.text,
            self._target.chat,
            message,
            entities=message_entities(state),
            link_preview_options=NO_PREVIEW,
            rate_limit_args=DROPPABLE,
        )

    async def _send_placeholder(self) -> int:
        """Send the message that will become the answer.

        A process killed before the journal has its id cannot edit it any more, so it must not look like an answer.
        """
        target = self._target
        reply = ReplyParameters(target.reply_to, allow_sending_without_reply=True) if target.reply_to else None
        sent = await self._bot.send_message(
            target.chat,
            PLACEHOLDER,
            message_thread_id=target.thread,
            reply_parameters=reply,
            rate_limit_args=DROPPABLE,
        )
        await asyncio.to_thread(self._journal.set_preview, self._update_id, sent.message_id)
        return sent.message_id


async def _run_to_completion(request: Coroutine[Any, Any, None]) -> None:
    """Await a request to its end, even when cancelled meanwhile."""
    task = asyncio.ensure_future(request)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.gather(task, return_exceptions=True)
        raise
