"""Claims become one numbered text; a refusal offers the nearest articles."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answering.composition import AnswerBuilder, declined_answer, near_hits
from bot.answering.extraction.sentence_claims import extract_claims
from bot.answering.messages import Answer, Claim, Highlight
from bot.answering.reading.passage_reading import read_question
from retrieval.documents import Hit
from retrieval.index import indexer
from retrieval.index.store import Store
from retrieval.search.hybrid_search import SearchResult
from retrieval.search.question_analysis import ParsedQuestion
from retrieval.text.terms import content_terms
from tests.support.articles import article
from tests.support.newsroom import ARTICLES, BRANDT, LORRIES, TOLL, VELDE

FRESH = count()
PIECES = (
    "Brandt",
    "said",
    "He",
    "the toll",
    "“",
    "”",
    '"',
    "ferries",
    "14 crowns",
    "told reporters",
    ".",
    "?",
    ",",
    "\n\n",
    "\n",
    "é",
    "🛳",
    "Okoro added",
    "because",
)
QUESTIONS = (
    "What did Brandt say about the toll?",
    "What did Brandt say?",
    "How many ferries?",
    "Why the toll?",
    "toll",
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Articles in the catalog; that is all these steps read."""
    with Store(tmp_path_factory.mktemp("answer"), lambda: pytest.fail("no model is needed")) as store:
        indexer.add_articles(store, ARTICLES)
        yield store


def hit(store: Store, key: str) -> Hit:
    return next(iter(store.catalog.hits(store.catalog.passage_ids_of([key])).values()))


def claim(store: Store, key: str, words: str) -> Claim:
    start = store.catalog.article(key).text.index(words)
    return Claim(words, ((key, (start, start + len(words))),))


def composed(filled: Store, claims: list[Claim], question: str, standalone: str) -> Answer:
    composition = AnswerBuilder(filled.catalog)
    sentences = [composition.add(claim) for claim in claims]
    answer = composition.answer(question, standalone)
    assert "".join(sentence.text for sentence in sentences) == answer.text
    assert tuple(citation for sentence in sentences for citation in sentence.citations) == answer.citations
    return answer


def test_every_claim_is_marked_with_the_number_of_its_source(filled: Store) -> None:
    claims = [claim(filled, "toll", LORRIES), claim(filled, "ferry", VELDE)]
    answer = composed(filled, claims, "asked", "standalone")
    assert answer.text == f"{LORRIES} [1]\n\n{VELDE} [2]"
    assert [(citation.number, citation.article) for citation in answer.citations] == [(1, "toll"), (2, "ferry")]
    assert (answer.question, answer.standalone_question, answer.status) == ("asked", "standalone", "answered")


def test_the_same_words_are_numbered_once(filled: Store) -> None:
    answer = composed(filled, [claim(filled, "toll", BRANDT), claim(filled, "toll", BRANDT)], "q", "q")
    assert answer.text.count("[1]") == 2 and len(answer.citations) == 1


def test_the_newest_cited_source_tells_how_fresh_the_answer_is(filled: Store) -> None:
    claims = [claim(filled, "ferry", VELDE), claim(filled, "toll", LORRIES)]
    assert composed(filled, claims, "q", "q").newest_source == TOLL.published
    assert composed(filled, claims[:1], "q", "q").newest_source == "2025-04-20"


def test_the_answering_words_are_marked_in_the_text_and_in_the_citation(filled: Store) -> None:
    at, start = LORRIES.index("14 crowns"), filled.catalog.article("toll").text.index(LORRIES)
    marked = replace(claim(filled, "toll", LORRIES), answer=(at, at + 9), cited_answer=(start + at, start + at + 9))
    composition = AnswerBuilder(filled.catalog)
    first, second = composition.add(claim(filled, "ferry", VELDE)), composition.add(marked)
    answer = composition.answer("q", "q")
    assert first.highlights == () and [_marked(second.text, one) for one in second.highlights] == ["14 crowns"]
    assert [_marked(answer.text, one) for one in answer.highlights] == ["14 crowns"]
    assert [_marked(answer.citations[1].quote, one) for one in answer.citations[1].highlights] == ["14 crowns"]


def _marked(text: str, highlight: Highlight) -> str:
    return text[highlight.start : highlight.end]


def test_what_is_missing_makes_an_answer_partial_and_is_said(filled: Store) -> None:
    composition = AnswerBuilder(filled.catalog)
    composition.add(claim(filled, "toll", LORRIES))
    answer = composition.answer("q", "q", ["Arle"], ["what do cyclists pay?"])
    assert answer.status == "partial"
    assert answer.notes == ("No article mentions Arle.", "The articles do not answer this part: what do cyclists pay?")


def test_a_refusal_offers_each_near_article_once_and_cites_nothing(filled: Store) -> None:
    hits = [hit(filled, "toll"), hit(filled, "toll"), hit(filled, "ferry")]
    answer = declined_answer("q", "q", hits, filled.catalog)
    assert (answer.status, answer.citations) == ("no_answer", ())
    assert [(near.number, near.article) for near in answer.nearest] == [(1, "toll"), (2, "ferry")]


def test_only_what_is_near_is_offered(filled: Store) -> None:
    asked = ParsedQuestion("q", (), frozenset(), {})
    near, far = replace(hit(filled, "toll"), dense=0.5), replace(hit(filled, "ferry"), dense=0.2)
    assert near_hits(SearchResult((far, near), asked)) == [near]
    assert near_hits(SearchResult((far,), asked)) == []


def test_where_no_meaning_was_searched_all_hits_are_offered(filled: Store) -> None:
    hits = (hit(filled, "toll"), hit(filled, "ferry"))
    assert near_hits(SearchResult(hits, ParsedQuestion("q", (), frozenset(), {}))) == list(hits)


def test_a_refusal_over_nothing_offers_nothing(filled: Store) -> None:
    assert declined_answer("q", "q", [], filled.catalog).nearest == ()


@settings(max_examples=60)
@given(st.lists(st.sampled_from(PIECES), min_size=5, max_size=60), st.sampled_from(QUESTIONS))
def test_every_citation_of_any_answer_quotes_the_stored_text(filled: Store, pieces: list[str], question: str) -> None:
    key = f"any{next(FRESH)}"
    indexer.add_articles(filled, [article(key, " ".join(pieces))])
    hits = list(filled.catalog.hits(filled.catalog.passage_ids_of([key])).values())
    asked = ParsedQuestion(question, tuple(content_terms(question)), frozenset(), {})
    claims = extract_claims(read_question(question, SearchResult(tuple(hits), asked), filled.catalog))
    answer = composed(filled, claims, question, question)
    for citation in (*answer.citations, *declined_answer(question, question, hits, filled.catalog).nearest):
        text = filled.catalog.article(citation.article).text
        assert citation.quote and citation.quote == text[citation.start : citation.end]
    assert all(" ".join(citation.quote.split()) in answer.text for citation in answer.citations)
