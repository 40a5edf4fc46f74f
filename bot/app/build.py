"""The composition root: settings to a store and a conversation."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.app.model_factory import embedding_model, writer
from bot.app.settings import Settings, read_settings
from bot.service.conversation import Conversation
from bot.service.history import ConversationHistory
from retrieval.index.store import Store
from retrieval.index.vectors.chroma_settings import parse_chroma_server
from retrieval.search.hybrid_search import Search

if TYPE_CHECKING:
    from retrieval.ingest.fetching.fetcher import Fetcher
    from retrieval.ingest.parsing.sandbox.parser_process import ParserProcess

NO_MODEL = "extract"  # the articles' own sentences


@dataclass(frozen=True, slots=True)
class App:
    """Everything a surface needs, opened."""

    settings: Settings
    store: Store
    search: Search
    conversation: Conversation
    history: ConversationHistory


def data_folder() -> Path:
    """The folder that the settings name, whether there is an index in it or not."""
    return read_settings().data


def open_store(settings: Settings) -> Store:
    """The index folder, opened; what is missing is made. Raises UsageError."""
    url, token = settings.chroma_url, settings.chroma_token.get_secret_value()
    return Store(settings.data, embedding_model(settings), chroma=parse_chroma_server(url, token) if url else None)


@dataclass(frozen=True, slots=True)
class Web:
    """What reads articles from the web: one fetches, the other takes articles out of what was fetched."""

    fetcher: "Fetcher"
    reader: "ParserProcess"


@contextmanager
def open_web(settings: Settings) -> Iterator[Web]:
    """A fetcher and a reader, closed at the end. Raises UsageError."""
    from retrieval.ingest.fetching.fetcher import Fetcher  # httpx takes a moment that questions need not wait for
    from retrieval.ingest.parsing.sandbox.parser_process import ParserProcess

    networks = settings.allowed_networks.replace(",", " ").split()
    with (
        Fetcher(networks=networks, largest=settings.max_file_bytes, contact=settings.contact) as fetcher,
        ParserProcess() as reader,
    ):
        yield Web(fetcher, reader)


@contextmanager
def open_app(model: str = "") -> Iterator[App]:
    """Settings, store, search and conversation, closed at the end; `model` instead of the one that is set."""
    settings = read_settings()
    if model:
        named = "" if model == NO_MODEL else model
        settings = settings.model_copy(update={"openai_model": named, "local_gguf": None})
    with ExitStack() as opened, open_store(settings) as store:
        search = Search(store)
        try:
            history = ConversationHistory(settings.data / "conversations.db")
            conversation = Conversation(store, search, history, lambda: writer(settings, opened))
            yield App(settings, store, search, conversation, history)
        finally:
            search.close()
