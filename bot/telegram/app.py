"""The application of python-telegram-bot: built over an opened index, started and stopped."""

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
from bot.telegram.context import BotServices, Context, ExampleQuestions
from bot.telegram.handlers import admin
from bot.telegram.handlers.registration import register_handlers, set_menus, skips_order
from bot.telegram.sending.delivery import Delivery
from bot.telegram.sending.rate_limiter import RateLimiter
from bot.telegram.storage.journal import DeliveryJournal
from bot.telegram.storage.reader_store import ReaderStore
from bot.telegram.storage.telegram_database import TelegramDatabase
from bot.telegram.storage.update_queue import OrderedUpdateProcessor, PersistentUpdateQueue
from retrieval.errors import UsageError

CONCURRENT_ANSWERS, MAX_WAITING = 4, 10_000  # answers made at once, and questions waiting for a thread
STOP_SECONDS = 10.0  # that answers in progress have to end when the bot stops
CONNECTIONS = 64  # to Telegram at once
CLEANUP_INTERVAL = 3600.0  # seconds between deletions of expired records
FIRST_RETRY_PAUSE, MAX_RETRY_PAUSE = 1.0, 30.0  # seconds between attempts to reach Telegram at start
TELEGRAM_API = "https://api.telegram.org"
NO_TOKEN = (
    "TELEGRAM_BOT_TOKEN is not set; write to @BotFather on Telegram, /newbot gives you a token, "
    "and put TELEGRAM_BOT_TOKEN=... into .env."
)
WRONG_TOKEN = "Telegram does not know the token in TELEGRAM_BOT_TOKEN; copy it again from @BotFather (/token)."
ALLOWED_UPDATES = [Update.MESSAGE, Update.CALLBACK_QUERY, Update.INLINE_QUERY]

Bot = Application[Any, Context, Any, Any, Any, Any]

_log = logging.getLogger(__name__)


async def run_bot(app: App) -> None:
    """Answer until SIGINT or SIGTERM. Raises UsageError when the token is missing or wrong."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with running_bot(app) as bot:
        _log.info("@%s answers.", bot.bot.username)
        await stop.wait()
        _log.info("Stopping; what is not answered yet is answered after the next start.")


@asynccontextmanager
async def running_bot(app: App, *, listening: bool = True) -> AsyncIterator[Bot]:
    """Run the bot for the duration of the context. Raises UsageError.

    With `listening` it polls Telegram or serves the webhook itself; otherwise the caller puts updates into its queue.
    """
    database = TelegramDatabase(app.settings.data / "telegram.db")
    bot, order = make_bot(app, database)
    answers = services_of(bot).answers
    try:
        await _retry_until_reachable(bot.initialize)
        try:
            await _start(bot, listening=listening)
            cleanup = asyncio.create_task(_delete_expired(services_of(bot)))
            yield bot
            cleanup.cancel()
        finally:
            await _stop(bot, order)
            await bot.shutdown()
    finally:
        answers.close()
        database.close()


def make_bot(app: App, database: TelegramDatabase) -> tuple[Bot, OrderedUpdateProcessor]:
    """Build the application over an opened index. Raises UsageError without a token."""
    settings = app.settings
    token = settings.telegram_bot_token.get_secret_value()
    if not token:
        raise UsageError(NO_TOKEN)
    # The library logs a deprecation warning at each RetryAfter.
    warnings.filterwarnings("ignore", ".*retry_after", PTBDeprecationWarning)
    journal = DeliveryJournal(database)
    queue = PersistentUpdateQueue(journal)
    order = OrderedUpdateProcessor(journal, skips_order)
    server = (settings.telegram_api_url or TELEGRAM_API).rstrip("/")
    builder = (
        ApplicationBuilder()
        .token(token)
        .base_url(f"{server}/bot")
        .base_file_url(f"{server}/file/bot")
        .context_types(ContextTypes(context=Context))
        .rate_limiter(RateLimiter())
        .update_queue(queue)
        .concurrent_updates(order)
        .connection_pool_size(CONNECTIONS)
        .get_updates_connection_pool_size(2)  # one for the long poll, and one for the last request on shutdown
        .pool_timeout(30)
        .read_timeout(20)
    )
    bot: Bot = builder.build()
    bot.bot_data["services"] = _build_services(app, bot, database, queue)
    register_handlers(bot)
    return bot, order


def services_of(bot: Bot) -> BotServices:
    """The services of a bot's handlers."""
    services: BotServices = bot.bot_data["services"]
    return services


def _build_services(app: App, bot: Bot, database: TelegramDatabase, queue: PersistentUpdateQueue) -> BotServices:
    settings, journal = app.settings, queue.journal

    async def on_migrated(old: int, new: int) -> None:
        await admin.move_conversations(services, old, new)

    services = BotServices(
        app=app,
        bot=bot.bot,
        access=AccessControl(
            settings.telegram_allowed_users,
            settings.telegram_allowed_chats,
            settings.telegram_admins or frozenset(),
            settings.telegram_max_questions_per_minute,
            settings.telegram_max_questions_per_day,
        ),
        answers=AsyncAnswers(CONCURRENT_ANSWERS, MAX_WAITING),
        history=app.history,
        journal=journal,
        readers=ReaderStore(database),
        delivery=Delivery(bot.bot, journal, on_migrated),
        examples=ExampleQuestions(app.search, app.store.catalog),
        resumed_updates=queue.resumed,
    )
    return services


async def _retry_until_reachable(connect: Callable[[], Any]) -> None:
    """Retry until Telegram can be reached. Raises UsageError when it refuses the token."""
    pause = FIRST_RETRY_PAUSE
    while True:
        try:
            await connect()
            return
        except InvalidToken:
            raise UsageError(WRONG_TOKEN) from None  # the message of InvalidToken contains the token
        except NetworkError as exc:
            admin.log_polling_error(exc)
            await asyncio.sleep(pause)
            pause = min(MAX_RETRY_PAUSE, 2 * pause)


async def _start(bot: Bot, *, listening: bool) -> None:
    await bot.start()
    queue = bot.update_queue
    if isinstance(queue, PersistentUpdateQueue):
        await queue.resume(bot.bot)
    await _receive_updates(bot, listening=listening)
    try:
        await set_menus(bot.bot, services_of(bot).access.admins)
    except TelegramError as exc:
        _log.warning("The commands could not be listed on Telegram: %s", exc)


async def _receive_updates(bot: Bot, *, listening: bool) -> None:
    settings, updater = services_of(bot).app.settings, bot.updater
    assert updater is not None, "the builder makes one"
    if not settings.telegram_webhook_url:
        await updater.start_polling(
            bootstrap_retries=-1, allowed_updates=ALLOWED_UPDATES, error_callback=admin.log_polling_error
        )
    elif not listening:
        secret = settings.telegram_webhook_secret.get_secret_value()
        await bot.bot.set_webhook(settings.telegram_webhook_url, secret_token=secret, allowed_updates=ALLOWED_UPDATES)
    else:
        await updater.start_webhook(
            listen=settings.telegram_webhook_host,
            port=settings.telegram_webhook_port,
            url_path=urlsplit(settings.telegram_webhook_url).path.lstrip("/"),
            webhook_url=settings.telegram_webhook_url,
            secret_token=settings.telegram_webhook_secret.get_secret_value(),
            bootstrap_retries=-1,
            allowed_updates=ALLOWED_UPDATES,
        )


async def _stop(bot: Bot, order: OrderedUpdateProcessor) -> None:
    if bot.updater and bot.updater.running:
        await bot.updater.stop()
    await order.close(STOP_SECONDS)
    if bot.running:
        await bot.stop()


async def _delete_expired(services: BotServices) -> None:
    """Delete expired records, now and every hour."""
    while True:
        days = services.app.settings.conversation_retention_days
        await asyncio.to_thread(services.journal.prune)
        if days:
            await asyncio.to_thread(services.readers.purge, days)
            await asyncio.to_thread(services.history.purge, days)
        await asyncio.sleep(CLEANUP_INTERVAL)
