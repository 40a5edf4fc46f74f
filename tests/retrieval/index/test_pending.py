"""What the derived indexes are owed."""

from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event, text

from retrieval.catalog.catalog import Catalog
from retrieval.catalog.rows import SegmentedArticle
from retrieval.index import pending
from retrieval.index.pending import IndexCoverage
from tests.support.articles import article

TEXT = "The pier is closed. The ferry is not."
CUT = [((0, 19), ""), ((20, 37), "")]


@pytest.fixture
def catalog(catalog: Catalog) -> Catalog:
    catalog.save_articles(
        [
            SegmentedArticle(article("old", TEXT, published="2025-01-01"), CUT),
            SegmentedArticle(article("new", TEXT, published="2026-01-01"), CUT),
        ]
    )
    return catalog


def take(catalog: Catalog, *indexes: pending.DerivedIndex) -> None:
    for index in indexes:
        added, removed = pending.pending_passages(catalog, index, 100), pending.pending_deletes(catalog, index, 100)
        pending.mark_indexed(catalog, index, added=added, removed=removed)


def test_new_passages_are_owed_to_both_indexes_newest_article_first(catalog: Catalog) -> None:
    for index in pending.DERIVED_INDEXES:
        assert pending.count_pending(catalog, index) == 4
        first = catalog.hits(pending.pending_passages(catalog, index, 2))
        assert {hit.passage.article for hit in first.values()} == {"new"}


def test_what_one_index_took_is_still_owed_to_the_other(catalog: Catalog) -> None:
    take(catalog, "words")
    assert (pending.count_pending(catalog, "words"), pending.count_pending(catalog, "vectors")) == (0, 4)
    assert pending.has_pending(catalog)
    take(catalog, "vectors")
    assert not pending.has_pending(catalog)


def test_passages_no_index_has_yet_are_gone_at_once(catalog: Catalog) -> None:
    catalog.remove("old")
    assert pending.pending_deletes(catalog, "words", 10) == []
    assert catalog.value(text("SELECT count(*) FROM passages")) == 2


def test_passages_of_a_removed_article_wait_until_both_indexes_let_go(catalog: Catalog) -> None:
    take(catalog, "words", "vectors")
    catalog.remove("old")
    assert (
        len(pending.pending_deletes(catalog, "words", 10)) == len(pending.pending_deletes(catalog, "vectors", 10)) == 2
    )
    take(catalog, "words")
    assert catalog.value(text("SELECT count(*) FROM passages")) == 4
    take(catalog, "vectors")
    assert catalog.value(text("SELECT count(*) FROM passages")) == 2


def test_the_generation_changes_with_the_vectors_only(catalog: Catalog) -> None:
    before = pending.vector_generation(catalog)
    take(catalog, "words")
    assert pending.vector_generation(catalog) == before
    take(catalog, "vectors")
    assert pending.vector_generation(catalog) > before


def test_forgetting_an_index_owes_it_every_current_passage(catalog: Catalog) -> None:
    take(catalog, "words", "vectors")
    pending.mark_all_pending(catalog, "words")
    assert (pending.count_pending(catalog, "words"), pending.count_pending(catalog, "vectors")) == (4, 0)


def test_forgetting_both_indexes_leaves_no_row_of_a_removed_article(catalog: Catalog) -> None:
    take(catalog, "words", "vectors")
    catalog.remove("old")
    pending.mark_all_pending(catalog, "words")
    pending.mark_all_pending(catalog, "vectors")
    take(catalog, "words", "vectors")
    assert catalog.value(text("SELECT count(*) FROM passages WHERE article = 'old'")) == 0


def test_share_counts_current_passages_only(catalog: Catalog) -> None:
    take(catalog, "words", "vectors")
    catalog.remove("old")
    assert pending.index_coverage(catalog) == IndexCoverage(articles=1, passages=2, words=2, vectors=2)
    catalog.save_articles([SegmentedArticle(article("third", TEXT), CUT)])
    assert pending.index_coverage(catalog) == IndexCoverage(articles=2, passages=4, words=2, vectors=2)
    assert pending.index_coverage(catalog).vectors_percent == 50


def test_an_empty_index_is_complete() -> None:
    assert IndexCoverage(0, 0, 0, 0).vectors_percent == 100


def test_passages_are_counted_without_reading_their_texts(tmp_path: Path) -> None:
    asked: list[str] = []
    with closing(Catalog(tmp_path / "catalog.db")) as catalog:
        engine = catalog.database.engine
        event.listen(engine, "connect", lambda db, _: db.set_trace_callback(asked.append))
        catalog.close()
        pending.index_coverage(catalog)
        pending.verify_collection(catalog, "somewhere", lambda: 0)
        counts = [sql for sql in asked if "FROM passages" in sql and sql.startswith("SELECT")]
        plans = [catalog.rows(text(f"EXPLAIN QUERY PLAN {sql}"))[0].detail for sql in counts]
    assert plans and all("COVERING INDEX" in plan for plan in plans)
