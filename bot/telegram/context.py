"""The services that all handlers share, and the context through which they reach them."""

import time
from dataclasses import dataclass, field
from typing import Any

from telegram.ext import CallbackContext, ExtBot

from bot.app.build import App
from bot.service.async_answers import AsyncAnswers
from bot.service.history import ConversationHistory
from bot.service.suggestions import ExampleQuestions
from bot.telegram.access import AccessControl
from bot.telegram.sending.delivery import Delivery
from bot.telegram.sending.live_preview import DraftSupport
from bot.telegram.storage.journal import DeliveryJournal
from bot.telegram.storage.reader_store import ReaderStore
from bot.telegram.storage.shared_updates import SharedUpdates
from retrieval.models.endpoints.cancellation import Cancellation

NOTICE_SECONDS = 5.0  # between two notices to a chat


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
    shared: SharedUpdates | None = None  # what several machines divide, None for one alone
    postponed_updates: set[int] = field(default_factory=set)  # processed again once the database can be used
    notices: NoticeLimiter = field(default_factory=NoticeLimiter)
    drafts: DraftSupport = field(default_factory=DraftSupport)
    cancellations: dict[str, Cancellation] = field(default_factory=dict)

    def cancel(self, conversation: str) -> bool:
        """Stop the answer in progress here in a conversation; False where there is none."""
        cancellation = self.cancellations.get(conversation)
        if cancellation:
            cancellation.cancel()
        return cancellation is not None


class Context(CallbackContext[ExtBot[int], dict[Any, Any], dict[Any, Any], dict[str, BotServices]]):
    """The library's context with the services of this bot."""

    @property
    def services(self) -> BotServices:
        return self.bot_data["services"]
