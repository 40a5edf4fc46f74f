"""Answers unexpected exceptions with 500, inside the middleware that adds request id, security headers and CORS."""

import logging

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.schemas.error_responses import error_body, to_api_error

_log = logging.getLogger(__name__)


class ServerErrorMiddleware:
    """Logs an unhandled exception with the request's id, without the request's content, and answers 500."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        has_started = False

        async def send_and_note_start(message: Message) -> None:
            nonlocal has_started
            has_started = True
            await send(message)

        try:
            await self._app(scope, receive, send_and_note_start)
        except Exception as exc:
            if has_started or scope["type"] != "http":
                raise
            request_id = scope["state"]["id"]
            _log.exception("Request %s failed.", request_id)
            error = to_api_error(exc)
            await JSONResponse(error_body(error, request_id), error.status)(scope, receive, send)
