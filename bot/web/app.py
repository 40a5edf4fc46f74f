"""The application: routes, what they share, how errors look."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext, suppress
from importlib.metadata import version

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.app.build import App
from bot.service.async_answers import AsyncAnswers
from bot.web.auth.conversation_ids import Conversations
from bot.web.auth.policy import AccessPolicy, policy_of
from bot.web.middleware.proxies import TrustedProxies
from bot.web.middleware.security_headers import SecurityHeadersMiddleware
from bot.web.middleware.server_errors import ServerErrorMiddleware
from bot.web.middleware.size_limits import SizeLimitMiddleware
from bot.web.middleware.webhook_mount import WebhookApp, WebhookMiddleware
from bot.web.routes import articles, ask, chat_completions, conversations, health, quotes, search, session
from bot.web.runtime.metrics import Metrics
from bot.web.runtime.state import ServerState
from bot.web.schemas.error_responses import answer_problems
from bot.web.widget import demo, routes

LOG = logging.getLogger(__name__)
PURGED_EVERY = 3_600  # seconds
PREFLIGHT = 7_200  # seconds that browsers keep what a site's pages may send; Chromium keeps it no longer


def make_app(app: App, host: str = "127.0.0.1", guest: WebhookApp | None = None) -> FastAPI:
    """The HTTP application over an opened index, to listen on `host`. Raises UsageError where anybody could ask it."""
    policy = policy_of(app, host)

    @asynccontextmanager
    async def running(web: FastAPI) -> AsyncIterator[None]:
        state = web.state.onrecord = _state(app, policy)
        purging = asyncio.create_task(_purge(state))
        async with guest.staying() if guest else nullcontext():
            yield
        purging.cancel()
        with suppress(asyncio.CancelledError):
            await purging
        state.close()

    web = FastAPI(title="OnRecord", version=version("onrecord"), lifespan=running, docs_url=None, redoc_url=None)
    answer_problems(web)
    for part in (session, ask, search, quotes, articles, conversations, chat_completions, health, routes, demo):
        web.include_router(part.router)
    _surround(web, policy, guest)
    return web


def _surround(web: FastAPI, policy: AccessPolicy, guest: WebhookApp | None) -> None:
    """What every request goes through: the last one added is the first one to see it."""
    web.add_middleware(ServerErrorMiddleware)
    web.add_middleware(SizeLimitMiddleware)
    if policy.sites:
        web.add_middleware(
            CORSMiddleware,
            allow_origins=policy.origins,
            allow_methods=("GET", "POST", "DELETE"),
            allow_headers=("Authorization", "Content-Type"),
            expose_headers=("X-Request-Id", "Retry-After"),
            max_age=PREFLIGHT,
        )
    web.add_middleware(TrustedProxies, trusted=policy.proxies)
    if guest:
        web.add_middleware(WebhookMiddleware, guest=guest)
    web.add_middleware(SecurityHeadersMiddleware)
    web.add_middleware(RequestIdMiddleware)


def _state(app: App, policy: AccessPolicy) -> ServerState:
    metrics = Metrics()
    answering = AsyncAnswers(app.settings.max_concurrent_answers, app.settings.queue_size)
    return ServerState(app, answering, Conversations(app.history), metrics, policy)


async def _purge(state: ServerState) -> None:
    """Forget, now and every hour, what was said longer ago than conversations are kept."""
    days = state.app.settings.conversation_retention_days
    while days:
        try:
            await state.checks.run(lambda: state.app.history.purge(days))
        except Exception:  # the next hour is another chance
            LOG.exception("what was said long ago could not be forgotten")
        await asyncio.sleep(PURGED_EVERY)


class RequestIdMiddleware:
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
