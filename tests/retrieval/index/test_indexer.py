"""Articles into the catalog and from there into both indexes."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from retrieval.catalog.catalog import Catalog
from retrieval.documents import Article
from retrieval.errors import EmbeddingUnavailable, IndexBusy, SourceError
from retrieval.index import indexer, pending
from retrieval.index.integrity.write_lock import write_lock
from retrieval.index.store import Store
from retrieval.index.vectors.minilm import EmbeddingModel, MiniLM
from tests.support.articles import article, fill

PIER = "The harbour council voted on Tuesday to close the old ferry pier for eleven months of repairs."
MILL = "A paper mill upstream has begun to burn straw instead of gas, its owner told shareholders on Friday."


class Counting(EmbeddingModel):
    """Two-dimensional vectors, and every text it was ever asked to embed."""

    def __init__(self, name: str = "counting") -> None:
        self.name, self.texts = name, list[str]()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.texts.extend(texts)
        return [[float(len(text)), 1.0] for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return [float(len(text)), 1.0]


@pytest.fixture
def counting() -> Counting:
    return Counting()


@pytest.fixture
def counted(tmp_path: Path, counting: Counting) -> Iterator[Store]:
    with Store(tmp_path / "counted", lambda: counting) as opened:
        yield opened


def counts(store: Store) -> tuple[int, int, int]:
    return pending.index_coverage(store.catalog).passages, store.bm25.count(), store.vectors.count()


def test_an_added_article_is_in_the_catalog_and_both_indexes(store: Store) -> None:
    tally = fill(store, article("pier", PIER), article("mill", MILL))
    assert (tally.added, tally.changed, tally.unchanged, tally.failed) == (2, 0, 0, ())
    assert counts(store) == (2, 2, 2)


def test_facts_that_could_not_be_read_are_reported_when_an_article_is_stored(store: Store) -> None:
    undated = replace(article("pier", PIER), warnings=("has the date soon",))
    reported = f"{undated.source}: has the date soon."
    assert [indexer.add_articles(store, [undated]).warnings for _ in range(2)] == [(reported,), ()]


def test_adding_twice_changes_nothing(counted: Store, counting: Counting) -> None:
    fill(counted, article("pier", PIER))
    embedded, before = len(counting.texts), counted.catalog.passage_ids_of(["pier"])
    tally = fill(counted, article("pier", PIER))
    assert (tally.added, tally.unchanged) == (0, 1)
    assert (len(counting.texts), counted.catalog.passage_ids_of(["pier"]), counts(counted)) == (
        embedded,
        before,
        (1, 1, 1),
    )


def test_a_changed_article_leaves_no_old_passage_in_any_index(counted: Store) -> None:
    fill(counted, article("pier", PIER), article("mill", MILL))
    old = counted.catalog.passage_ids_of(["pier"])
    tally = fill(counted, article("pier", PIER.replace("pier", "quay")))
    assert tally.changed == 1
    assert counts(counted) == (2, 2, 2)
    assert old[0] not in dict(counted.bm25.search(["council"], 10))
    assert old[0] not in dict(
        counted.vectors.search([1.0, 1.0], 10, generation=pending.vector_generation(counted.catalog))
    )
    assert counted.catalog.value(text("SELECT count(*) FROM passages")) == 2


def test_a_removed_article_leaves_catalog_and_both_indexes(store: Store) -> None:
    fill(store, article("pier", PIER), article("mill", MILL))
    store.catalog.remove("pier")
    indexer.index_pending(store)
    assert counts(store) == (1, 1, 1)
    assert store.bm25.search(["pier"], 10) == []


def test_a_removed_article_can_be_added_again(store: Store) -> None:
    for _ in range(2):
        assert fill(store, article("pier", PIER)).added == 1
        assert counts(store) == (1, 1, 1)
        store.catalog.remove("pier")
    assert fill(store, article("pier", PIER)).added == 1
    assert counts(store) == (1, 1, 1)


def test_an_article_that_comes_twice_in_one_run_is_counted_once(counted: Store) -> None:
    tally = indexer.add_articles(counted, [article("pier", PIER), article("pier", PIER)])
    assert (tally.added, tally.unchanged) == (1, 0)


def test_of_two_versions_in_one_run_the_last_is_current(counted: Store) -> None:
    fill(counted, article("pier", PIER))
    indexer.add_articles(counted, [article("pier", MILL), article("pier", PIER)])
    assert counted.catalog.article("pier").text == PIER


def test_sources_that_failed_are_named_and_the_others_go_on(counted: Store) -> None:
    broken = SourceError("letter.txt", "is empty")
    tally = fill(counted, article("pier", PIER), broken, article("mill", MILL))
    assert (tally.added, tally.failed) == (2, (broken,))


@pytest.mark.parametrize(
    "notice",
    [
        "We and our partners store cookies and your personal data under legitimate interest; see our privacy policy.",
        "Share\n\nTweet\n\nSubscribe\n\nLeave a Reply",
    ],
)
def test_a_page_with_a_notice_only_is_refused(counted: Store, notice: str) -> None:
    tally = fill(counted, article("notice", notice))
    assert [failure.source for failure in tally.failed] == ["notice"]
    assert (tally.added, counts(counted)) == (0, (0, 0, 0))


def test_boilerplate_is_in_no_passage_and_headings_are_context(counted: Store) -> None:
    title = "Council closes old ferry pier after survey"
    parts = ["Share", f"{title} frontpage news", PIER, "Who will pay", MILL, "Leave a Reply", "Trending Posts"]
    fill(counted, article("pier", "\n\n".join(parts), title=title))
    hits = counted.catalog.hits(counted.catalog.passage_ids_of(["pier"])).values()
    assert {(hit.passage.heading, hit.passage.text) for hit in hits} == {("", PIER), ("Who will pay", MILL)}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=400) | st.text(st.sampled_from('aB .!?“”"\n\r\t;é\u2028😀'), max_size=1500))
def test_offsets_cut_the_stored_text_exactly(counted: Store, text: str) -> None:
    added = Article(id="any", source="any", url="", title="any", text=text + "\n\n" + PIER)
    assert not indexer.add_articles(counted, [added]).failed
    stored = counted.catalog.article("any")
    assert stored.text == added.text
    hits = counted.catalog.hits(counted.catalog.passage_ids_of(["any"])).values()
    assert hits
    assert all(stored.text[hit.passage.start : hit.passage.end] == hit.passage.text for hit in hits)


def test_add_alone_embeds_nothing(counted: Store, counting: Counting) -> None:
    indexer.add_articles(counted, [article("pier", PIER)])
    assert counting.texts == []
    assert pending.count_pending(counted.catalog, "vectors") == 1


def test_catching_up_with_nothing_owed_does_not_need_the_lock(counted: Store) -> None:
    fill(counted, article("pier", PIER))
    with write_lock(counted.folder):
        indexer.index_pending(counted, wait=0)
    assert counts(counted) == (1, 1, 1)


def test_catching_up_while_another_writes_is_refused_after_the_wait(counted: Store) -> None:
    indexer.add_articles(counted, [article("pier", PIER)])
    with write_lock(counted.folder), pytest.raises(IndexBusy):
        indexer.index_pending(counted, wait=0)


def test_catching_up_ends_when_it_is_told_to(counted: Store, counting: Counting) -> None:
    indexer.add_articles(counted, [article("pier", PIER)])
    stop = Event()
    stop.set()
    indexer.index_pending(counted, stop=stop)
    assert counting.texts == []


def test_progress_is_told_to_the_end(counted: Store) -> None:
    told = list[tuple[str, int, int]]()
    indexer.add_articles(counted, [article("pier", PIER), article("mill", MILL)], lambda *step: told.append(step))
    indexer.index_pending(counted, lambda *step: told.append(step))
    assert {("reading", 2, 0), ("words", 2, 2), ("vectors", 2, 2)} <= set(told)


def test_without_a_model_the_words_are_in_when_the_error_comes(tmp_path: Path) -> None:
    def missing() -> EmbeddingModel:
        raise EmbeddingUnavailable("no model here")

    with Store(tmp_path / "index", missing) as store:
        indexer.add_articles(store, [article("pier", PIER)])
        with pytest.raises(EmbeddingUnavailable):
            indexer.index_pending(store)
        assert (store.bm25.count(), pending.count_pending(store.catalog, "vectors")) == (1, 1)


def test_reindexing_gives_the_same_passages_and_embeds_nothing_again(counted: Store, counting: Counting) -> None:
    fill(counted, article("pier", PIER), article("mill", MILL))
    before, embedded = set(counted.catalog.passage_ids_of(["pier", "mill"])), len(counting.texts)
    indexer.reindex(counted)
    assert set(counted.catalog.passage_ids_of(["pier", "mill"])) == before
    assert (counts(counted), len(counting.texts)) == ((2, 2, 2), embedded)


def test_reindexing_works_in_a_process_that_has_not_searched_yet(tmp_path: Path, model: MiniLM) -> None:
    with Store(tmp_path / "index", lambda: model) as store:
        fill(store, article("pier", PIER))
    with Store(tmp_path / "index", lambda: model) as again:
        indexer.reindex(again)
        assert counts(again) == (1, 1, 1)


def test_reindexing_changes_to_another_model(tmp_path: Path) -> None:
    with Store(tmp_path / "index", lambda: Counting("first")) as store:
        fill(store, article("pier", PIER))
    second = Counting("second")
    with Store(tmp_path / "index", lambda: second) as again:
        with pytest.raises(EmbeddingUnavailable, match=r"first.*second"):
            _ = again.vectors
        indexer.reindex(again)
        assert (counts(again), len(second.texts)) == ((1, 1, 1), 1)


def test_reindexing_repairs_a_damaged_vectors_folder(tmp_path: Path, counting: Counting) -> None:
    with Store(tmp_path / "index", lambda: counting) as store:
        fill(store, article("pier", PIER))
    (tmp_path / "index" / "vectors" / "chroma.sqlite3").write_bytes(b"not a database any more" * 500)
    with Store(tmp_path / "index", lambda: counting) as again:
        indexer.reindex(again)
        assert counts(again) == (1, 1, 1)


def test_runs_are_recorded(counted: Store) -> None:
    assert counted.catalog.last_run() == ""
    indexer.add_articles(counted, [article("pier", PIER)])
    other = Catalog(counted.folder / "catalog.db")
    assert other.last_run()
    other.close()


def test_reindexing_repairs_a_damaged_words_folder(tmp_path: Path, counting: Counting) -> None:
    with Store(tmp_path / "index", lambda: counting) as store:
        fill(store, article("pier", PIER))
    (tmp_path / "index" / "words" / "meta.json").write_text("not an index any more")
    with Store(tmp_path / "index", lambda: counting) as again:
        indexer.reindex(again)
        assert counts(again) == (1, 1, 1)
