"""What all requests share, opened once."""

from dataclasses import dataclass, field
from typing import cast

from fastapi import Request

from bot.app.build import App
from bot.service.async_answers import Answering
from bot.service.thread_pool import Threads
from bot.web.auth.conversation_ids import Conversations
from bot.web.auth.policy import Policy
from bot.web.runtime.metrics import Metrics

READING, CHECKS = 4, 1  # threads; searches and quotes need the processor all the time, more would only share it
READERS_WAITING, CHECKS_WAITING = 256, 64


@dataclass(frozen=True, slots=True)
class State:
    """The opened index and what stands between it and the requests.

    Answers, reading and checks have threads of their own, so that none of them waits for the others.
    """

    app: App
    answering: Answering
    conversations: Conversations
    metrics: Metrics
    policy: Policy
    reading: Threads = field(default_factory=lambda: Threads("reading", READING, READERS_WAITING))
    checks: Threads = field(default_factory=lambda: Threads("check", CHECKS, CHECKS_WAITING))

    def close(self) -> None:
        """Let what is under way end."""
        self.answering.close()
        self.reading.close()
        self.checks.close()


def state_of(request: Request) -> State:
    """The state of the application that this request belongs to."""
    return cast(State, request.app.state.onrecord)
