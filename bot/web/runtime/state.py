"""What all requests share, opened once."""

from dataclasses import dataclass, field
from typing import cast

from fastapi import Request

from bot.app.build import App
from bot.service.async_answers import AsyncAnswers
from bot.service.thread_pool import BoundedThreadPool
from bot.web.auth.conversation_ids import ConversationAccess
from bot.web.auth.policy import AccessPolicy
from bot.web.runtime.metrics import Metrics

READ_THREADS, CHECK_THREADS = (
    4,
    1,
)  # threads; searches and quotes need the processor all the time, more would only share it
MAX_WAITING_READS, MAX_WAITING_CHECKS = 256, 64


@dataclass(frozen=True, slots=True)
class ServerState:
    """The opened index and what stands between it and the requests.

    Answers, reading and checks have threads of their own, so that none of them waits for the others.
    """

    app: App
    answering: AsyncAnswers
    conversations: ConversationAccess
    metrics: Metrics
    policy: AccessPolicy
    reading: BoundedThreadPool = field(
        default_factory=lambda: BoundedThreadPool("reading", READ_THREADS, MAX_WAITING_READS)
    )
    checks: BoundedThreadPool = field(
        default_factory=lambda: BoundedThreadPool("check", CHECK_THREADS, MAX_WAITING_CHECKS)
    )

    def close(self) -> None:
        """Let what is under way end."""
        self.answering.close()
        self.reading.close()
        self.checks.close()


def server_state(request: Request) -> ServerState:
    """The state of the application that this request belongs to."""
    return cast(ServerState, request.app.state.onrecord)
