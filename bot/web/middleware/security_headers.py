"""What every response says to browsers: take it for what it is, keep it to yourself, run and frame nothing."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
_ANSWERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",  # for embedding as an image or a script; fetch goes by CORS
}


class SecurityHeadersMiddleware:
    """Adds the headers that a response has not set itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                _guard(MutableHeaders(scope=message), scope["path"])
            await send(message)

        await self._app(scope, receive, guarded if scope["type"] == "http" else send)


def _guard(headers: MutableHeaders, path: str) -> None:
    for name, value in (_ALWAYS | (_ANSWERS if path.startswith("/v1/") else {})).items():
        headers.setdefault(name, value)
    # A page without any referrer would send `Origin: null` with its own requests, which is nobody's origin.
    is_page = headers.get("content-type", "").startswith("text/html")
    headers.setdefault("Referrer-Policy", "same-origin" if is_page else "no-referrer")
