"""The LangChain retriever gives the same hits."""

from collections.abc import Iterator

import pytest

from retrieval.catalog.filters import Filters
from retrieval.index.store import Store
from retrieval.search.hybrid_search import Search
from retrieval.search.langchain_retriever import OnRecordRetriever
from tests.support.articles import article, fill

QUESTION = "Why was the pier closed?"


@pytest.fixture
def search(store: Store) -> Iterator[Search]:
    pier = "The council voted to close the old ferry pier after divers found cracks in its pillars."
    mill = "A paper mill upstream has begun to burn straw instead of gas, its owner told shareholders."
    fill(
        store,
        article(
            "pier", pier, outlet="Harbour Post", authors=("Tom Obi",), published="2026-03-03", updated="2026-03-04"
        ),
        article("mill", mill, outlet="Inland Times"),
    )
    opened = Search(store)
    yield opened
    opened.close()


def test_documents_are_the_hits_of_the_search_in_order(search: Search) -> None:
    documents = OnRecordRetriever(search=search).invoke(QUESTION)
    hits = search(QUESTION).hits
    assert [(one.id, one.page_content) for one in documents] == [(hit.passage.id, hit.passage.text) for hit in hits]
    assert [one.metadata["score"] for one in documents] == [hit.score for hit in hits]


def test_metadata_tells_where_the_words_stand(search: Search, store: Store) -> None:
    best = OnRecordRetriever(search=search, k=1).invoke(QUESTION)[0]
    facts = {
        key: best.metadata[key] for key in ("article", "title", "url", "outlet", "authors", "published", "updated")
    }
    assert facts == {
        "article": "pier",
        "title": "pier",
        "url": "https://example.org/pier",
        "outlet": "Harbour Post",
        "authors": ["Tom Obi"],
        "published": "2026-03-03",
        "updated": "2026-03-04",
    }
    assert store.catalog.article("pier").text[best.metadata["start"] : best.metadata["end"]] == best.page_content


def test_filters_and_number_are_kept(search: Search) -> None:
    documents = OnRecordRetriever(search=search, filters=Filters(outlet="inland")).invoke(QUESTION)
    assert {one.metadata["article"] for one in documents} == {"mill"}
    assert len(OnRecordRetriever(search=search, k=1).invoke(QUESTION)) == 1


@pytest.mark.parametrize("questions", [[QUESTION, "Who burns straw?"]])
def test_it_answers_batches_as_a_runnable(search: Search, questions: list[str]) -> None:
    first, second = OnRecordRetriever(search=search, k=1).batch(questions)
    assert (first[0].metadata["article"], second[0].metadata["article"]) == ("pier", "mill")
