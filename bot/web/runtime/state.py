"""What all requests share, opened once."""

from dataclasses import dataclass, field
from typing import cast

from fastapi import Request

from bot.app.build import App
from bot.service.async_answers import AsyncAnswers
from bot.service.thread_pool import BoundedThreadPool
from bot.web.auth.conversation_ids import Conversations
from bot.web.auth.policy import AccessPolicy
from bot.web.runtime.metrics import Metrics

READING, CHECKS = 4, 1  # threads; searches and quotes need the processor all the time, more would only share it
READERS_WAITING, CHECKS_WAITING = 256, 64


@dataclass(frozen=True, slots=True)
class ServerState:
    """The opened index and what stands between it and the requests.

    Answers, reading and checks have threads of their own, so that none of them waits for the others.
    """

    app: App
    answering: AsyncAnswers
    conversations: Conversations
    metrics: Metrics
    policy: AccessPolicy
    reading: BoundedThreadPool = field(default_factory=lambda: BoundedThreadPool("reading", READING, READERS_WAITING))
    checks: BoundedThreadPool = field(default_factory=lambda: BoundedThreadPool("check", CHECKS, CHECKS_WAITING))

    def close(self) -> None:
        """Let what is under way end."""
        self.answering.close()
        self.reading.close()
        self.checks.close()


def state_of(request: Request) -> ServerState:
    """The state of the application that this request belongs to."""
    return cast(ServerState, request.app.state.onrecord)
