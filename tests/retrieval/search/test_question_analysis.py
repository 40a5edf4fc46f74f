"""A question's terms, phrases, days and intent, as they are analysed once for a search."""

from datetime import date
from pathlib import Path

import pytest

from retrieval.documents import Hit, Passage
from retrieval.index.words.bm25 import BM25Index
from retrieval.search.question_analysis import ParsedQuestion, analyse_question, question_phrases

TODAY = date(2026, 3, 4)


@pytest.fixture
def bm25(tmp_path: Path) -> BM25Index:
    opened = BM25Index(tmp_path / "bm25")
    texts = {"1" * 16: "The ferry pier is closed.", "2" * 16: "The ferry sails.", "3" * 16: "The mill burns straw."}
    passages = (Passage(key, "article", 0, len(text), text) for key, text in texts.items())
    opened.update((Hit(passage, "", "", "", (), "", "", 0.0) for passage in passages), ())
    return opened


def analysed(bm25: BM25Index, text: str, speaker: str = "") -> ParsedQuestion:
    return analyse_question(text, bm25, today=TODAY, speaker=speaker)


def test_rarer_terms_weigh_more_and_unknown_ones_are_named(bm25: BM25Index) -> None:
    question = analysed(bm25, "Does the ferry pass the pier or the zeppelin?")
    assert question.text == "Does the ferry pass the pier or the zeppelin?"
    assert question.terms == ("ferri", "pass", "pier", "zeppelin")
    assert question.idf["ferri"] < question.idf["pier"] < question.idf["zeppelin"]
    assert question.unknown_terms == {"pass", "zeppelin"}
    assert question.passage_count == 3
    assert question.total_idf == pytest.approx(sum(question.idf.values()))


def test_days_count_from_today_and_are_no_topic_of_a_quote(bm25: BM25Index) -> None:
    question = analysed(bm25, "What did Pell say yesterday?")
    assert (question.since, question.until) == ("2026-03-03", "2026-03-03")
    assert question.quote_intent
    assert (question.quote_intent.topic_terms, question.quote_intent.topic_text) == (frozenset(), "")


def test_a_speaker_beside_the_question_is_searched_for_too(bm25: BM25Index) -> None:
    question = analysed(bm25, "the ferry", "Ana Pell")
    assert set(question.terms) == {"ferri", "ana", "pell"}
    assert question.quote_intent and question.quote_intent.speaker_name == "Ana Pell"


def test_a_question_that_asks_for_the_latest_says_so(bm25: BM25Index) -> None:
    assert analysed(bm25, "What is the latest on the ferry?").wants_latest
    assert not analysed(bm25, "Is the ferry late?").wants_latest


@pytest.mark.parametrize("text", ["", "???", "the"])
def test_a_question_without_topic_has_no_weight_to_divide_by_zero(bm25: BM25Index, text: str) -> None:
    assert analysed(bm25, text).total_idf > 0


def test_phrases_are_neighbours_of_which_one_carries_the_topic() -> None:
    assert question_phrases("Is it the ferry pier?") == {("the", "ferri"), ("ferri", "pier")}
