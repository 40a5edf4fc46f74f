"""Questions that are answered in different ways are asked apart, and answered as one."""

from collections.abc import Iterator

import pytest

from bot.service.conversation import Conversation
from retrieval.index.store import Store
from tests.support.newsroom import BRANDT, talking

MIXED = "What did Brandt say about the toll, and how many passengers did the ferries carry?"


@pytest.fixture
def conversation(shared_newsroom: Store) -> Iterator[Conversation]:
    with talking(shared_newsroom) as opened:
        yield opened


def test_somebodys_words_and_a_fact_are_both_told(conversation: Conversation) -> None:
    answer = conversation.ask(MIXED)
    assert (answer.status, answer.question, answer.standalone_question) == ("answered", MIXED, MIXED)
    assert BRANDT in answer.text and "412,000 passengers" in answer.text
    assert [citation.number for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
    for citation in answer.citations:
        assert f"[{citation.number}]" in answer.text
    assert [answer.text[one.start : one.end] for one in answer.highlights if "412" in answer.text[one.start : one.end]]


def test_the_streamed_sentences_are_the_text(conversation: Conversation) -> None:
    events = list(conversation.stream(MIXED))
    told = "".join(event.text for event in events if hasattr(event, "citations"))
    assert told == events[-1].answer.text  # type: ignore[union-attr]


def test_what_is_missing_is_said(conversation: Conversation) -> None:
    answer = conversation.ask("What did Brandt say about the toll, and how many wolves live in the Sarek mountains?")
    assert answer.status == "partial" and BRANDT in answer.text
    assert answer.notes[0] == "The articles do not answer this part: how many wolves live in the Sarek mountains?"


def test_two_people_are_compared_by_the_words_of_each(conversation: Conversation) -> None:
    answer = conversation.ask("How do Brandt and Okoro differ on the toll?")
    assert {citation.speaker for citation in answer.citations} >= {"Ilse Brandt", "Daniel Okoro"}


def test_nothing_is_told_where_no_part_is_answered(conversation: Conversation) -> None:
    answer = conversation.ask("What did Brandt say about wolves, and how many wolves live in the Sarek mountains?")
    assert (answer.status, answer.citations) == ("no_answer", ())
