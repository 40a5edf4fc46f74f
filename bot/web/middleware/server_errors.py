"""What nobody expected, answered inside what all responses carry: a request id, the headers, CORS."""

import logging

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.schemas.error_responses import body_of, problem_of

_log = logging.getLogger(__name__)


class ServerErrorMiddleware:
    """Logs an exception that no handler took, with the request's id and nothing that was asked, and answers 500."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_begun = False

        async def begin(message: Message) -> None:
            nonlocal is_begun
            is_begun = True
            await send(message)

        try:
            await self._app(scope, receive, begin)
        except Exception as exc:
            if is_begun or scope["type"] != "http":
                raise
            key = scope["state"]["id"]
            _log.exception("Request %s failed.", key)
            problem = problem_of(exc)
            await JSONResponse(body_of(problem, key), problem.status)(scope, receive, send)
