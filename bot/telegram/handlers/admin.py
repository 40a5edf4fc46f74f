"""Commands and notices for admins, the error handler, and the migration of groups."""

import asyncio
import logging

from telegram import Update
from telegram.error import TelegramError

from bot.telegram.context import BotServices, Context
from bot.telegram.handlers.addressing import chat_prefix, reply_target
from bot.telegram.handlers.questions import received_question, reply_notice, reply_text
from bot.telegram.logs import ThrottledWarning, log_failed_update
from bot.telegram.messages.outgoing import MessageTarget, outgoing_messages
from bot.telegram.messages.rich_text import RichText, bold, join, plain
from bot.telegram.sending.delivery import ChatUnavailable
from retrieval.errors import DatabaseUnavailable

MAX_UNANSWERED = 25
LATER = "I cannot look that up right now; I will answer as soon as I can."
ERROR_REPLY = "Something went wrong here. Please try again later."
NOT_ADMIN = "Only the admins of this bot can see that."

_log = logging.getLogger(__name__)
_throttled = ThrottledWarning(_log)


async def stats(update: Update, context: Context) -> None:
    """/stats: how the bot is used."""
    usage = await asyncio.to_thread(context.services.readers.stats)
    lines = (
        f"{usage.questions} questions from {usage.readers} readers, {usage.today} of them in the last 24 hours",
        f"{usage.unanswered} that the articles did not answer (/unanswered)",
        f"{usage.helpful} found helpful, {usage.unhelpful} not",
        f"median {usage.median_ms:.0f} ms an answer",
    )
    await _reply_to_admin(update, context, join([bold("Since the oldest question kept"), *map(plain, lines)], "\n"))


async def unanswered(update: Update, context: Context) -> None:
    """/unanswered: questions that the articles could not answer."""
    found = await asyncio.to_thread(context.services.readers.unanswered, MAX_UNANSWERED)
    lines = [f"{question} ({times} times)" if times > 1 else question for question, times in found]
    title = bold("Not answered, newest first")
    await _reply_to_admin(update, context, join([title, *map(plain, lines)], "\n") if lines else plain("None so far."))


async def _reply_to_admin(update: Update, context: Context, rich: RichText) -> None:
    services = context.services
    question = received_question(update, services, "")
    if question.reader in services.access.admins:
        await services.delivery.deliver(question.id, outgoing_messages(question.target, rich))
    else:
        await reply_text(services, question, NOT_ADMIN)


async def report_error(update: object, context: Context) -> None:
    """Handle an error of a handler: log it once, notify the admins, apologize to the reader."""
    error, services = context.error, context.services
    if isinstance(error, ChatUnavailable):
        _throttled.warn(f"A chat cannot be written to any more: {error}.")
        return
    if isinstance(error, DatabaseUnavailable) and isinstance(update, Update):
        await _postpone(update, services, error)
        return
    if error and log_failed_update(error):
        name = type(error).__name__
        await _notify_admins(services, f"An update could not be dealt with ({name}); the log says where.")
    if isinstance(update, Update) and update.message and not isinstance(error, TelegramError):
        try:
            await reply_notice(services, received_question(update, services, ""), ERROR_REPLY)
        except (ChatUnavailable, TelegramError):
            return


async def _postpone(update: Update, services: BotServices, error: DatabaseUnavailable) -> None:
    """Keep an update for the time when the database can be used again, and tell the reader, past the journal."""
    _throttled.warn(f"Questions are kept for later: {error}", "database")
    services.postponed_updates.add(update.update_id)
    message = update.message
    if message and services.notices.is_due(message.chat_id):
        try:
            await services.delivery.send(outgoing_messages(reply_target(message), plain(LATER))[0])
        except (ChatUnavailable, TelegramError):
            return


async def handle_migration(update: Update, context: Context) -> None:
    """Rename the conversations of a group that became a supergroup with another id."""
    message = update.message
    if message and message.migrate_to_chat_id:
        await move_conversations(context.services, message.chat_id, message.migrate_to_chat_id)
    elif message and message.migrate_from_chat_id:
        await move_conversations(context.services, message.migrate_from_chat_id, message.chat_id)


async def move_conversations(services: BotServices, old: int, new: int) -> None:
    """Rename a chat's conversations to those of another chat id; idempotent."""
    await asyncio.to_thread(services.history.replace_prefix, chat_prefix(old), chat_prefix(new))
    await asyncio.to_thread(services.readers.move, chat_prefix(old), chat_prefix(new))


async def _notify_admins(services: BotServices, sentence: str) -> None:
    for admin in services.access.admins:
        try:
            await services.delivery.send(outgoing_messages(MessageTarget(admin), plain(sentence))[0])
        except (ChatUnavailable, TelegramError) as exc:
            _throttled.warn(f"An admin cannot be written to: {exc}.")
