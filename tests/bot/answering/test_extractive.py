"""Answers without a model are the articles' own sentences, clear on their own and said once."""

from bot.answering.extractive import MAX_CLAIMS, extract_sentences
from retrieval.documents import Article
from retrieval.index.store import Store
from retrieval.search.hybrid_search import Search
from tests.support.articles import article, fill
from tests.support.newsroom import ARTICLES, LORRIES


def answer(store: Store, question: str, *articles: Article) -> list[str]:
    """The claims made for a question over some articles."""
    fill(store, *articles)
    search = Search(store)
    try:
        found = search(question)
    finally:
        search.close()
    claims = extract_sentences(question, found.question, found.hits, store.catalog)
    for claim in claims:
        for key, (start, end) in claim.support:
            text = store.catalog.article(key).text
            assert claim.text.endswith(" ".join(text[start:end].split()))
    return [claim.text for claim in claims]


def test_a_fact_is_answered_with_the_sentence_that_has_the_figure(store: Store) -> None:
    assert answer(store, "How much will lorries pay for a crossing?", *ARTICLES)[0] == LORRIES


def test_near_identical_sentences_are_not_repeated(store: Store) -> None:
    told = "The harbour museum opens on Saturday with a show of ship models from {} countries."
    copies = [article(f"copy{at}", f"{told.format('nine')} Visitors pay nothing. {at}") for at in range(3)]
    claims = answer(store, "When does the harbour museum open?", *copies)
    assert len([claim for claim in claims if "ship models" in claim]) == 1


def test_no_more_claims_are_made_than_a_reader_wants(store: Store) -> None:
    towns = ("Arle", "Borden", "Cleve", "Dorne", "Elmar", "Farn", "Gotha")
    ways = ("by coach", "over the pass", "before noon", "in heavy rain", "with a brass band", "on foot", "by night")
    text = " ".join(f"The ferry crew reached {town} {way}." for town, way in zip(towns, ways, strict=True))
    assert 1 <= len(answer(store, "Where did the ferry crew go?", article("crew", text))) <= MAX_CLAIMS


def test_a_sentence_that_leans_on_another_brings_it_along(store: Store) -> None:
    text = "The lighthouse on Gull Rock was built by Marta Stein. It cost 90,000 crowns in gold coins and four lives."
    claims = answer(store, "How many crowns in gold coins did it cost?", article("light", text))
    assert claims == [text]


def test_nothing_that_fits_is_no_claim(store: Store) -> None:
    assert answer(store, "How much is the toll?", article("sea", "The sea was calm on Sunday.")) == []


FIRST = article("first", "Nine people were hurt when the ferry hit the quay.", published="2025-03-03")
SECOND = article("second", "Fourteen people were hurt when the ferry hit the quay.", published="2025-03-09T08:00")
HURT = "How many people were hurt when the ferry hit the quay?"


def test_reports_of_different_days_are_told_in_their_order_each_with_its_day(store: Store) -> None:
    assert answer(store, HURT, SECOND, FIRST) == [
        f"On 3 March 2025: {FIRST.text}",
        f"On 9 March 2025: {SECOND.text}",
    ]


def test_the_newest_report_comes_first_where_the_latest_is_asked_for(store: Store) -> None:
    claims = answer(store, f"What is the latest: {HURT}", FIRST, SECOND)
    assert claims[0] == f"On 9 March 2025: {SECOND.text}"


def test_reports_of_one_day_need_no_day(store: Store) -> None:
    other = "After the ferry hit the quay fourteen people were hurt, said the hospital that took them in."
    claims = answer(store, HURT, FIRST, article("third", other, published="2025-03-03T19:30"))
    assert sorted(claims) == sorted([FIRST.text, other])


def test_a_report_without_a_day_comes_last(store: Store) -> None:
    claims = answer(store, HURT, article("undated", SECOND.text), FIRST)
    assert claims == [f"On 3 March 2025: {FIRST.text}", SECOND.text]
