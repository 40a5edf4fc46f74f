"""What all handlers share, opened once, and how they reach it."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from telegram.ext import CallbackContext, ExtBot

from bot.app.build import App
from bot.service.async_answers import AsyncAnswers
from bot.service.history import ConversationHistory
from bot.telegram.access import AccessControl
from bot.telegram.messages.examples import Examples
from bot.telegram.sending.delivery import Delivery
from bot.telegram.sending.live_preview import Drafts
from bot.telegram.storage.journal import DeliveryJournal
from bot.telegram.storage.reader_store import ReaderStore
from retrieval.endpoints.cancellation import Cancellation


@dataclass(frozen=True, slots=True)
class BotServices:
    """The opened index, the bot's records, and what is under way by conversation."""

    app: App
    bot: ExtBot[int]
    access: AccessControl
    answering: AsyncAnswers
    history: ConversationHistory
    journal: DeliveryJournal
    readers: ReaderStore
    delivery: Delivery
    examples: Examples
    resumed: Collection[int] = ()  # updates that a process before this one may have dealt with in part
    drafts: Drafts = field(default_factory=Drafts)
    under_way: dict[str, Cancellation] = field(default_factory=dict)


class Context(CallbackContext[ExtBot[int], dict[Any, Any], dict[Any, Any], dict[str, BotServices]]):
    """The library's context, which knows the desk."""

    @property
    def desk(self) -> BotServices:
        return self.bot_data["desk"]
