"""The FastAPI application: routes, middleware, shared state, error handlers."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext, suppress
from importlib.metadata import version

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from bot.app.build import App
from bot.service.async_answers import AsyncAnswers
from bot.web.auth.conversation_ids import ConversationAccess
from bot.web.auth.policy import AccessPolicy, access_policy
from bot.web.middleware.proxies import TrustedProxyMiddleware
from bot.web.middleware.request_framing import RequestFramingMiddleware
from bot.web.middleware.response_headers import RequestIdMiddleware, SecurityHeadersMiddleware
from bot.web.middleware.server_errors import ServerErrorMiddleware
from bot.web.middleware.size_limits import SizeLimitMiddleware
from bot.web.middleware.webhook_mount import WebhookApp, WebhookMiddleware
from bot.web.routes import articles, ask, chat_completions, conversations, health, quotes, search, session
from bot.web.runtime.connections import ConnectionLimits
from bot.web.runtime.metrics import Metrics
from bot.web.runtime.state import ServerState
from bot.web.schemas.error_responses import register_error_handlers
from bot.web.widget import demo, script

LOG = logging.getLogger(__name__)
PURGE_INTERVAL = 3_600  # seconds
CHECKING_CONNECTIONS = 64  # of one address beside those with questions: health checks, articles, other pages
PREFLIGHT_MAX_AGE = 7_200  # seconds that browsers cache a CORS preflight response; Chromium's own upper bound


def make_app(app: App, host: str = "127.0.0.1", webhook: WebhookApp | None = None) -> FastAPI:
    """Build the HTTP application over an opened index, to listen on `host`.

    `webhook` is an application that receives posts at its own path and runs as long as the server does. Raises
    UsageError when the server would accept questions from everybody.
    """
    policy = access_policy(app, host)

    @asynccontextmanager
    async def lifespan(web: FastAPI) -> AsyncIterator[None]:
        state = web.state.onrecord = _server_state(app, policy)
        purge = asyncio.create_task(_purge_conversations(state))
        async with webhook.lifespan() if webhook else nullcontext():
            yield
        purge.cancel()
        with suppress(asyncio.CancelledError):
            await purge
        state.close()

    web = FastAPI(title="OnRecord", version=version("onrecord"), lifespan=lifespan, docs_url=None, redoc_url=None)
    web.state.connection_limits = _connection_limits(app, policy)
    register_error_handlers(web)
    for module in (session, ask, search, quotes, articles, conversations, chat_completions, health, script, demo):
        web.include_router(module.router)
    _add_middleware(web, policy, webhook)
    return web


def _add_middleware(web: FastAPI, policy: AccessPolicy, webhook: WebhookApp | None) -> None:
    """Add the middleware, innermost first: the last one added sees a request first."""
    web.add_middleware(ServerErrorMiddleware)
    web.add_middleware(SizeLimitMiddleware)
    if policy.sites:
        web.add_middleware(
            CORSMiddleware,
            allow_origins=policy.origins,
            allow_methods=("GET", "POST", "DELETE"),
            allow_headers=("Authorization", "Content-Type"),
            expose_headers=("X-Request-Id", "Retry-After"),
            max_age=PREFLIGHT_MAX_AGE,
        )
    web.add_middleware(TrustedProxyMiddleware, trusted=policy.proxies)
    if webhook:
        web.add_middleware(WebhookMiddleware, webhook=webhook)
    web.add_middleware(RequestFramingMiddleware)
    web.add_middleware(SecurityHeadersMiddleware)
    web.add_middleware(RequestIdMiddleware)


def _connection_limits(app: App, policy: AccessPolicy) -> ConnectionLimits:
    """As many connections of one address as there may be questions at all, and some more."""
    questions = app.settings.max_concurrent_answers + app.settings.queue_size
    return ConnectionLimits(questions + CHECKING_CONNECTIONS, policy.proxies)


def _server_state(app: App, policy: AccessPolicy) -> ServerState:
    metrics = Metrics()
    answers = AsyncAnswers(app.settings.max_concurrent_answers, app.settings.queue_size)
    return ServerState(app, answers, ConversationAccess(app.history), metrics, policy)


async def _purge_conversations(state: ServerState) -> None:
    """Delete conversations older than the retention period, now and every hour; never when the period is 0."""
    days = state.app.settings.conversation_retention_days
    while days:
        try:
            await state.check_pool.run(lambda: state.app.history.purge(days))
        except Exception:  # tried again an hour later
            LOG.exception("what was said long ago could not be forgotten")
        await asyncio.sleep(PURGE_INTERVAL)
