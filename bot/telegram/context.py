"""The services that all handlers share, and the context through which they reach them."""

import time
from collections.abc import Collection
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from telegram.ext import CallbackContext, ExtBot

from bot.app.build import App
from bot.service.async_answers import AsyncAnswers
from bot.service.history import ConversationHistory
from bot.service.suggestions import opening_questions
from bot.telegram.access import AccessControl
from bot.telegram.sending.delivery import Delivery
from bot.telegram.sending.live_preview import DraftSupport
from bot.telegram.storage.journal import DeliveryJournal
from bot.telegram.storage.reader_store import ReaderStore
from retrieval.catalog.catalog import Catalog
from retrieval.index import pending
from retrieval.models.endpoints.cancellation import Cancellation
from retrieval.search.hybrid_search import Search

NOTICE_SECONDS = 5.0  # between two notices to a chat


class ExampleQuestions:
    """The example questions of /start, generated from the index and again when it changes; thread-safe."""

    def __init__(self, search: Search, catalog: Catalog) -> None:
        self._search, self._catalog = search, catalog
        self._lock, self._cached = Lock(), ("", tuple[str, ...]())

    def __call__(self) -> tuple[str, ...]:
        """Up to three questions."""
        state = f"{pending.vector_generation(self._catalog)} {self._catalog.last_run()}"
        with self._lock:
            if self._cached[0] != state:
                with self._catalog.snapshot() as catalog:
                    self._cached = (state, opening_questions(self._search, catalog))
            return self._cached[1]


class NoticeLimiter:
    """Bounds how often a chat is told that its messages cannot be used, whatever it sends and how much."""

    def __init__(self) -> None:
        self._last = dict[int, float]()

    def is_due(self, chat: int) -> bool:
        """Whether a chat may be sent a notice now; counts as one that is sent."""
        now = time.monotonic()
        self._last = {told: at for told, at in self._last.items() if now - at < NOTICE_SECONDS}
        return self._last.setdefault(chat, now) == now


@dataclass(frozen=True, slots=True)
class BotServices:
    """The opened index, the bot's records, and the cancellations of answers in progress, by conversation."""

    app: App
    bot: ExtBot[int]
    access: AccessControl
    answers: AsyncAnswers
    history: ConversationHistory
    journal: DeliveryJournal
    readers: ReaderStore
    delivery: Delivery
    examples: ExampleQuestions
    resumed_updates: Collection[int] = ()  # updates that an earlier process may have partly handled
    notices: NoticeLimiter = field(default_factory=NoticeLimiter)
    drafts: DraftSupport = field(default_factory=DraftSupport)
    cancellations: dict[str, Cancellation] = field(default_factory=dict)


class Context(CallbackContext[ExtBot[int], dict[Any, Any], dict[Any, Any], dict[str, BotServices]]):
    """The library's context with the services of this bot."""

    @property
    def services(self) -> BotServices:
        return self.bot_data["services"]
