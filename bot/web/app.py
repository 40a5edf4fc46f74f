"""The application: routes, what they share, how errors look."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.build import App
from bot.web import articles, ask, completions, conversing, health, quotes, search
from bot.web.answering import Answering
from bot.web.conversations import Conversations
from bot.web.metrics import Metrics
from bot.web.problems import answer_problems
from bot.web.state import State

LOG = logging.getLogger(__name__)
PURGED_EVERY = 3_600  # seconds


def make_app(app: App) -> FastAPI:
    """The HTTP application over an opened index."""

    @asynccontextmanager
    async def running(web: FastAPI) -> AsyncIterator[None]:
        state = web.state.onrecord = _state(app)
        purging = asyncio.create_task(_purge(state))
        yield
        purging.cancel()
        with suppress(asyncio.CancelledError):
            await purging
        state.close()

    web = FastAPI(title="OnRecord", version=version("onrecord"), lifespan=running, docs_url=None, redoc_url=None)
    answer_problems(web)
    for part in (ask, search, quotes, articles, conversing, completions, health):
        web.include_router(part.router)

    web.add_middleware(Identified)
    return web


def _state(app: App) -> State:
    metrics = Metrics()
    answering = Answering(app.settings.at_once, app.settings.waiting, metrics)
    return State(app, answering, Conversations(app.history), metrics)


async def _purge(state: State) -> None:
    """Forget, now and every hour, what was said longer ago than conversations are kept."""
    days = state.app.settings.keep_conversations
    while days:
        try:
            await state.checks.run(lambda: state.app.history.purge(days))
        except Exception:  # the next hour is another chance
            LOG.exception("what was said long ago could not be forgotten")
        await asyncio.sleep(PURGED_EVERY)


class Identified:
    """Gives each request an id that its response carries."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = secrets.token_hex(8)
        scope.setdefault("state", {})["id"] = key

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Request-Id"] = key
            await send(message)

        await self._app(scope, receive, answer)
