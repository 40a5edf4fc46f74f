"""Mounts an application with a webhook, such as a bot: it runs with the server and receives posts at one path."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.web.middleware.server_errors import ServerErrorMiddleware
from bot.web.middleware.size_limits import SizeLimitMiddleware
from retrieval.errors import OnRecordError

MAX_POST_BYTES = 1_000_000  # a Telegram message that replies to another one contains both, with all their links

WebhookHandler = Callable[[bytes], Awaitable[int]]  # takes the body of a post, returns the HTTP status

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WebhookApp:
    """An application with a webhook.

    `path`: where it receives posts. `is_authorized`: whether the headers of a post are those of its sender. `running`:
    runs the application for the duration of the context and yields the handler of its posts.
    """

    path: str
    is_authorized: Callable[[Mapping[str, str]], bool]
    running: Callable[[], AbstractAsyncContextManager[WebhookHandler]]
    _handlers: list[WebhookHandler] = field(default_factory=list, init=False)

    @asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        """Run the application meanwhile; the server does not wait for its start and does not end with it."""
        stop = asyncio.Event()
        task = asyncio.create_task(self._run(stop))
        try:
            yield
        finally:
            stop.set()
            if not self._handlers:
                task.cancel()
            await asyncio.wait([task])

    async def handle(self, body: bytes) -> int:
        """Handle the body of a post and return the HTTP status; 503 while the application is not running."""
        return await self._handlers[-1](body) if self._handlers else 503

    async def _run(self, stop: asyncio.Event) -> None:
        try:
            async with self.running() as handler:
                self._handlers.append(handler)
                await stop.wait()
                self._handlers.clear()
        except OnRecordError as exc:
            _log.error("%s", exc)
        except Exception:
            _log.exception("What takes posts at %s has ended.", self.path)
        finally:
            self._handlers.clear()


class WebhookMiddleware:
    """Passes posts to the webhook's path to its application, without the checks that the other routes make."""

    def __init__(self, app: ASGIApp, webhook: WebhookApp) -> None:
        self._app, self._webhook = app, webhook
        self._post_app = SizeLimitMiddleware(ServerErrorMiddleware(self._handle_post), MAX_POST_BYTES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or scope["path"] != self._webhook.path:
            await self._app(scope, receive, send)
        elif not self._webhook.is_authorized(Headers(scope=scope)):
            await Response(status_code=403)(scope, receive, send)
        else:
            await self._post_app(scope, receive, send)

    async def _handle_post(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = await self._webhook.handle(await Request(scope, receive).body())
        await Response(status_code=status)(scope, receive, send)
