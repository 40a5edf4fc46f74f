"""The state that all requests share, opened once when the server starts."""

from dataclasses import dataclass, field
from typing import cast

from fastapi import Request

from bot.app.build import App
from bot.service.async_answers import AsyncAnswers
from bot.service.thread_pool import BoundedThreadPool
from bot.web.auth.conversation_ids import ConversationAccess
from bot.web.auth.policy import AccessPolicy
from bot.web.runtime.metrics import Metrics

# Searches and quotes are bound by the processor: more threads would only share it.
READ_THREADS, CHECK_THREADS = 4, 1
MAX_WAITING_READS, MAX_WAITING_CHECKS = 256, 64


@dataclass(frozen=True, slots=True)
class ServerState:
    """The opened index, the conversations, the metrics and the access policy.

    Answers, reads and health checks have thread pools of their own, so that none waits for the others.
    """

    app: App
    answers: AsyncAnswers
    conversations: ConversationAccess
    metrics: Metrics
    policy: AccessPolicy
    read_pool: BoundedThreadPool = field(
        default_factory=lambda: BoundedThreadPool("reading", READ_THREADS, MAX_WAITING_READS)
    )
    check_pool: BoundedThreadPool = field(
        default_factory=lambda: BoundedThreadPool("check", CHECK_THREADS, MAX_WAITING_CHECKS)
    )

    def close(self) -> None:
        """Wait for the work in progress."""
        self.answers.close()
        self.read_pool.close()
        self.check_pool.close()


def server_state(request: Request) -> ServerState:
    """The state of the application that serves a request."""
    return cast(ServerState, request.app.state.onrecord)
