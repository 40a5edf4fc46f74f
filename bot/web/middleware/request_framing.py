"""Refuses requests whose length can be read in two ways."""

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.web.schemas.error_responses import ApiError, error_body


class RequestFramingMiddleware:
    """Answers 400 to a request with Content-Length and Transfer-Encoding, and ends its connection.

    Where a proxy believes the one and the server the other, the proxy takes the rest of one client's request for
    another's (RFC 9112, 11.2). The server believes Transfer-Encoding.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] == "http" else {}
        if "content-length" not in headers or "transfer-encoding" not in headers:
            await self._app(scope, receive, send)
            return
        error = ApiError(400, "invalid_request", "Send Content-Length or Transfer-Encoding, not both.")
        content = error_body(error, scope["state"]["id"])
        await JSONResponse(content, error.status, {"Connection": "close"})(scope, receive, send)
