"""Server-sent events, and how it is noticed that nobody reads them."""

from collections.abc import AsyncGenerator
from typing import Any

from fastapi import Request
from sse_starlette import EventSourceResponse, ServerSentEvent

HEARTBEAT = 15  # seconds between comments that keep proxies from hanging up
STOP_WITHIN = 3.0  # seconds that an open stream may go on when the server is told to stop
GRACE = STOP_WITHIN + 2  # seconds until it is cut

STREAMED: dict[int | str, dict[str, Any]] = {200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}}
"""How OpenAPI names a stream."""


def sent(events: AsyncGenerator[ServerSentEvent, None]) -> EventSourceResponse:
    """The response that sends the events as they come, with heartbeats, and closes the generator at the end."""
    return EventSourceResponse(events, ping=HEARTBEAT, sep="\n", shutdown_grace_period=GRACE)


async def left(request: Request) -> None:
    """Returns when whoever asked has hung up; the body has been read."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
