"""A conversation over the store of a test."""

from collections.abc import Iterator

import pytest

from bot.service.conversation import Conversation
from bot.service.history import ConversationHistory
from retrieval.index.store import Store
from retrieval.search.hybrid_search import Search


@pytest.fixture
def conversation(store: Store) -> Iterator[Conversation]:
    search = Search(store)
    yield Conversation(store, search, ConversationHistory(store.folder / "conversations.db"))
    search.close()
