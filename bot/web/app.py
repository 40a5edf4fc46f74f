"""The application: routes, what they share, how errors look."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.answering import Answering
from bot.build import App
from bot.history import History
from bot.web import ask
from bot.web.conversations import Conversations
from bot.web.problems import answer_problems
from bot.web.state import State

AT_ONCE, WAITING = 4, 32  # answers made side by side, and questions that wait for their turn


def make_app(app: App) -> FastAPI:
    """The HTTP application over an opened index."""

    @asynccontextmanager
    async def running(web: FastAPI) -> AsyncIterator[None]:
        answering = Answering(AT_ONCE, WAITING)
        web.state.onrecord = State(app, answering, Conversations(History(app.settings.data / "conversations.db")))
        yield
        answering.close()

    web = FastAPI(title="OnRecord", version=version("onrecord"), lifespan=running, docs_url=None, redoc_url=None)
    answer_problems(web)
    web.include_router(ask.router)

    web.add_middleware(Identified)
    return web


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
