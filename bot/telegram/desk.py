"""What all handlers share, opened once, and how they reach it."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from telegram.ext import CallbackContext, ExtBot

from bot.answering import Answering
from bot.build import App
from bot.history import History
from bot.telegram.access import Access
from bot.telegram.delivery import Delivery
from bot.telegram.examples import Examples
from bot.telegram.journal import Journal
from bot.telegram.readers import Readers
from bot.telegram.streaming import Drafts
from retrieval.cancellation import Cancellation


@dataclass(frozen=True, slots=True)
class Desk:
    """The opened index, the bot's records, and what is under way by conversation."""

    app: App
    bot: ExtBot[int]
    access: Access
    answering: Answering
    history: History
    journal: Journal
    readers: Readers
    delivery: Delivery
    examples: Examples
    resumed: Collection[int] = ()  # updates that a process before this one may have dealt with in part
    drafts: Drafts = field(default_factory=Drafts)
    under_way: dict[str, Cancellation] = field(default_factory=dict)


class Context(CallbackContext[ExtBot[int], dict[Any, Any], dict[Any, Any], dict[str, Desk]]):
    """The library's context, which knows the desk."""

    @property
    def desk(self) -> Desk:
        return self.bot_data["desk"]
