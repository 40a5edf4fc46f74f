"""The bot inside a process with its own HTTP server, which passes on the updates that Telegram posts."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from secrets import compare_digest
from urllib.parse import urlsplit

from telegram import Update

from bot.app.build import App
from bot.telegram.app import running_bot

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
ACCEPTED, MALFORMED = 200, 400  # HTTP statuses


def webhook_path(app: App) -> str:
    """The path that Telegram posts to; empty when the settings configure no bot with a webhook."""
    if not app.settings.telegram_webhook_url or not app.settings.telegram_bot_token.get_secret_value():
        return ""
    return urlsplit(app.settings.telegram_webhook_url).path or "/"


def has_webhook_secret(app: App, headers: Mapping[str, str]) -> bool:
    """Whether a post carries the webhook's secret, which only Telegram knows."""
    secret = app.settings.telegram_webhook_secret.get_secret_value()
    return compare_digest(headers.get(SECRET_HEADER, "").encode(), secret.encode())


@asynccontextmanager
async def run_webhook_bot(app: App) -> AsyncIterator[Callable[[bytes], Awaitable[int]]]:
    """Run the bot for the duration of the context; yields the handler of a post's body, which returns the HTTP status.

    Raises UsageError.
    """
    async with running_bot(app, listening=False) as bot:

        async def handle_post(body: bytes) -> int:
            try:
                update = Update.de_json(json.loads(body), bot.bot)
            except (ValueError, KeyError, TypeError, AttributeError):
                return MALFORMED
            await bot.update_queue.put(update)
            return ACCEPTED

        yield handle_post
