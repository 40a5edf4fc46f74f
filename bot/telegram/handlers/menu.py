"""The commands that Telegram offers while a reader types, for each kind of chat."""

from collections.abc import Iterable

from telegram import Bot, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats, BotCommandScopeChat
from telegram.error import BadRequest, Forbidden

GROUPS = (
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
PRIVATE = (("start", "Who I am and what to ask"), *GROUPS[1:])
ADMINS = (*PRIVATE, ("stats", "How the bot is used"), ("unanswered", "What the articles did not answer"))


async def set_menus(bot: Bot, admins: Iterable[int]) -> None:
    """Register the commands. Raises TelegramError."""
    await bot.set_my_commands(PRIVATE, BotCommandScopeAllPrivateChats())
    await bot.set_my_commands(GROUPS, BotCommandScopeAllGroupChats())
    for admin in admins:
        try:
            await bot.set_my_commands(ADMINS, BotCommandScopeChat(admin))
        except (BadRequest, Forbidden):  # this admin has not written to the bot yet
            continue
