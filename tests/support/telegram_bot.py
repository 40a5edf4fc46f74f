"""The bot in a thread of its own, talking to the Bot API server of the tests over loopback."""

import asyncio
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.app.build import App
from bot.app.settings import Settings
from bot.service.conversation import Conversation
from bot.service.history import ConversationHistory
from bot.telegram.app import running_bot
from retrieval.index.store import Store
from retrieval.search.hybrid_search import Search
from tests.bot_api.server_process import BotApi
from tests.bot_api.state import Chat, Sent, User
from tests.support.command_line import WORDS_ALONE, command, environment

PATIENCE = 20.0  # seconds
ASKED = "What did Brandt say about the toll?"
ANSWERED = "The toll will pay for the ferries"
UNKNOWN = "Who won the football match?"


def opened(store: Store, *, token: str, host: str, conversation: Conversation | None = None, **more: object) -> App:
    """A newsroom's index as the bot gets it; what the bot writes down lies there too unless `data` is given."""
    values: dict[str, object] = {"data": store.folder, "telegram_bot_token": token, "telegram_api_url": host} | more
    chosen = Settings.model_validate(values)
    search = Search(store)
    history = ConversationHistory(chosen.data / "conversations.db")
    return App(chosen, store, search, conversation or Conversation(store, search, history), history)


@contextmanager
def chatting(store: Store, api: BotApi, conversation: Conversation | None = None, **settings: object) -> Iterator[App]:
    """The bot over an index of the newsroom's articles, answering meanwhile; it remembers what `conversation` does."""
    with TemporaryDirectory() as apart:
        settings = {"data": store.folder if conversation else Path(apart)} | settings
        app = opened(store, token=api.token, host=api.host, conversation=conversation, **settings)
        try:
            with answering(app):
                yield app
        finally:
            app.search.close()


@contextmanager
def answering(app: App) -> Iterator[None]:
    """The bot over an opened index, answering meanwhile; what it fails with is raised."""
    ready = Future[None]()
    stopping = Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]]()

    async def run() -> None:
        stop = asyncio.Event()
        stopping.set_result((asyncio.get_running_loop(), stop))
        try:
            async with running_bot(app):
                ready.set_result(None)
                await stop.wait()
        except Exception as exc:
            if ready.done():
                raise
            ready.set_exception(exc)

    thread = threading.Thread(target=asyncio.run, args=[run()], name="bot")
    thread.start()
    try:
        ready.result(PATIENCE)
        yield
    finally:
        loop, stop = stopping.result()
        if not loop.is_closed():
            loop.call_soon_threadsafe(stop.set)
        thread.join()


def reply(api: BotApi, where: Chat | User, after: int = 0) -> Sent:
    """The first message of the bot after so many, waited for."""
    return api.wait_for(lambda: api.sent(where)[after:], PATIENCE)[0]


def asks(api: BotApi, user: User, text: str = ASKED) -> Sent:
    """What the bot answers in private."""
    before = len(api.sent(user))
    api.says(user, text)
    return reply(api, user, before)


@contextmanager
def process(folder: Path, api: BotApi, *arguments: str, **settings: str) -> Iterator["subprocess.Popen[str]"]:
    """The installed command (`telegram` unless told otherwise) over words alone, ended at the end."""
    named = {"TELEGRAM_BOT_TOKEN": api.token, "ONRECORD_TELEGRAM_API_URL": api.host} | WORDS_ALONE | settings
    started = subprocess.Popen(
        command(*(arguments or ["telegram"])),
        env=environment(folder, **named),
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield started
    finally:
        if started.poll() is None:
            os.kill(started.pid, signal.SIGTERM)
        started.communicate(timeout=PATIENCE)
