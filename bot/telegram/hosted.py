"""The bot inside the HTTP server: its webhook is one more route there."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from secrets import compare_digest
from typing import Any
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Update

from bot.build import App
from bot.telegram.app import Bot, serving

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


def is_wanted(app: App) -> bool:
    """Whether the settings name a bot with a webhook."""
    return bool(app.settings.telegram_webhook and app.settings.telegram_bot_token.get_secret_value())


def join(web: Starlette, app: App) -> None:
    """Let the bot run as long as the server, and take what Telegram posts to the webhook's path."""
    bots, outer = list[Bot](), web.router.lifespan_context

    @asynccontextmanager
    async def running(web: Starlette) -> AsyncIterator[Any]:
        async with outer(web) as state, serving(app, listening=False) as bot:
            bots.append(bot)
            yield state

    async def receive(request: Request) -> Response:
        secret = app.settings.telegram_secret.get_secret_value()
        if not compare_digest(request.headers.get(SECRET_HEADER, "").encode(), secret.encode()):
            return Response(status_code=403)
        try:
            update = Update.de_json(json.loads(await request.body()), bots[-1].bot)
        except (ValueError, KeyError, TypeError):
            return Response(status_code=400)
        await bots[-1].update_queue.put(update)
        return Response()

    web.router.lifespan_context = running
    path = urlsplit(app.settings.telegram_webhook).path or "/"
    web.router.routes.insert(0, Route(path, receive, methods=["POST"]))
