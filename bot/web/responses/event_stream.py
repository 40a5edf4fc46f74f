"""Server-sent events: responses, their OpenAPI schema, and the detection of a client that has disconnected."""

import json
from collections.abc import AsyncGenerator
from typing import Any

from fastapi import Request
from sse_starlette import EventSourceResponse, ServerSentEvent

HEARTBEAT_SECONDS = 15  # between comments that keep proxies from closing an idle stream
STOP_SECONDS = 0.5  # that an open stream may continue after the server was told to stop
LINE, JSON = "\n", "application/json"
SHUTDOWN_SECONDS = STOP_SECONDS + 0.4  # until the connection of a stream is closed


def event_stream_schema(*names: str) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI description of a response that may be a stream of these events."""
    parts = {"event": {"type": "string", "enum": names}, "data": {"type": "string", "contentMediaType": JSON}}
    events = {"itemSchema": {"type": "object", "properties": parts, "required": ["data"]}}
    return {200: {"content": {"text/event-stream": events}}}


def event_stream_response(events: AsyncGenerator[ServerSentEvent, None]) -> EventSourceResponse:
    """A response that sends events as they are generated, with heartbeats, and closes the generator at the end."""
    return EventSourceResponse(events, ping=HEARTBEAT_SECONDS, sep=LINE, shutdown_grace_period=SHUTDOWN_SECONDS)


def server_sent_event(data: str | dict[str, Any], name: str | None = None) -> ServerSentEvent:
    """One event; data other than a string is sent as JSON."""
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return ServerSentEvent(text, event=name, sep=LINE)


async def wait_for_disconnect(request: Request) -> None:
    """Return when the client has disconnected; the body must have been read."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
