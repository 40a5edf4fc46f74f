"""The application of python-telegram-bot: built over an opened index, started and stopped."""

import asyncio
import logging
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from functools import partial
from typing import Any

from telegram.error import InvalidToken
from telegram.ext import Application, ApplicationBuilder, ContextTypes
from telegram.warnings import PTBDeprecationWarning, PTBUserWarning

from bot.app.build import App
from bot.app.data_folder import records_place
from bot.service.async_answers import AsyncAnswers
from bot.service.suggestions import ExampleQuestions
from bot.telegram.access import AccessControl
from bot.telegram.context import BotServices, Context
from bot.telegram.handlers import admin
from bot.telegram.handlers.registration import register_handlers, set_menus, skips_order
from bot.telegram.logs import describe_error, log_polling_error
from bot.telegram.receiving.polling import FIRST_PAUSE, MAX_PAUSE, Poller, UpdatesRequest, retry_seconds
from bot.telegram.receiving.posts import receive_post, serving_webhook
from bot.telegram.sending.delivery import Delivery
from bot.telegram.sending.rate_limiter import RateLimiter
from bot.telegram.storage.journal import DeliveryJournal
from bot.telegram.storage.reader_store import ReaderStore
from bot.telegram.storage.shared_updates import SharedUpdates
from bot.telegram.storage.telegram_database import telegram_records
from bot.telegram.storage.update_queue import HANDLED_KINDS, OrderedUpdateProcessor, PersistentUpdateQueue
from retrieval.catalog.database.records import Records
from retrieval.errors import DatabaseUnavailable, UsageError

CONCURRENT_ANSWERS, MAX_WAITING = 4, 10_000  # answers made at once, and questions waiting for a thread
STOP_SECONDS = 0.4  # that answers in progress have to end when the bot stops
STOP_STEP_SECONDS = 0.2  # that each further step of stopping may take
CONNECTIONS = 64  # to Telegram at once
CLEANUP_INTERVAL = 3600.0  # seconds between deletions of expired records
TELEGRAM_API = "https://api.telegram.org"
POLLING = "polling"  # the lease of the machine that polls
NO_TOKEN = (
    "TELEGRAM_BOT_TOKEN is not set; write to @BotFather on Telegram, /newbot gives you a token, "
    "and put TELEGRAM_BOT_TOKEN=... into .env."
)
WRONG_TOKEN = "Telegram does not know the token in TELEGRAM_BOT_TOKEN; copy it again from @BotFather (/token)."

Bot = Application[Any, Context, Any, Any, Any, Any]

_log = logging.getLogger(__name__)


async def run_bot(app: App) -> None:
    """Answer until cancelled. Raises UsageError when the token is missing or wrong."""
    async with running_bot(app) as bot:
        _log.info("@%s answers.", bot.bot.username)
        try:
            await asyncio.Event().wait()
        finally:
            _log.info("Stopping; what is not answered yet is answered after the next start.")


@asynccontextmanager
async def running_bot(app: App, *, listening: bool = True) -> AsyncIterator[Bot]:
    """Run the bot for the duration of the context. Raises UsageError.

    With `listening` it polls Telegram or serves the webhook itself; otherwise the caller receives the posts.
    """
    records = telegram_records(records_place(app.settings, "telegram.db"))
    bot, order = make_bot(app, records)
    services = services_of(bot)
    try:
        await _retry_until_reachable(bot.initialize)
        try:
            await bot.start()
            await queue_of(bot).resume(bot.bot)
            async with _receiving_updates(bot, listening=listening):
                with (
                    _in_background(_set_menus(services)),
                    _in_background(_delete_expired(services)),
                    _in_background(_take_over(bot)),
                ):
                    yield bot
        finally:
            await _stop(bot, order)
    finally:
        services.answers.close()
        records.close()


@asynccontextmanager
async def run_webhook_bot(app: App) -> AsyncIterator[Callable[[bytes], Awaitable[int]]]:
    """Run the bot inside a process that has its own HTTP server; yields what that passes the body of a post to.

    It returns the HTTP status. Raises UsageError.
    """
    async with running_bot(app, listening=False) as bot:
        yield lambda body: receive_post(body, bot.bot, queue_of(bot))


def make_bot(app: App, records: Records) -> tuple[Bot, OrderedUpdateProcessor]:
    """Build the application over an opened index. Raises UsageError without a token."""
    settings = app.settings
    token = settings.telegram_bot_token.get_secret_value()
    if not token:
        raise UsageError(NO_TOKEN)
    # The library logs a deprecation warning at each RetryAfter, and that it has methods for what is asked for as JSON.
    warnings.filterwarnings("ignore", ".*retry_after", PTBDeprecationWarning)
    warnings.filterwarnings("ignore", "Please use 'Bot", PTBUserWarning)
    queue = PersistentUpdateQueue(DeliveryJournal(records), skips_order)
    order = OrderedUpdateProcessor(queue)
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
        .updater(None)
        .connection_pool_size(CONNECTIONS)
        .get_updates_request(UpdatesRequest(connection_pool_size=2))  # the long poll, and the last request
        .pool_timeout(30)
        .read_timeout(20)
    )
    bot: Bot = builder.build()
    bot.bot_data["services"] = _build_services(app, bot, records, queue)
    register_handlers(bot)
    return bot, order


def services_of(bot: Bot) -> BotServices:
    """The services of a bot's handlers."""
    services: BotServices = bot.bot_data["services"]
    return services


def queue_of(bot: Bot) -> PersistentUpdateQueue:
    """The queue that received updates are put into."""
    queue = bot.update_queue
    assert isinstance(queue, PersistentUpdateQueue), "make_bot() gives it one"
    return queue


def _build_services(app: App, bot: Bot, records: Records, queue: PersistentUpdateQueue) -> BotServices:
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
        readers=ReaderStore(records),
        delivery=Delivery(bot.bot, journal, on_migrated),
        examples=ExampleQuestions(app.search, app.store.catalog),
        shared=queue.shared,
        postponed_updates=queue.postponed,
    )
    if queue.shared:
        queue.shared.on_cancelled = services.cancel
    return services


async def _retry_until_reachable(connect: Callable[[], Awaitable[object]]) -> None:
    """Retry until Telegram can be reached. Raises UsageError when it refuses the token."""
    pause = FIRST_PAUSE
    while True:
        try:
            await connect()
            return
        except InvalidToken:
            raise UsageError(WRONG_TOKEN) from None  # the message of InvalidToken contains the token
        except Exception as exc:  # the library raises whatever an answer that it cannot read leads to
            log_polling_error(exc)
            await asyncio.sleep(retry_seconds(exc, pause))
            pause = min(MAX_PAUSE, 2 * pause)


@asynccontextmanager
async def _receiving_updates(bot: Bot, *, listening: bool) -> AsyncIterator[None]:
    """Have Telegram send updates for the duration of the context. Raises UsageError."""
    app, queue = services_of(bot).app, queue_of(bot)
    if not app.settings.telegram_webhook_url:
        if not queue.shared:
            await _retry_until_reachable(bot.bot.delete_webhook)
        with _in_background(_poll(bot)) as polling:
            try:
                yield
            finally:
                polling.cancel()
                await asyncio.wait([polling])
        return
    async with serving_webhook(app, bot.bot, queue) if listening else nullcontext():
        await _retry_until_reachable(partial(_set_webhook, bot, app))
        yield


async def _poll(bot: Bot) -> None:
    """Poll Telegram; of machines that share a database one does, and another when that one is gone."""
    queue = queue_of(bot)
    if not queue.shared:
        return await Poller(bot.bot, queue).run()
    while True:
        try:
            async with queue.shared.hold(POLLING):
                await _poll_under_lease(bot, queue.shared)
        except DatabaseUnavailable as exc:
            log_polling_error(exc)
            await asyncio.sleep(FIRST_PAUSE)


async def _poll_under_lease(bot: Bot, shared: SharedUpdates) -> None:
    """Poll until the lease is lost."""
    await _retry_until_reachable(bot.bot.delete_webhook)
    with _in_background(Poller(bot.bot, queue_of(bot)).run()) as polling, shared.ending_with(POLLING, polling):
        try:
            await asyncio.wait([polling])
        finally:
            polling.cancel()
            await asyncio.wait([polling])


async def _take_over(bot: Bot) -> None:
    """Process what machines that are gone have left, where several share a database."""
    queue = queue_of(bot)
    if queue.shared:
        await queue.shared.run(partial(queue.resume, bot.bot))


async def _set_webhook(bot: Bot, app: App) -> None:
    url, secret = app.settings.telegram_webhook_url, app.settings.telegram_webhook_secret.get_secret_value()
    await bot.bot.set_webhook(url, secret_token=secret, allowed_updates=HANDLED_KINDS)


async def _stop(bot: Bot, order: OrderedUpdateProcessor) -> None:
    """Stop within STOP_SECONDS and a second, whatever Telegram, a model or a reader keeps waiting."""
    await order.close(STOP_SECONDS)
    for stop in (bot.stop, bot.shutdown) if bot.running else (bot.shutdown,):
        with suppress(TimeoutError):
            await asyncio.wait_for(stop(), STOP_STEP_SECONDS)


@contextmanager
def _in_background(work: Coroutine[Any, Any, None]) -> Iterator[asyncio.Task[None]]:
    """A task that runs meanwhile and is cancelled at the end."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()


async def _set_menus(services: BotServices) -> None:
    try:
        await set_menus(services.bot, services.access.admins)
    except Exception as exc:  # the bot answers without them
        _log.warning("The commands could not be listed on Telegram: %s", describe_error(exc))


async def _delete_expired(services: BotServices) -> None:
    """Delete expired records, now and every hour."""
    while True:
        try:
            await asyncio.to_thread(_delete_expired_records, services)
        except Exception as exc:  # a full disk may have room in an hour
            _log.warning("Expired records could not be deleted: %s", describe_error(exc))
        await asyncio.sleep(CLEANUP_INTERVAL)


def _delete_expired_records(services: BotServices) -> None:
    days = services.app.settings.conversation_retention_days
    services.journal.prune()
    if days:
        services.readers.purge(days)
        services.history.purge(days)
