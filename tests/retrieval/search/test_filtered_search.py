"""Filters that leave many articles: what lies outside them is left out of what an index gives."""

from collections.abc import Iterator
from contextlib import suppress

import pytest

from retrieval.catalog.filters import Filters
from retrieval.catalog.rows import SegmentedArticle
from retrieval.errors import EmbeddingUnavailable
from retrieval.index import indexer
from retrieval.index.milvus.settings import parse_milvus
from retrieval.index.store import Store
from retrieval.index.vectors.minilm import EmbeddingModel
from retrieval.search.filtered_search import FEW_ARTICLES, OVERFETCH, article_scope, best_in_scope
from retrieval.search.hybrid_search import Search
from tests.support.articles import article

MANY = FEW_ARTICLES + 20


def no_model() -> EmbeddingModel:
    raise EmbeddingUnavailable("There is no model.")


class Same(EmbeddingModel):
    """One vector for every text: whatever is found is found by words."""

    name = "same"

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [[1.0, 0.0]] * len(texts)

    def embed_query(self, text: str) -> list[float]:
        return [1.0, 0.0]


def put(store: Store, outlet: str, text: str, count: int, language: str = "en") -> None:
    def cuts() -> Iterator[SegmentedArticle]:
        for at in range(count):
            words = f"{text} It was the {outlet} lamp number {at}."
            yield SegmentedArticle(
                article(f"{outlet}-{at}", words, outlet=outlet, language=language), [((0, len(words)), "")]
            )

    store.catalog.save_articles(cuts())


@pytest.fixture(scope="module", params=["folder", pytest.param("milvus", marks=pytest.mark.milvus)])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    milvus = parse_milvus(request.getfixturevalue("milvus").url) if request.param == "milvus" else None
    with Store(tmp_path_factory.mktemp("scope"), Same if milvus else no_model, milvus=milvus) as opened:
        put(opened, "Quay", "A lamp, a lamp and a lamp.", MANY)
        put(opened, "Tide", "Once there stood a lamp on the pier before the storm took it away.", MANY)
        put(opened, "Port", "A lamp burned.", 3)
        put(opened, "Rive", "A lamp, a lamp, a lamp and a lamp.", 60, language="fr")
        with suppress(EmbeddingUnavailable):  # once the words are in
            indexer.index_pending(opened)
        yield opened


def outlets(store: Store, filters: Filters, k: int = 5) -> list[str]:
    search = Search(store)
    found = [hit.outlet for hit in search("lamp", k, filters=filters).hits]
    search.close()
    return found


@pytest.mark.parametrize(("outlet", "named"), [("Port", 3), ("Tide", None), ("nowhere", 0)])
def test_few_articles_are_named_and_many_are_not(store: Store, outlet: str, named: int | None) -> None:
    scope = article_scope(store.catalog, Filters(outlet=outlet))
    assert scope and (None if scope.named is None else len(scope.named)) == named
    assert scope.is_empty == (named == 0)
    assert article_scope(store.catalog, Filters(speaker="Pell")) is None


def test_a_search_finds_what_is_inside_however_much_is_better_outside(store: Store) -> None:
    assert set(outlets(store, Filters(outlet="Quay"))) == {"Quay"}
    assert set(outlets(store, Filters(outlet="Tide"))) == {"Tide"}
    assert set(outlets(store, Filters(outlet="Port"))) == {"Port"}
    assert outlets(store, Filters(outlet="nowhere")) == []


def test_more_is_asked_for_only_where_it_is_wanted(store: Store) -> None:
    if store.bm25.checks_scope:
        pytest.skip("an engine that checks the scope is asked once")
    catalog, asked = store.catalog, list[int]()

    def ranked(k: int) -> list[tuple[str, float]]:
        asked.append(k)
        return store.bm25.search(["lamp"], k)

    for outlet, times in (("Quay", [2 * OVERFETCH]), ("Tide", [2 * OVERFETCH, 2 * OVERFETCH * OVERFETCH])):
        found = best_in_scope(catalog, article_scope(catalog, Filters(outlet=outlet)), 2, ranked)
        inside = set(catalog.articles_by_passage([key for key, _ in found]).values())
        assert all(key.startswith(outlet) for key in inside)
        assert asked[: len(times)] == times
        asked.clear()


def test_only_articles_in_the_language_asked_for_are_found(store: Store) -> None:
    assert "Rive" not in outlets(store, Filters(language="en"), k=20)
