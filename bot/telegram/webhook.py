"""The bot inside a process with its own HTTP server, which passes on the updates that Telegram posts."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from bot.app.build import App
from bot.telegram.app import queue_of, running_bot
from bot.telegram.receiving.posts import SECRET_HEADER, has_webhook_secret, receive_post

__all__ = ["SECRET_HEADER", "has_webhook_secret", "run_webhook_bot", "webhook_path"]


def webhook_path(app: App) -> str:
    """The path that Telegram posts to; empty when the settings configure no bot with a webhook."""
    if not app.settings.telegram_webhook_url or not app.settings.telegram_bot_token.get_secret_value():
        return ""
    return urlsplit(app.settings.telegram_webhook_url).path or "/"


@asynccontextmanager
async def run_webhook_bot(app: App) -> AsyncIterator[Callable[[bytes], Awaitable[int]]]:
    """Run the bot for the duration of the context; yields the handler of a post's body, which returns the HTTP status.

    Raises UsageError.
    """
    async with running_bot(app, listening=False) as bot:

        async def handle_post(body: bytes) -> int:
            return await receive_post(body, bot.bot, queue_of(bot))

        yield handle_post
