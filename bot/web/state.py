"""What all requests share, opened once."""

from dataclasses import dataclass
from typing import cast

from fastapi import Request

from bot.answering import Answering
from bot.build import App
from bot.web.conversations import Conversations


@dataclass(frozen=True, slots=True)
class State:
    """The opened index and what stands between it and the requests."""

    app: App
    answering: Answering
    conversations: Conversations


def state_of(request: Request) -> State:
    """The state of the application that this request belongs to."""
    return cast(State, request.app.state.onrecord)
