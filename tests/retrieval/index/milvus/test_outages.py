"""An index whose words and vectors are in Milvus, through everything that happens to one."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.cli.background import indexing_in_background
from retrieval.catalog.filters import Filters
from retrieval.errors import IndexServerUnavailable
from retrieval.index import indexer, pending
from retrieval.index.milvus import term_counts
from retrieval.index.milvus.settings import parse_milvus
from retrieval.index.store import Store
from retrieval.index.vectors.minilm import EmbeddingModel
from retrieval.models.endpoints.circuit_breaker import CircuitBreaker
from retrieval.search.hybrid_search import Search, SearchResult
from tests.support.articles import article, fill
from tests.support.endpoint_standin import free_port
from tests.support.milvus_server import MilvusServer
from tests.support.server_process import outage

BRIDGE = "How much will lorries pay on the bridge?"
SOON = 20.0  # seconds in which what was lost is back
TOLL = article(
    "toll", "Lorries will pay nine crowns for each crossing of the bridge, the council decided.", outlet="Tide"
)
MILL = article("mill", "A paper mill upstream has begun to burn straw instead of gas, its owner told shareholders.")


class Letters(EmbeddingModel):
    """Vectors of how often each vowel occurs; counts the texts that it embeds."""

    name, embedded = "letters", 0

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.embedded += len(texts)
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return [1.0 + text.count(vowel) for vowel in "aeiou"]


@pytest.fixture
def letters() -> Letters:
    return Letters()


@contextmanager
def opened(folder: Path, url: str, model: EmbeddingModel) -> Iterator[Store]:
    """A store on a server that is asked again soon after it has failed."""
    breaker = CircuitBreaker(failures=1, cool_down=0.2)
    with Store(folder, lambda: model, milvus=replace(parse_milvus(url), breaker=breaker)) as store:
        yield store


@pytest.fixture
def shelf(tmp_path: Path, milvus: MilvusServer, letters: Letters) -> Iterator[Store]:
    with opened(tmp_path / "data", milvus.url, letters) as store:
        fill(store, TOLL, MILL)
        yield store


def found(store: Store, filters: Filters | None = None) -> SearchResult:
    with closing(Search(store)) as search:
        return search(BRIDGE, filters=filters)


def is_whole(store: Store) -> bool:
    """Whether words and vectors of both articles are found."""
    hits = found(store).hits
    return len(hits) == 2 and all(hit.dense for hit in hits) and hits[0].bm25 > 0


def eventually(check: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + SOON
    while not check():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_words_and_vectors_are_in_milvus_and_nowhere_else(shelf: Store) -> None:
    coverage = pending.index_coverage(shelf.catalog)
    assert shelf.bm25.count() == shelf.vectors.count() == coverage.words == coverage.vectors == coverage.passages == 2
    assert not any((shelf.folder / name).exists() for name in ("words", "vectors"))
    assert is_whole(shelf)
    assert {hit.passage.article for hit in found(shelf, Filters(outlet="tide")).hits} == {"toll"}


def test_frequencies_follow_what_is_added_and_removed(shelf: Store) -> None:
    assert shelf.bm25.document_frequencies(["straw", "lorri"]) == ({"straw": 1, "lorri": 1}, 2)
    shelf.catalog.remove("mill")
    indexer.index_pending(shelf)
    assert shelf.bm25.document_frequencies(["straw", "lorri"]) == ({"straw": 0, "lorri": 1}, 1)
    fill(shelf, replace(TOLL, text=TOLL.text.replace("Lorries", "Tractors")))
    assert shelf.bm25.document_frequencies(["lorri", "tractor"]) == ({"lorri": 0, "tractor": 1}, 1)
    assert shelf.bm25.count() == 1


def test_a_question_to_a_server_that_is_down_fails_at_once_with_one_sentence(
    shelf: Store, milvus: MilvusServer
) -> None:
    assert is_whole(shelf)
    with outage(milvus):
        for _ in range(2):
            with pytest.raises(IndexServerUnavailable) as failure:
                found(shelf)
            assert str(failure.value) == (
                f"The Milvus server {milvus.url} cannot be reached; start it or correct ONRECORD_INDEX_URL."
            )
        indexer.add_articles(shelf, [article("ferry", "The ferry across the river is steered by a woman of ninety.")])
        with pytest.raises(IndexServerUnavailable):
            indexer.index_pending(shelf)
        assert pending.count_pending(shelf.catalog, "words") == pending.count_pending(shelf.catalog, "vectors") == 1
    with indexing_in_background(shelf, every=0.1):
        assert eventually(lambda: not pending.has_pending(shelf.catalog))
    assert len(found(shelf).hits) == 3


def test_a_collection_that_was_lost_is_made_again_without_embedding_anew(
    shelf: Store, milvus: MilvusServer, letters: Letters
) -> None:
    embedded = letters.embedded
    milvus.lose_everything()
    time.sleep(0.3)
    with opened(shelf.folder, milvus.url, letters) as store:
        assert found(store).hits == ()
        assert term_counts.frequencies(store.catalog, ["straw"]) == {}
        indexer.index_pending(store)
        assert is_whole(store) and letters.embedded == embedded
        assert store.bm25.document_frequencies(["straw"]) == ({"straw": 1}, 2)


def test_two_indexes_share_a_server(shelf: Store, tmp_path: Path, milvus: MilvusServer, letters: Letters) -> None:
    with opened(tmp_path / "other", milvus.url, letters) as other:
        fill(other, article("harbour", "The harbour was closed on Monday because of the storm."))
        indexer.reindex(other)
        assert (other.bm25.count(), shelf.bm25.count()) == (1, 2)


def test_reindexing_makes_the_collection_anew(shelf: Store, letters: Letters) -> None:
    (stray,) = shelf.catalog.hits(shelf.catalog.passage_ids_of(["toll"])).values()
    shelf.bm25.update([replace(stray, passage=replace(stray.passage, id="stray"))], [])
    embedded = letters.embedded
    indexer.reindex(shelf)
    assert (shelf.bm25.count(), letters.embedded) == (2, embedded)
    assert is_whole(shelf)


def test_another_process_finds_a_collection_that_was_made_anew(
    shelf: Store, milvus: MilvusServer, letters: Letters
) -> None:
    with opened(shelf.folder, milvus.url, letters) as other:
        assert is_whole(other)
        indexer.reindex(shelf)
        assert is_whole(other)


def test_another_embedding_model_has_a_collection_of_its_own(
    shelf: Store, milvus: MilvusServer, letters: Letters
) -> None:
    renamed = Letters()
    renamed.name = "other-letters"
    with opened(shelf.folder, milvus.url, renamed) as other:
        assert "onrecord reindex" in found(other).why_no_vectors and found(other).hits[0].bm25 > 0
        indexer.reindex(other)
        assert is_whole(other)
    assert found(shelf).hits[0].bm25 > 0  # by words alone, in the new collection
    indexer.reindex(shelf)
    assert is_whole(shelf) and shelf.bm25.count() == 2


def test_reindexing_without_a_server_keeps_what_there_is(shelf: Store, letters: Letters) -> None:
    gone = opened(shelf.folder, f"http://127.0.0.1:{free_port()}", letters)
    with gone as lost, pytest.raises(IndexServerUnavailable, match="cannot be reached"):
        indexer.reindex(lost)
    assert pending.index_coverage(shelf.catalog).words == shelf.bm25.count() == 2


def test_an_index_moves_from_its_folder_to_milvus_and_back(
    tmp_path: Path, milvus: MilvusServer, letters: Letters
) -> None:
    folder = tmp_path / "data"
    with Store(folder, lambda: letters) as store:
        fill(store, TOLL)
    with opened(folder, milvus.url, letters) as store:
        store.check_vectors()
        fill(store, MILL)
        assert is_whole(store)
    with Store(folder, lambda: letters) as store:
        indexer.index_pending(store)
        assert is_whole(store) and store.bm25.count() == 2
        store.catalog.remove("mill")
        indexer.index_pending(store)
    with opened(folder, milvus.url, letters) as store:
        store.check_vectors()
        indexer.index_pending(store)
        assert [hit.passage.article for hit in found(store).hits] == ["toll"]
        assert store.bm25.document_frequencies(["straw"]) == ({"straw": 0}, 1)


def test_a_file_needs_no_server(tmp_path: Path, letters: Letters) -> None:
    for _ in range(2):
        with opened(tmp_path / "data", str(tmp_path / "index.db"), letters) as store:
            fill(store, TOLL, MILL)
            assert is_whole(store)
