"""Limits the size of requests: the body is read up to a limit, in a limited time, before the application sees it."""

import asyncio

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.schemas.error_responses import ApiError, error_body

MAX_BODY_BYTES = 64_000  # a question is at most 2,000 characters, the history of a chat is longer
BODY_SECONDS = 30.0  # until all of a body has arrived
MAX_HEAD_BYTES = 16_384  # URL and headers; uvicorn limits only a head that arrives in several pieces


class SizeLimitMiddleware:
    """Refuses a body larger than `max_bytes`, by its declared or its actual length, and one that comes too slowly."""

    def __init__(self, app: ASGIApp, max_bytes: int = MAX_BODY_BYTES) -> None:
        self._app, self._max_bytes = app, max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            if _head_size(scope) > MAX_HEAD_BYTES:
                raise ApiError(431, "too_large", f"Address and headers are larger than {MAX_HEAD_BYTES} bytes.")
            async with asyncio.timeout(BODY_SECONDS):
                body = await self._read_body(Headers(scope=scope).get("content-length", ""), receive)
        except TimeoutError:
            await _refuse(ApiError(408, "timeout", "The request did not arrive in time."), scope, receive, send)
        except ApiError as error:
            await _refuse(error, scope, receive, send)
        except ClientDisconnect:
            return
        else:
            await self._app(scope, _replay_body(body, receive), send)

    async def _read_body(self, content_length: str, receive: Receive) -> bytes:
        if content_length.isdecimal() and int(content_length) > self._max_bytes:
            raise self._too_large()
        body, is_more = bytearray(), True
        while is_more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            body += message.get("body", b"")
            is_more = message.get("more_body", False)
            if len(body) > self._max_bytes:
                raise self._too_large()
        return bytes(body)

    def _too_large(self) -> ApiError:
        return ApiError(413, "too_large", f"The request is larger than {self._max_bytes} bytes.")


async def _refuse(error: ApiError, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with an error and end the connection, whose rest is not read."""
    content = error_body(error, scope["state"]["id"])
    await JSONResponse(content, error.status, {"Connection": "close"})(scope, receive, send)


def _head_size(scope: Scope) -> int:
    url = len(scope["raw_path"]) + len(scope["query_string"])
    return url + sum(len(name) + len(value) for name, value in scope["headers"])


def _replay_body(body: bytes, receive: Receive) -> Receive:
    """A `receive` that returns the body in one message, then the messages that follow it."""
    is_replayed = False

    async def replay() -> Message:
        nonlocal is_replayed
        if is_replayed:
            return await receive()
        is_replayed = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
