"""Which update goes to which handler, and which waits for no other."""

from collections.abc import Callable
from typing import Any

from telegram import Update
from telegram.ext import (
    Application,
    ApplicationHandlerStop,
    CallbackQueryHandler,
    CommandHandler,
    InlineQueryHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot.telegram.context import Context
from bot.telegram.handlers import admin, commands, feedback
from bot.telegram.handlers.inline import answer_inline
from bot.telegram.handlers.questions import answer_message
from bot.telegram.handlers.suggestion_buttons import ask_suggestion

COMMANDS: dict[str, Callable[[Update, Context], Any]] = {
    "start": commands.start,
    "help": commands.show_help,
    "ask": commands.ask,
    "new": commands.new,
    "sources": commands.sources,
    "quotes": commands.quotes,
    "latest": commands.latest,
    "cancel": commands.cancel,
    "privacy": commands.privacy,
    "forget": commands.forget,
    "stats": admin.stats,
    "unanswered": admin.unanswered,
}


def route(bot: Application[Any, Context, Any, Any, Any, Any]) -> None:
    """Add the handlers."""
    bot.add_handler(TypeHandler(Update, _resume), group=-1)
    bot.add_handler(MessageHandler(filters.StatusUpdate.MIGRATE, admin.migrate))
    for name, handler in COMMANDS.items():
        bot.add_handler(CommandHandler(name, handler, filters.UpdateType.MESSAGE))
    bot.add_handler(CallbackQueryHandler(ask_suggestion, rf"^{feedback.ASK}:"))
    bot.add_handler(CallbackQueryHandler(feedback.show_quotes, rf"^{feedback.QUOTES}:"))
    bot.add_handler(CallbackQueryHandler(feedback.judge))
    bot.add_handler(InlineQueryHandler(answer_inline))
    anything = filters.UpdateType.MESSAGE & ~filters.StatusUpdate.ALL
    bot.add_handler(MessageHandler(anything, answer_message))
    bot.add_error_handler(admin.report)


def overtakes(update: Update) -> bool:
    """What waits for no answer under way: /cancel, verdicts, inline queries."""
    message, query = update.message, update.callback_query
    if message:
        return (message.text or "").startswith("/cancel")
    return update.inline_query is not None or (
        query is not None and not (query.data or "").startswith((feedback.ASK, feedback.QUOTES))
    )


async def _resume(update: Update, context: Context) -> None:
    """An update whose messages are settled already, because a process before this one was killed, is only sent."""
    is_resumed = update.update_id in context.desk.resumed
    if is_resumed and await context.desk.delivery.resume(update.update_id):
        raise ApplicationHandlerStop
