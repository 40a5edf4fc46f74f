"""What was read decides whether the articles answer."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.reading.answerability import (
    ANSWER_THRESHOLD,
    answer_probability,
    answered_parts,
    unanswered_parts,
    unmentioned_names,
)
from bot.answering.reading.passage_reading import read_question
from bot.answering.reading.read_sentences import PartReading, ReadSentence
from retrieval.documents import Hit, Passage
from retrieval.index.store import Store
from retrieval.search.hybrid_search import Search, SearchResult
from tests.support.articles import article

LOGITS = st.floats(-20, 20)


def searched(store: Store, question: str) -> SearchResult:
    search = Search(store)
    try:
        return search(question)
    finally:
        search.close()


def read(logit: float, passage: float) -> ReadSentence:
    one = article("a", "The toll is fair.")
    hit = Hit(Passage("p", "a", 0, len(one.text), one.text), one.title, "", "", (), "", "", 1.0)
    return ReadSentence(hit, one, (0, len(one.text)), logit, logit, passage)


def probability(store: Store, question: str) -> float:
    (reading,) = read_question(question, searched(store, question), store.catalog)
    return answer_probability(reading.sentences)


@pytest.mark.parametrize(
    "question",
    [
        "What did Brandt say about the toll?",
        "How much will lorries pay for a crossing?",
        "Who steers the oldest ferry?",
        "How many passengers did the ferries carry last year?",
        "By how many votes was the toll approved?",
    ],
)
def test_what_the_articles_answer_is_answered(newsroom: Store, question: str) -> None:
    assert probability(newsroom, question) >= ANSWER_THRESHOLD


@pytest.mark.parametrize(
    "question",
    [
        "Who designed the Sydney Opera House?",
        "What did Lagarde say about inflation?",
        "How do I bake sourdough bread?",
        "What colour is the ferry?",
        "When did the mayor resign?",
        "How much will cyclists pay for a crossing?",
    ],
)
def test_what_the_articles_do_not_answer_is_not_whatever_its_topic(newsroom: Store, question: str) -> None:
    assert probability(newsroom, question) < ANSWER_THRESHOLD


def test_nothing_read_is_no_evidence() -> None:
    assert answer_probability([]) == 0.0


@given(st.lists(st.tuples(LOGITS, LOGITS), min_size=1, max_size=9))
def test_a_probability_is_one(logits: list[tuple[float, float]]) -> None:
    assert 0 <= answer_probability([read(*pair) for pair in logits]) <= 1


def test_the_likelier_the_best_sentence_the_likelier_an_answer() -> None:
    found = [answer_probability([read(logit, logit), read(-5, -5)]) for logit in (-4.0, -1.0, 0.0, 2.0, 6.0)]
    assert all(one < other for one, other in pairwise(found))


def test_parts_that_nothing_answers_are_named() -> None:
    sure, unsure = PartReading("Who won?", (read(9, 9),), 0.9), PartReading("who lost?", (read(-9, -9),), 0.1)
    assert answered_parts([sure, unsure]) == [sure]
    assert unanswered_parts([sure, unsure]) == ("who lost?",)


def test_a_name_that_no_article_has_is_said_and_a_month_is_none(newsroom: Store) -> None:
    question = "What did Brandt say to Zebulon in March?"
    assert unmentioned_names(question, searched(newsroom, question).question) == ("Zebulon",)
