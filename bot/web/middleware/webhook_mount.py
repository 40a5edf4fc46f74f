"""What runs as long as the server does and takes what is posted to one path, such as a bot with a webhook."""

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

LARGEST_POST = 1_000_000  # bytes; a message that answers another one holds both, with all their links

Take = Callable[[bytes], Awaitable[int]]  # a body, to the status that says what became of it

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WebhookApp:
    """Whoever takes posts: where, whose (by their headers), and how it runs meanwhile."""

    path: str
    admits: Callable[[Mapping[str, str]], bool]
    running: Callable[[], AbstractAsyncContextManager[Take]]
    _takes: list[Take] = field(default_factory=list, init=False)

    @asynccontextmanager
    async def staying(self) -> AsyncIterator[None]:
        """It runs meanwhile; the server neither waits for its beginning nor ends with it."""
        over = asyncio.Event()
        task = asyncio.create_task(self._stay(over))
        try:
            yield
        finally:
            over.set()
            if not self._takes:
                task.cancel()
            await asyncio.wait([task])

    async def take(self, body: bytes) -> int:
        """What became of a post; 503 while nobody is there to take it."""
        return await self._takes[-1](body) if self._takes else 503

    async def _stay(self, over: asyncio.Event) -> None:
        try:
            async with self.running() as take:
                self._takes.append(take)
                await over.wait()
                self._takes.clear()
        except OnRecordError as exc:
            _log.error("%s", exc)
        except Exception:
            _log.exception("What takes posts at %s has ended.", self.path)
        finally:
            self._takes.clear()


class WebhookMiddleware:
    """Hands the guest what is posted to its path, past what the other routes ask of a request."""

    def __init__(self, app: ASGIApp, guest: WebhookApp) -> None:
        self._app, self._guest = app, guest
        self._taking = SizeLimitMiddleware(ServerErrorMiddleware(self._take), LARGEST_POST)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or scope["path"] != self._guest.path:
            await self._app(scope, receive, send)
        elif not self._guest.admits(Headers(scope=scope)):
            await Response(status_code=403)(scope, receive, send)
        else:
            await self._taking(scope, receive, send)

    async def _take(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = await self._guest.take(await Request(scope, receive).body())
        await Response(status_code=status)(scope, receive, send)
