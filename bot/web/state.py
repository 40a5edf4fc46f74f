"""What all requests share, opened once."""

from dataclasses import dataclass
from typing import cast

from fastapi import Request

from bot.build import App
from bot.web.answering import Answering
from bot.web.conversations import Conversations
from bot.web.policy import Policy


@dataclass(frozen=True, slots=True)
class State:
    """The opened index and what stands between it and the requests."""

    app: App
    answering: Answering
    conversations: Conversations
    policy: Policy


def state_of(request: Request) -> State:
    """The state of the application that this request belongs to."""
    return cast(State, request.app.state.onrecord)
