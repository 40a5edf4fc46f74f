"""A small model is asked in a form that leaves it little choice, and what it writes is checked like any other's."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.answering.generation.output_format import JSON, MAX_PASSAGES_SMALL_MODEL
from bot.answering.generation.writer import Writer
from bot.models.token_ledger import TokenLedger
from bot.service.conversation import Conversation
from bot.service.history import ConversationHistory
from prompts import Prompts
from retrieval.index.store import Store
from retrieval.models.endpoints.circuit_breaker import CircuitBreaker
from retrieval.search.hybrid_search import Search
from tests.support.articles import article, fill
from tests.support.chat_requests import model
from tests.support.endpoint_standin import Script, Standin, talking
from tests.support.newsroom import LORRIES

pytestmark = pytest.mark.usefixtures("loopback")

COST = "How much will lorries pay for a crossing?"


@contextmanager
def conversing(store: Store, *script: Script) -> Iterator[tuple[Conversation, Standin]]:
    """A conversation over the newsroom's articles with a small model."""
    with Standin(*script).serving() as server:
        search = Search(store)
        ledger = TokenLedger(store.folder / "spent.db", 0)
        writer = Writer(model(server.url), "small", Prompts(), 5.0, CircuitBreaker(), ledger, 4096, JSON)
        yield (
            Conversation(store, search, ConversationHistory(store.folder / "conversations.db"), lambda: writer),
            server,
        )
        search.close()


def draft(*texts: str, found: bool = True) -> Script:
    items = [{"passage": 1, "text": text} for text in texts]
    return talking(json.dumps({"found": found, "sentences": items}))


def test_what_holds_reaches_the_reader_and_what_does_not_is_dropped(store: Store) -> None:
    script = draft("Lorries will pay 14 crowns a crossing.", "The toll begins on 9 October.")
    with conversing(store, script) as (conversation, _):
        answer = conversation.ask(COST)
    assert (answer.answered_by, answer.text) == ("small", "Lorries will pay 14 crowns a crossing. [1]")
    assert answer.citations[0].quote == LORRIES and sum(answer.dropped.values()) == 1


def test_nothing_found_is_believed(store: Store) -> None:
    with conversing(store, draft(found=False)) as (conversation, _):
        answer = conversation.ask("Why did the ferries carry passengers last year?")
    assert (answer.status, answer.answered_by) == ("no_answer", "small")


def test_the_examples_are_messages_of_their_own_and_only_given_passages_can_be_cited(store: Store) -> None:
    with conversing(store, draft(found=False)) as (conversation, server):
        conversation.ask(COST)
    body = server.asked[0].body
    assert [message["role"] for message in body["messages"]] == ["system", *["user", "assistant"] * 2, "user"]
    item = body["response_format"]["json_schema"]["schema"]["properties"]["sentences"]["items"]
    given = body["messages"][-1]["content"].count("-----") // 2
    assert item["properties"]["passage"]["enum"] == list(range(1, given + 1)) and 0 < given <= MAX_PASSAGES_SMALL_MODEL
    assert body["temperature"] == 0 and body["max_tokens"] > 0


def test_a_line_that_an_article_wraps_is_not_wrapped_for_the_model(store: Store) -> None:
    text = "The old pier was closed on Friday, hours before\n\nits owners\n  met.\n\n- Boats\n- Cars"
    fill(store, article("pier", text, title="Old pier closed"))
    with conversing(store, draft(found=False)) as (conversation, server):
        conversation.ask("Did its owners meet?")
    asked = server.asked[0].body["messages"][-1]["content"]
    assert "its owners met.\n\n- Boats\n- Cars\n-----" in asked


def test_a_follow_up_costs_a_small_model_no_request(store: Store) -> None:
    script = draft("Lorries will pay 14 crowns a crossing.")
    with conversing(store, script) as (conversation, server):
        conversation.ask(COST, "c")
        conversation.ask("And when do they pay it?", "c")
    assert len(server.asked) <= 2
    assert all("response_format" in asked.body for asked in server.asked)
