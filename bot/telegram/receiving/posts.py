"""Posts to the webhook: their secret, their status, and an HTTP server for a bot that has none around it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from secrets import compare_digest
from urllib.parse import urlsplit

from telegram.error import TelegramError
from telegram.ext import ExtBot
from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler

from bot.app.build import App
from bot.telegram.logs import log_polling_error, log_unreadable_update
from bot.telegram.storage.json_updates import UnreadableJson, load_json
from bot.telegram.storage.update_queue import PersistentUpdateQueue

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
ACCEPTED, FORBIDDEN, UNAVAILABLE = 200, 403, 503  # HTTP statuses
MAX_POST_BYTES = 1_000_000


def webhook_path(app: App) -> str:
    """The path that Telegram posts to; empty when the settings configure no bot with a webhook."""
    if not app.settings.telegram_webhook_url or not app.settings.telegram_bot_token.get_secret_value():
        return ""
    return urlsplit(app.settings.telegram_webhook_url).path or "/"


def has_webhook_secret(app: App, headers: Mapping[str, str]) -> bool:
    """Whether a post carries the webhook's secret, which only Telegram knows."""
    secret = app.settings.telegram_webhook_secret.get_secret_value()
    return compare_digest(headers.get(SECRET_HEADER, "").encode(), secret.encode())


async def receive_post(body: bytes, bot: ExtBot[int], queue: PersistentUpdateQueue) -> int:
    """Receive the update in a post; returns the HTTP status.

    What cannot be read is accepted and passed over, because Telegram posts it again otherwise, and nothing after it.
    """
    try:
        await queue.receive(load_json(body), bot)
    except UnreadableJson as exc:
        log_unreadable_update(exc)
    except TelegramError as exc:
        log_polling_error(exc)
        return UNAVAILABLE
    return ACCEPTED


@asynccontextmanager
async def serving_webhook(app: App, bot: ExtBot[int], queue: PersistentUpdateQueue) -> AsyncIterator[None]:
    """Listen where the settings say, for the duration of the context."""
    path = urlsplit(app.settings.telegram_webhook_url).path.rstrip("/")
    routes = [(rf"{path}/?", _PostHandler, {"app": app, "bot": bot, "queue": queue})]
    server = HTTPServer(Application(routes, log_function=lambda handler: None), max_body_size=MAX_POST_BYTES)
    server.listen(app.settings.telegram_webhook_port, address=app.settings.telegram_webhook_host)
    try:
        yield
    finally:
        server.stop()
        await server.close_all_connections()


class _PostHandler(RequestHandler):
    def initialize(self, app: App, bot: ExtBot[int], queue: PersistentUpdateQueue) -> None:
        self._app, self._bot, self._queue = app, bot, queue

    async def post(self) -> None:
        is_telegram = has_webhook_secret(self._app, self.request.headers)
        self.set_status(await receive_post(self.request.body, self._bot, self._queue) if is_telegram else FORBIDDEN)
