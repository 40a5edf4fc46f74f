"""Registration: which handler gets which update, which updates skip the order, and the menus of commands."""

from collections.abc import Callable, Iterable
from typing import Any

from telegram import Bot, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats, BotCommandScopeChat, Update
from telegram.error import BadRequest, Forbidden
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
from bot.telegram.handlers import admin, answer_buttons, commands
from bot.telegram.handlers.inline import answer_inline
from bot.telegram.handlers.questions import answer_message, ask_suggestion

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
GROUP_COMMANDS = (
    ("ask", "Ask a question"),
    ("quotes", "What somebody is on record with"),
    ("latest", "The newest articles"),
    ("sources", "The sources of the last answer"),
    ("new", "Begin a new conversation"),
    ("cancel", "Stop the answer that is being written"),
    ("help", "What I can do"),
    ("privacy", "What I keep, and for how long"),
    ("forget", "Delete what I keep of you"),
)
PRIVATE_COMMANDS = (("start", "Who I am and what to ask"), *GROUP_COMMANDS[1:])
ADMIN_COMMANDS = (
    *PRIVATE_COMMANDS,
    ("stats", "How the bot is used"),
    ("unanswered", "What the articles did not answer"),
)


def register_handlers(bot: Application[Any, Context, Any, Any, Any, Any]) -> None:
    """Register all handlers; the first one that matches an update gets it."""
    bot.add_handler(TypeHandler(Update, _resume), group=-1)
    bot.add_handler(MessageHandler(filters.StatusUpdate.MIGRATE, admin.handle_migration))
    for name, handler in COMMANDS.items():
        bot.add_handler(CommandHandler(name, handler, filters.UpdateType.MESSAGE))
    bot.add_handler(CallbackQueryHandler(ask_suggestion, rf"^{answer_buttons.ASK}:"))
    bot.add_handler(CallbackQueryHandler(answer_buttons.show_quotes, rf"^{answer_buttons.QUOTES}:"))
    bot.add_handler(CallbackQueryHandler(answer_buttons.record_feedback))
    bot.add_handler(InlineQueryHandler(answer_inline))
    any_message = filters.UpdateType.MESSAGE & ~filters.StatusUpdate.ALL
    bot.add_handler(MessageHandler(any_message, answer_message))
    bot.add_error_handler(admin.report_error)


def skips_order(update: Update) -> bool:
    """Whether an update is processed without waiting for its chat's answer: /cancel, feedback, inline queries."""
    message, query = update.message, update.callback_query
    if message:
        return (message.text or "").startswith("/cancel")
    return update.inline_query is not None or (
        query is not None and not (query.data or "").startswith((answer_buttons.ASK, answer_buttons.QUOTES))
    )


async def set_menus(bot: Bot, admins: Iterable[int]) -> None:
    """Set the commands that Telegram suggests for each kind of chat. Raises TelegramError."""
    await bot.set_my_commands(PRIVATE_COMMANDS, BotCommandScopeAllPrivateChats())
    await bot.set_my_commands(GROUP_COMMANDS, BotCommandScopeAllGroupChats())
    for admin_id in admins:
        try:
            await bot.set_my_commands(ADMIN_COMMANDS, BotCommandScopeChat(admin_id))
        except (BadRequest, Forbidden):  # this admin has not written to the bot yet
            continue


async def _resume(update: Update, context: Context) -> None:
    """Only send the messages of an update that a process had answered before it was killed."""
    if await context.services.delivery.resume(update.update_id):
        raise ApplicationHandlerStop
