"""The composition root: settings to a store and a conversation."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.conversation import Conversation
from bot.history import History
from bot.settings import Settings, read_settings
from retrieval.search import Search
from retrieval.store import Store

if TYPE_CHECKING:
    from retrieval.embed import EmbeddingModel


@dataclass(frozen=True, slots=True)
class App:
    """Everything a surface needs, opened."""

    settings: Settings
    store: Store
    search: Search
    conversation: Conversation


def open_store(settings: Settings) -> Store:
    """The index folder, opened; what is missing is made."""
    return Store(settings.data, lambda: _model(settings.embedding_model))


@contextmanager
def open_app() -> Iterator[App]:
    """Settings, store, search and conversation, closed at the end."""
    settings = read_settings()
    with open_store(settings) as store:
        search = Search(store)
        try:
            yield App(settings, store, search, Conversation(store, search, History(settings.data / "conversations.db")))
        finally:
            search.close()


def _model(file: Path | None) -> "EmbeddingModel":
    from retrieval.embed import MiniLM  # onnxruntime takes a while to import

    return MiniLM(file)
