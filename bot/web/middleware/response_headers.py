"""Middleware that adds headers to every response: a request id and security headers."""

import secrets
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ALL_RESPONSES = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
_API_RESPONSES = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",  # against embedding as an image or a script; CORS governs fetch
}


class RequestIdMiddleware:
    """Gives each request an id, in `scope["state"]["id"]` and in the header X-Request-Id of the response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id = secrets.token_hex(8)
        scope.setdefault("state", {})["id"] = request_id

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        await self._app(scope, receive, send_with_id)


class SecurityHeadersMiddleware:
    """Adds nosniff, same-origin, no-store, CSP and referrer headers, unless the response has set them itself.

    A redirect to another path here names the path alone, because the host is what the client said.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add_headers(MutableHeaders(scope=message), scope["path"])
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def _add_headers(headers: MutableHeaders, path: str) -> None:
    if location := headers.get("location"):
        headers["location"] = urlsplit(location)._replace(scheme="", netloc="").geturl()
    for name, value in (_ALL_RESPONSES | (_API_RESPONSES if path.startswith("/v1/") else {})).items():
        headers.setdefault(name, value)
    # A page without any referrer would send `Origin: null` with its own requests, which no site lists as its origin.
    is_page = headers.get("content-type", "").startswith("text/html")
    headers.setdefault("Referrer-Policy", "same-origin" if is_page else "no-referrer")
