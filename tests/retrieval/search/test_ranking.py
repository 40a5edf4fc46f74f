"""What a look at the text adds to BM25 and cosine."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.documents import Hit, Passage
from retrieval.search.question_analysis import ParsedQuestion, question_phrases
from retrieval.search.quote_intent import parse_quote_intent
from retrieval.search.ranking import WINDOW_TERMS, RankingWeights, rank, text_score, text_signals
from retrieval.text.terms import content_terms

QUESTION = "Why is the ferry pier closed?"


def texts(question: ParsedQuestion, hits: list[Hit], weights: RankingWeights) -> dict[str, float]:
    return {hit.passage.id: text_score(question, hit, weights) for hit in hits}


NONE = RankingWeights(**dict.fromkeys(RankingWeights.__slots__, 0.0))


def asked(question: str = QUESTION, **facts: str) -> ParsedQuestion:
    terms = content_terms(question)
    return ParsedQuestion(
        question,
        tuple(terms),
        question_phrases(question),
        dict.fromkeys(terms, 1.0),
        parse_quote_intent(question),
        **facts,
    )


def hit(key: str, text: str = "", title: str = "", words: float = 0.0, dense: float = 0.0, published: str = "") -> Hit:
    passage = Passage(key, key.split("/")[0], 0, len(text), text)
    return Hit(passage, title, "", "", (), published, "", 0.0, dense, words)


def order(question: ParsedQuestion, weights: RankingWeights, *hits: Hit) -> list[str]:
    return [found.passage.id for found in rank(question, hits, texts(question, hits, weights), weights)]


def test_no_hits_rank_to_nothing() -> None:
    assert rank(asked(), [], {}) == []


@pytest.mark.parametrize(("score", "weight"), [("bm25", "bm25"), ("dense", "dense")])
def test_a_better_raw_score_ranks_higher(score: str, weight: str) -> None:
    low, high = replace(hit("low"), **{score: 0.2}), replace(hit("high"), **{score: 0.4})
    assert order(asked(), replace(NONE, **{weight: 1.0}), low, high) == ["high", "low"]


@pytest.mark.parametrize(
    ("signal", "better", "worse"),
    [
        ("coverage", "The ferry pier stays closed.", "The ferry sails."),
        ("phrases", "The ferry pier is old.", "The pier of the ferry is old."),
        (
            "window",
            "The ferry pier is closed.",
            "The ferry sails. " + "Rain fell. " * WINDOW_TERMS + "The pier is closed.",
        ),
    ],
)
def test_a_passage_closer_to_the_question_ranks_higher(signal: str, better: str, worse: str) -> None:
    assert order(asked(), replace(NONE, **{signal: 1.0}), hit("worse", worse), hit("better", better)) == [
        "better",
        "worse",
    ]


def test_question_words_in_the_headline_count() -> None:
    titled = hit("titled", "It rained.", title="Ferry pier closed")
    assert order(asked(), replace(NONE, title=1.0), hit("plain", "It rained."), titled) == ["titled", "plain"]


def test_the_speakers_own_words_rank_before_a_mention() -> None:
    question = asked("What did Lindqvist say about the pier?")
    said = replace(hit("said", "“Close the pier,” Lindqvist said."), quote_score=1.0)
    mention = hit("mention", "Lindqvist saw the pier.")
    assert order(question, replace(NONE, quote_score=1.0), mention, said) == ["said", "mention"]


@pytest.mark.parametrize(
    ("days", "first"),
    [
        ({"since": "2026-01-01"}, "new"),
        ({"until": "2025-12-31"}, "old"),
        ({"since": "2026-01-01", "until": "2026-01-31"}, "new"),
    ],
)
def test_the_days_asked_about_rank_first(days: dict[str, str], first: str) -> None:
    old, new = hit("old", published="2025-03-01"), hit("new", published="2026-01-31T23:00:00")
    assert order(asked(**days), replace(NONE, day=1.0), old, new)[0] == first
    assert order(asked(**days), replace(NONE, day=1.0), new, old)[0] == first


def test_an_article_with_several_good_passages_ranks_before_one_with_a_single() -> None:
    hits = [hit("one/a", words=0.9), hit("two/a", words=0.9), hit("two/b", words=0.8), hit("three/a", words=0.1)]
    assert order(asked(), replace(NONE, bm25=1.0, siblings=0.2), *hits)[0] == "two/a"


def test_signals_are_shares_of_the_terms_that_were_found() -> None:
    found = text_signals(asked(), hit("pier", "The pier.", title="Ferry"))
    assert found.coverage == pytest.approx(2 / 3)
    assert found.title == pytest.approx(1 / 3)


@settings(max_examples=60)
@given(st.lists(st.sampled_from("the ferry pier closed was rain and “ ” . Lindqvist said".split()), max_size=80))
def test_every_share_is_between_0_and_1(words: list[str]) -> None:
    found = text_signals(
        asked("What did Lindqvist say about the ferry pier?"), hit("any", " ".join(words), title="Ferry")
    )
    for share in (found.coverage, found.title, found.window, found.phrases, found.quote_score):
        assert 0.0 <= share <= 1.0 + 1e-9
