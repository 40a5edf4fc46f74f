"""Enough evidence answers; too little does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.answerability import ANSWER_THRESHOLD, answer_probability, answerability_features
from retrieval.documents import Hit, Passage
from retrieval.index.store import Store
from retrieval.search.hybrid_search import Search, SearchResult
from retrieval.search.question_analysis import ParsedQuestion, question_phrases
from retrieval.search.quote_intent import parse_quote_intent
from retrieval.text.terms import content_terms

WORDS = st.lists(st.sampled_from("what did Brandt Okoro say about the toll ferry 14 crowns Sydney".split()), max_size=9)


def searched(store: Store, question: str) -> SearchResult:
    search = Search(store)
    try:
        return search(question)
    finally:
        search.close()


def made(question: str, text: str, dense: float) -> tuple[ParsedQuestion, Hit]:
    terms = content_terms(question)
    asked = ParsedQuestion(
        question, tuple(terms), question_phrases(question), dict.fromkeys(terms, 1.0), parse_quote_intent(question)
    )
    return asked, Hit(Passage("p", "a", 0, len(text), text), "title", "", "", (), "", "", 1.0, dense)


@pytest.mark.parametrize(
    "question",
    [
        "What did Brandt say about the toll?",
        "How much will lorries pay for a crossing?",
        "Who steers the oldest ferry?",
    ],
)
def test_what_the_articles_speak_of_is_enough(newsroom: Store, question: str) -> None:
    found = searched(newsroom, question)
    assert answer_probability(question, found.question, found.hits) >= ANSWER_THRESHOLD


@pytest.mark.parametrize(
    "question",
    ["Who designed the Sydney Opera House?", "What did Lagarde say about inflation?", "How do I bake sourdough bread?"],
)
def test_what_the_articles_do_not_speak_of_is_too_little(newsroom: Store, question: str) -> None:
    found = searched(newsroom, question)
    assert answer_probability(question, found.question, found.hits) < ANSWER_THRESHOLD


def test_no_hit_is_no_evidence() -> None:
    asked, _ = made("What did Brandt say?", "", 0.0)
    assert answer_probability("What did Brandt say?", asked, []) == 0.0


def test_while_vectors_are_missing_their_absence_is_not_held_against_the_articles() -> None:
    question = "What did Brandt say about the toll?"
    asked, hit = made(question, "“The toll is fair,” Brandt said.", dense=0.0)
    assert answer_probability(question, asked, [hit], all_embedded=False) >= ANSWER_THRESHOLD
    assert answer_probability(question, asked, [hit], all_embedded=True) < answer_probability(
        question, asked, [hit], all_embedded=False
    )


def test_a_name_that_stands_nowhere_weakens_the_evidence() -> None:
    text = "“The toll is fair,” Brandt said."
    known, unknown = "What does Brandt think of the toll?", "What does Okoro think of the toll?"
    sure, unsure = (made(question, text, dense=0.5) for question in (known, unknown))
    assert answer_probability(unknown, unsure[0], [unsure[1]]) < answer_probability(known, sure[0], [sure[1]])


@given(WORDS.map(" ".join), WORDS.map(" ".join), st.floats(0, 1))
def test_evidence_and_what_it_rests_on_are_shares(question: str, text: str, dense: float) -> None:
    asked, hit = made(question, text, dense)
    assert all(0 <= value <= 1 for value in answerability_features(question, asked, [hit]).values())
    assert 0 <= answer_probability(question, asked, [hit]) <= 1


def test_cosines_of_another_embedding_model_prove_nothing() -> None:
    question, text = "What does Brandt think of the toll?", "“The toll is fair,” Brandt said."
    near, far = (made(question, text, dense) for dense in (0.9, 0.1))
    assert answer_probability(question, near[0], [near[1]]) > answer_probability(question, far[0], [far[1]])
    weights = [answer_probability(question, asked, [hit], embedding="another") for asked, hit in (near, far)]
    assert weights[0] == weights[1]
