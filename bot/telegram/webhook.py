"""The bot inside another process that listens already: it is handed what Telegram posts."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from secrets import compare_digest
from urllib.parse import urlsplit

from telegram import Update

from bot.app.build import App
from bot.telegram.app import serving

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
TAKEN, NONSENSE = 200, 400  # statuses


def path_of(app: App) -> str:
    """Where Telegram posts; empty where the settings name no bot with a webhook."""
    if not app.settings.telegram_webhook_url or not app.settings.telegram_bot_token.get_secret_value():
        return ""
    return urlsplit(app.settings.telegram_webhook_url).path or "/"


def admits(app: App, headers: Mapping[str, str]) -> bool:
    """Whether Telegram posts, who alone knows the secret."""
    secret = app.settings.telegram_webhook_secret.get_secret_value()
    return compare_digest(headers.get(SECRET_HEADER, "").encode(), secret.encode())


@asynccontextmanager
async def hosted(app: App) -> AsyncIterator[Callable[[bytes], Awaitable[int]]]:
    """The bot, running meanwhile, and what takes a post and says with which status. Raises UsageError."""
    async with serving(app, listening=False) as bot:

        async def take(body: bytes) -> int:
            try:
                update = Update.de_json(json.loads(body), bot.bot)
            except (ValueError, KeyError, TypeError, AttributeError):
                return NONSENSE
            await bot.update_queue.put(update)
            return TAKEN

        yield take
