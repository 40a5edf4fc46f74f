"""What readers see while an answer is made: that somebody types, then the sentences that are verified so far."""

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

from telegram import ReplyParameters
from telegram.constants import ChatAction
from telegram.error import BadRequest, InvalidToken, TelegramError
from telegram.ext import ExtBot

from bot.telegram.messages.outgoing import MessageTarget, entities_of
from bot.telegram.messages.rich_text import RichText
from bot.telegram.messages.splitting import FormattedText, split
from bot.telegram.sending.delivery import NO_PREVIEW
from bot.telegram.sending.rate_limiter import IF_ROOM, RateLimitExceeded
from bot.telegram.storage.journal import DeliveryJournal

TYPING_EVERY = 4.0  # seconds; Telegram shows it for five
GRACE = 0.1  # seconds; an answer that is whole by then is not shown in the making
DRAFT_EVERY = 0.5  # seconds between two states of a draft
EDIT_EVERY = 1.0  # and of a message, in a private chat
GROUP_EDIT_EVERY = 3.0  # in a group, where Telegram takes 20 a minute
BEGUN = "Looking into the articles …"  # what a process that is killed at once leaves in a group

_log = logging.getLogger(__name__)


@asynccontextmanager
async def typing(bot: ExtBot[int], place: MessageTarget) -> AsyncIterator[None]:
    """Somebody types in the chat meanwhile."""

    async def type_on() -> None:
        with suppress(TelegramError):  # whoever cannot be written to is found out by the answer
            while True:
                await bot.send_chat_action(place.chat, ChatAction.TYPING, message_thread_id=place.thread)
                await asyncio.sleep(TYPING_EVERY)

    task = asyncio.create_task(type_on())
    try:
        yield
    finally:
        task.cancel()


class Drafts:
    """Whether this server knows drafts (Bot API 9.3 and later); older ones of one's own do not."""

    def __init__(self) -> None:
        self.are_known = True

    async def show(self, bot: ExtBot[int], place: MessageTarget, update: int, state: FormattedText) -> None:
        """Show a state of the answer as a draft. Raises TelegramError."""
        try:
            await bot.send_message_draft(
                place.chat,
                update,
                state.text,
                message_thread_id=place.thread,
                entities=entities_of(state),
                rate_limit_args=IF_ROOM,
            )
        except (InvalidToken, BadRequest) as exc:  # 404: no such method
            self.are_known = False
            _log.info("Drafts are not taken by this server (%s); messages are edited instead.", exc)


class LivePreview:
    """Shows one answer as it grows; what is shown last may be older than what was said last."""

    def __init__(
        self, bot: ExtBot[int], journal: DeliveryJournal, drafts: Drafts, place: MessageTarget, update: int
    ) -> None:
        self._bot, self._journal, self._drafts = bot, journal, drafts
        self._place, self._update = place, update
        self._state, self._news = RichText(), asyncio.Event()

    def say(self, state: RichText) -> None:
        """The answer so far."""
        self._state = state
        self._news.set()

    @asynccontextmanager
    async def showing(self) -> AsyncIterator["LivePreview"]:
        """Shows what is said; at the end nothing more is on its way."""
        task = asyncio.create_task(self._show())
        try:
            yield self
        finally:
            task.cancel()
            await asyncio.wait([task])

    async def _show(self) -> None:
        await self._news.wait()
        await asyncio.sleep(GRACE)
        before = ""
        with suppress(TelegramError):  # the answer itself is sent in any case
            while True:
                await self._news.wait()
                self._news.clear()
                state = split(self._state)[:1]
                if state and state[0].text != before:
                    try:
                        # A request that is under way is waited for, so that no state overtakes the answer.
                        await _to_the_end(self._put(state[0]))
                        before = state[0].text
                    except RateLimitExceeded:
                        self._news.set()
                await asyncio.sleep(self._pause())

    def _pause(self) -> float:
        if not self._place.is_private:
            return GROUP_EDIT_EVERY
        return DRAFT_EVERY if self._drafts.are_known else EDIT_EVERY

    async def _put(self, state: FormattedText) -> None:
        if self._place.is_private and self._drafts.are_known:
            await self._drafts.show(self._bot, self._place, self._update, state)
            if self._drafts.are_known:
                return
        shown = await asyncio.to_thread(self._journal.shown, self._update) or await self._begin()
        await self._bot.edit_message_text(
            state.text,
            self._place.chat,
            shown,
            entities=entities_of(state),
            link_preview_options=NO_PREVIEW,
            rate_limit_args=IF_ROOM,
        )

    async def _begin(self) -> int:
        """The message that will be the answer; a process killed now forgets it, so its first words are no answer."""
        place = self._place
        answered = ReplyParameters(place.reply_to, allow_sending_without_reply=True) if place.reply_to else None
        sent = await self._bot.send_message(
            place.chat, BEGUN, message_thread_id=place.thread, reply_parameters=answered, rate_limit_args=IF_ROOM
        )
        await asyncio.to_thread(self._journal.show, self._update, sent.message_id)
        return sent.message_id


async def _to_the_end(doing: Coroutine[Any, Any, None]) -> None:
    """Wait for it even when cancelled meanwhile."""
    task = asyncio.ensure_future(doing)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.gather(task, return_exceptions=True)
        raise
