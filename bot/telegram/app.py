"""The application: handlers, what they share, and running it."""

import asyncio
import logging
import signal
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from telegram import Update
from telegram.error import InvalidToken, NetworkError, TelegramError
from telegram.ext import Application, ApplicationBuilder, ContextTypes
from telegram.warnings import PTBDeprecationWarning

from bot.app.build import App
from bot.service.async_answers import AsyncAnswers
from bot.telegram.access import AccessControl
from bot.telegram.context import BotServices, Context
from bot.telegram.handlers import admin
from bot.telegram.handlers.menu import set_menus
from bot.telegram.handlers.routes import overtakes, route
from bot.telegram.messages.examples import Examples
from bot.telegram.sending.delivery import Delivery
from bot.telegram.sending.rate_limiter import RateLimiter
from bot.telegram.storage.journal import DeliveryJournal
from bot.telegram.storage.reader_store import ReaderStore
from bot.telegram.storage.telegram_database import TelegramDatabase
from bot.telegram.storage.update_order import OrderedUpdateProcessor
from bot.telegram.storage.update_queue import PersistentUpdateQueue
from retrieval.errors import UsageError

AT_ONCE, WAITING = 4, 10_000  # answers made side by side, and questions that wait for their turn
PATIENCE = 10.0  # seconds that answers under way have to end when the bot stops
CONNECTIONS = 64  # to Telegram at once
CLEAN_EVERY = 3600.0  # seconds between deletions of what is too old
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds between tries while Telegram cannot be reached at the start
TELEGRAM = "https://api.telegram.org"
NO_TOKEN = (
    "TELEGRAM_BOT_TOKEN is not set; write to @BotFather on Telegram, /newbot gives you a token, "
    "and put TELEGRAM_BOT_TOKEN=... into .env."
)
WRONG_TOKEN = "Telegram does not know the token in TELEGRAM_BOT_TOKEN; copy it again from @BotFather (/token)."
UPDATES = [Update.MESSAGE, Update.CALLBACK_QUERY, Update.INLINE_QUERY]

Bot = Application[Any, Context, Any, Any, Any, Any]

_log = logging.getLogger(__name__)


async def run(app: App) -> None:
    """Answer until SIGINT or SIGTERM. Raises UsageError when the token is none."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with serving(app) as bot:
        _log.info("@%s answers.", bot.bot.username)
        await stop.wait()
        _log.info("Stopping; what is not answered yet is answered after the next start.")


@asynccontextmanager
async def serving(app: App, *, listening: bool = True) -> AsyncIterator[Bot]:
    """The bot, running meanwhile; unless it is `listening`, somebody else feeds its queue. Raises UsageError."""
    database = TelegramDatabase(app.settings.data / "telegram.db")
    bot, order = make_bot(app, database)
    answering = desk_of(bot).answering
    try:
        await _reach(bot.initialize)
        try:
            await _begin(bot, listening=listening)
            cleaning = asyncio.create_task(_clean(desk_of(bot)))
            yield bot
            cleaning.cancel()
        finally:
            await _end(bot, order)
            await bot.shutdown()
    finally:
        answering.close()
        database.close()


def make_bot(app: App, database: TelegramDatabase) -> tuple[Bot, OrderedUpdateProcessor]:
    """The library's application over an opened index. Raises UsageError without a token."""
    settings = app.settings
    token = settings.telegram_bot_token.get_secret_value()
    if not token:
        raise UsageError(NO_TOKEN)
    # The library warns of what it will do differently one day, each time Telegram says how long to wait.
    warnings.filterwarnings("ignore", ".*retry_after", PTBDeprecationWarning)
    journal = DeliveryJournal(database)
    inbox = PersistentUpdateQueue(journal)
    order = OrderedUpdateProcessor(journal, overtakes)
    server = (settings.telegram_api_url or TELEGRAM).rstrip("/")
    builder = (
        ApplicationBuilder()
        .token(token)
        .base_url(f"{server}/bot")
        .base_file_url(f"{server}/file/bot")
        .context_types(ContextTypes(context=Context))
        .rate_limiter(RateLimiter())
        .update_queue(inbox)
        .concurrent_updates(order)
        .connection_pool_size(CONNECTIONS)
        .get_updates_connection_pool_size(2)  # one that waits for news, and one to say goodbye
        .pool_timeout(30)
        .read_timeout(20)
    )
    bot: Bot = builder.build()
    bot.bot_data["desk"] = _desk(app, bot, database, inbox)
    route(bot)
    return bot, order


def desk_of(bot: Bot) -> BotServices:
    """What the handlers share."""
    desk: BotServices = bot.bot_data["desk"]
    return desk


def _desk(app: App, bot: Bot, database: TelegramDatabase, inbox: PersistentUpdateQueue) -> BotServices:
    settings, journal = app.settings, inbox.journal

    async def moved(old: int, new: int) -> None:
        await admin.move(desk, old, new)

    desk = BotServices(
        app=app,
        bot=bot.bot,
        access=AccessControl(
            settings.telegram_allowed_users,
            settings.telegram_allowed_chats,
            settings.telegram_admins or frozenset(),
            settings.telegram_max_questions_per_minute,
            settings.telegram_max_questions_per_day,
        ),
        answering=AsyncAnswers(AT_ONCE, WAITING),
        history=app.history,
        journal=journal,
        readers=ReaderStore(database),
        delivery=Delivery(bot.bot, journal, moved),
        examples=Examples(app.search, app.store.catalog),
        resumed=inbox.resumed,
    )
    return desk


async def _reach(begin: Callable[[], Any]) -> None:
    """Try until Telegram is there. Raises UsageError when it does not take the token."""
    pause = FIRST_PAUSE
    while True:
        try:
            await begin()
            return
        except InvalidToken:
            raise UsageError(WRONG_TOKEN) from None  # the error names the token
        except NetworkError as exc:
            admin.polling_failed(exc)
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE, 2 * pause)


async def _begin(bot: Bot, *, listening: bool) -> None:
    await bot.start()
    queue = bot.update_queue
    if isinstance(queue, PersistentUpdateQueue):
        await queue.resume(bot.bot)
    await _listen(bot, listening=listening)
    try:
        await set_menus(bot.bot, desk_of(bot).access.admins)
    except TelegramError as exc:
        _log.warning("The commands could not be listed on Telegram: %s", exc)


async def _listen(bot: Bot, *, listening: bool) -> None:
    settings, updater = desk_of(bot).app.settings, bot.updater
    assert updater is not None, "the builder makes one"
    if not settings.telegram_webhook_url:
        await updater.start_polling(bootstrap_retries=-1, allowed_updates=UPDATES, error_callback=admin.polling_failed)
    elif not listening:
        secret = settings.telegram_webhook_secret.get_secret_value()
        await bot.bot.set_webhook(settings.telegram_webhook_url, secret_token=secret, allowed_updates=UPDATES)
    else:
        await updater.start_webhook(
            listen=settings.telegram_webhook_host,
            port=settings.telegram_webhook_port,
            url_path=urlsplit(settings.telegram_webhook_url).path.lstrip("/"),
            webhook_url=settings.telegram_webhook_url,
            secret_token=settings.telegram_webhook_secret.get_secret_value(),
            bootstrap_retries=-1,
            allowed_updates=UPDATES,
        )


async def _end(bot: Bot, order: OrderedUpdateProcessor) -> None:
    if bot.updater and bot.updater.running:
        await bot.updater.stop()
    await order.close(PATIENCE)
    if bot.running:
        await bot.stop()


async def _clean(desk: BotServices) -> None:
    """Delete what is older than it is kept for, now and every hour."""
    while True:
        days = desk.app.settings.conversation_retention_days
        await asyncio.to_thread(desk.journal.prune)
        if days:
            await asyncio.to_thread(desk.readers.purge, days)
            await asyncio.to_thread(desk.history.purge, days)
        await asyncio.sleep(CLEAN_EVERY)
