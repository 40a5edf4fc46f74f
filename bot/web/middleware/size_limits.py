"""How large a request may be: its body is read up to a limit before anything looks at it."""

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.schemas.error_responses import ApiError, error_body

MAX_BODY_BYTES = 64_000  # bytes; a question is at most 2,000 characters, a chat's history is more
MAX_HEAD_BYTES = 16_384  # bytes of address and headers; the server itself bounds only what comes in pieces


class SizeLimitMiddleware:
    """Refuses bodies that are, or that turn out, larger than `largest` bytes."""

    def __init__(self, app: ASGIApp, largest: int = MAX_BODY_BYTES) -> None:
        self._app, self._largest = app, largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            if _head_size(scope) > MAX_HEAD_BYTES:
                raise ApiError(431, "too_large", f"Address and headers are larger than {MAX_HEAD_BYTES} bytes.")
            body = await self._body(Headers(scope=scope).get("content-length", ""), receive)
        except ApiError as refused:
            content = error_body(refused, scope["state"]["id"])
            await JSONResponse(content, refused.status, {"Connection": "close"})(scope, receive, send)
        except ClientDisconnect:
            return
        else:
            await self._app(scope, _replay_body(body, receive), send)

    async def _body(self, announced: str, receive: Receive) -> bytes:
        if announced.isdecimal() and int(announced) > self._largest:
            raise self._too_large()
        body, is_more = bytearray(), True
        while is_more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            body += message.get("body", b"")
            is_more = message.get("more_body", False)
            if len(body) > self._largest:
                raise self._too_large()
        return bytes(body)

    def _too_large(self) -> ApiError:
        return ApiError(413, "too_large", f"The request is larger than {self._largest} bytes.")


def _head_size(scope: Scope) -> int:
    address = len(scope["raw_path"]) + len(scope["query_string"])
    return address + sum(len(name) + len(value) for name, value in scope["headers"])


def _replay_body(body: bytes, receive: Receive) -> Receive:
    """The body in one piece, then whatever comes after it."""
    is_given = False

    async def give() -> Message:
        nonlocal is_given
        if is_given:
            return await receive()
        is_given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return give
