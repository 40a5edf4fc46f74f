"""The composition root: opens what the settings name and puts it together."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.answering.questions.reader_strings import Strings
from bot.app.data_folder import records_place, shared_database
from bot.app.model_factory import chroma_server, embedding_model, milvus_server, writer
from bot.app.settings import Settings, read_settings
from bot.service.conversation import Conversation
from bot.service.history import ConversationHistory
from retrieval.index.store import Store
from retrieval.search.hybrid_search import Search

if TYPE_CHECKING:
    from retrieval.ingest.fetching.fetcher import Fetcher
    from retrieval.ingest.parsing.sandbox.parser_process import ParserProcess

EXTRACT = "extract"  # in place of a model's name: answer with the articles' own sentences


@dataclass(frozen=True, slots=True)
class App:
    """Everything a surface needs, opened."""

    settings: Settings
    store: Store
    search: Search
    conversation: Conversation
    history: ConversationHistory


@dataclass(frozen=True, slots=True)
class Web:
    """Reads articles from the web: `fetcher` fetches documents, `reader` parses them in a process of its own."""

    fetcher: "Fetcher"
    reader: "ParserProcess"


@contextmanager
def open_app(model: str = "", data: Path | None = None) -> Iterator[App]:
    """Open the index and the service on it, and close both at the end.

    `model` replaces the chat model of the settings, `data` their folder. Raises UsageError, IndexUnavailable.
    """
    settings = read_settings(data)
    if model:
        name = "" if model == EXTRACT else model
        settings = settings.model_copy(update={"openai_model": name, "local_gguf": None})
    with ExitStack() as opened, open_store(settings) as store:
        search = Search(store)
        try:
            history = ConversationHistory(records_place(settings, "conversations.db"))
            strings = Strings(settings.strings)
            conversation = Conversation(store, search, history, lambda: writer(settings, opened), strings=strings)
            yield App(settings, store, search, conversation, history)
        finally:
            search.close()


def open_store(settings: Settings) -> Store:
    """Open the index folder, making what is missing. Raises UsageError, IndexUnavailable."""
    model, database = embedding_model(settings), shared_database(settings)
    return Store(
        settings.data, model, chroma=chroma_server(settings), milvus=milvus_server(settings), database=database
    )


@contextmanager
def open_web(settings: Settings) -> Iterator[Web]:
    """Open a fetcher and a parser process, and close both at the end. Raises UsageError."""
    from retrieval.ingest.fetching.fetcher import Fetcher  # httpx takes a moment that questions need not wait for
    from retrieval.ingest.parsing.sandbox.parser_process import ParserProcess

    networks = settings.allowed_networks.replace(",", " ").split()
    with (
        Fetcher(networks=networks, max_bytes=settings.max_file_bytes, contact=settings.contact) as fetcher,
        ParserProcess() as reader,
    ):
        yield Web(fetcher, reader)
