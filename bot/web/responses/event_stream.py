"""Server-sent events, and how it is noticed that nobody reads them."""

import json
from collections.abc import AsyncGenerator
from typing import Any

from fastapi import Request
from sse_starlette import EventSourceResponse, ServerSentEvent

HEARTBEAT_SECONDS = 15  # seconds between comments that keep proxies from hanging up
STOP_SECONDS = 3.0  # seconds that an open stream may go on when the server is told to stop
LINE, JSON = "\n", "application/json"
SHUTDOWN_SECONDS = STOP_SECONDS + 2  # seconds until it is cut


def event_stream_schema(*names: str) -> dict[int | str, dict[str, Any]]:
    """How OpenAPI describes an answer that may be a stream of such events."""
    parts = {"event": {"type": "string", "enum": names}, "data": {"type": "string", "contentMediaType": JSON}}
    events = {"itemSchema": {"type": "object", "properties": parts, "required": ["data"]}}
    return {200: {"content": {"text/event-stream": events}}}


def event_stream_response(events: AsyncGenerator[ServerSentEvent, None]) -> EventSourceResponse:
    """The response that sends the events as they come, with heartbeats, and closes the generator at the end."""
    return EventSourceResponse(events, ping=HEARTBEAT_SECONDS, sep=LINE, shutdown_grace_period=SHUTDOWN_SECONDS)


def server_sent_event(data: str | dict[str, Any], name: str | None = None) -> ServerSentEvent:
    """One event; anything but a plain word is sent as JSON."""
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return ServerSentEvent(text, event=name, sep=LINE)


async def wait_for_disconnect(request: Request) -> None:
    """Returns when whoever asked has hung up; the body has been read."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
