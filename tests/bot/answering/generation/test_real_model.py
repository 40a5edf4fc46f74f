"""A real model behind a real server, where ONRECORD_TEST_LLM_URL names one: whatever it writes, what is shown holds."""

import os
from pathlib import Path

import pytest

from bot.answering.generation.writer import Writer
from bot.answering.verification.quotations import quoted_words
from bot.models.chat_model import ChatModel
from bot.models.token_ledger import TokenLedger
from bot.service.conversation import Conversation
from bot.service.history import ConversationHistory
from prompts import Prompts
from retrieval.index.store import Store
from retrieval.models.endpoints.address import parse_address
from retrieval.models.endpoints.circuit_breaker import CircuitBreaker
from retrieval.models.endpoints.endpoint import Endpoint
from retrieval.search.hybrid_search import Search
from tests.support.model_answers import sources

URL, MODEL = (os.environ.get(f"ONRECORD_TEST_LLM_{name}", "") for name in ("URL", "MODEL"))
QUESTIONS = (
    "How much will lorries pay for a crossing?",
    "How many passengers did the island ferries carry last year?",
    "By how many votes did the council approve the toll?",
    "Since when has the captain steered the oldest ferry?",
)
WITHIN = 120.0  # seconds; small models on small machines are slow

pytestmark = pytest.mark.skipif(not URL, reason="ONRECORD_TEST_LLM_URL names no OpenAI-compatible server")


def test_what_a_real_model_writes_is_shown_as_far_as_it_holds(store: Store, tmp_path: Path) -> None:
    model = ChatModel(
        endpoint=Endpoint(parse_address(URL, os.environ.get("OPENAI_API_KEY", "none"))), model=MODEL or "model"
    )
    breaker, ledger = CircuitBreaker(failures=9, cool_down=1), TokenLedger(tmp_path / "spent.db")
    writer = Writer(model.model_copy(update={"seconds": WITHIN}), "real", Prompts(), WITHIN, breaker, ledger, 4096)
    conversation = Conversation(
        store, Search(store), ConversationHistory(tmp_path / "conversations.db"), lambda: writer
    )
    answers = [conversation.ask(question) for question in QUESTIONS]
    assert any(answer.answered_by == "real" for answer in answers), [answer.notes for answer in answers]
    for answer in answers:
        sources(answer, store)
        cited = " ".join(store.catalog.article(citation.article).text for citation in answer.citations)
        assert all(words.strip(" .,") in cited for words in quoted_words(answer.text))
        assert answer.citations or answer.status == "no_answer"
