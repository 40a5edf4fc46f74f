"""What only admins see: how the bot is used, what it could not answer, what went wrong."""

import asyncio
import logging

from telegram import Update
from telegram.error import Conflict, NetworkError, TelegramError

from bot.telegram.context import BotServices, Context
from bot.telegram.handlers.addressing import chat_prefix
from bot.telegram.handlers.questions import question_of, say
from bot.telegram.logs import ThrottledWarning
from bot.telegram.messages.outgoing import MessageTarget, outgoing
from bot.telegram.messages.rich_text import RichText, bold, joined, plain
from bot.telegram.sending.delivery import ChatUnavailable

MOST_UNANSWERED = 25
SORRY = "Something went wrong here. Please try again later."
NOT_ADMIN = "Only the admins of this bot can see that."

_log = logging.getLogger(__name__)
_seldom = ThrottledWarning(_log)


async def stats(update: Update, context: Context) -> None:
    """How the bot is used."""
    found = await asyncio.to_thread(context.desk.readers.stats)
    lines = (
        f"{found.questions} questions from {found.readers} readers, {found.today} of them in the last 24 hours",
        f"{found.unanswered} that the articles did not answer (/unanswered)",
        f"{found.helpful} found helpful, {found.unhelpful} not",
        f"median {found.median_ms:.0f} ms an answer",
    )
    await _to_admin(update, context, joined([bold("Since the oldest question kept"), *map(plain, lines)], "\n"))


async def unanswered(update: Update, context: Context) -> None:
    """What readers asked that the articles could not answer."""
    found = await asyncio.to_thread(context.desk.readers.unanswered, MOST_UNANSWERED)
    lines = [f"{question} ({times} times)" if times > 1 else question for question, times in found]
    title = bold("Not answered, newest first")
    await _to_admin(update, context, joined([title, *map(plain, lines)], "\n") if lines else plain("None so far."))


async def _to_admin(update: Update, context: Context, rich: RichText) -> None:
    desk = context.desk
    question = question_of(update, desk, "")
    if question.reader in desk.access.admins:
        await desk.delivery.deliver(question.id, outgoing(question.place, rich))
    else:
        await say(desk, question, NOT_ADMIN)


async def report(update: object, context: Context) -> None:
    """What went wrong: to the log once, to the admins in a sentence, to the reader in another."""
    error, desk = context.error, context.desk
    if isinstance(error, ChatUnavailable):
        _seldom.warn(f"A chat cannot be written to any more: {error}.")
        return
    name = type(error).__name__
    if _seldom.warn(f"An update could not be dealt with: {name}: {error}"):
        _log.info("Where it went wrong:", exc_info=error)
        await _tell_admins(desk, f"An update could not be dealt with ({name}); the log says where.")
    if isinstance(update, Update) and update.message and not isinstance(error, TelegramError):
        try:
            await say(desk, question_of(update, desk, ""), SORRY)
        except (ChatUnavailable, TelegramError):
            return


async def migrate(update: Update, context: Context) -> None:
    """A group became a supergroup: its conversations move along."""
    message = update.message
    if message and message.migrate_to_chat_id:
        await move(context.desk, message.chat_id, message.migrate_to_chat_id)
    elif message and message.migrate_from_chat_id:
        await move(context.desk, message.migrate_from_chat_id, message.chat_id)


async def move(desk: BotServices, old: int, new: int) -> None:
    """Give a chat's conversations another chat's name; doing it twice changes nothing."""
    await asyncio.to_thread(desk.history.move, chat_prefix(old), chat_prefix(new))
    await asyncio.to_thread(desk.readers.move, chat_prefix(old), chat_prefix(new))


def polling_failed(error: TelegramError) -> None:
    """Say once why no updates come; the next try is under way."""
    if isinstance(error, Conflict):
        _seldom.warn("Another process is polling with the same token; end it. Trying again.")
    elif isinstance(error, NetworkError):
        _seldom.warn("Telegram cannot be reached; trying again.")
    else:
        _seldom.warn(f"No updates can be had: {error}. Trying again.")


async def _tell_admins(desk: BotServices, sentence: str) -> None:
    for admin in desk.access.admins:
        try:
            await desk.delivery.send(outgoing(MessageTarget(admin), plain(sentence))[0])
        except (ChatUnavailable, TelegramError) as exc:
            _seldom.warn(f"An admin cannot be written to: {exc}.")
