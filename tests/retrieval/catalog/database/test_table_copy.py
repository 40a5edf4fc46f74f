"""Tables are copied in batches, go on after an end, and are compared by what is in them."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from retrieval.catalog.catalog import Catalog
from retrieval.catalog.database import tables
from retrieval.catalog.database.table_copy import BATCH_ROWS, CATALOG_TABLES, TableCopy, checksum, copy_table
from retrieval.catalog.rows import SegmentedArticle
from retrieval.documents import Quote
from tests.support.articles import article

ROWS = 2 * BATCH_ROWS + 500
BY_TABLE = {what.table.name: what for what in CATALOG_TABLES}
STATE = {"mark": "m", "etag": "", "last_modified": "", "digest": "", "due": "", "days": 1.5, "gone": "", "listed": 0}


class Killed(Exception):
    """Ends a copy."""


@pytest.fixture
def original(tmp_path: Path) -> Iterator[Catalog]:
    """A catalog with more rows than two batches, and an article with its passages."""
    with closing(Catalog(tmp_path / "original.db")) as opened:
        rows = [{"source": f"s{n % 7}", "url": f"u{n:05}", **STATE} for n in range(ROWS)]
        with opened.transaction() as db:
            db.execute(insert(tables.visits), rows)
        one = article("pier", "The pier is closed. The ferry is not.")
        cut = [((0, 19), ""), ((20, 37), "")]
        opened.save_articles([SegmentedArticle(one, cut), SegmentedArticle(replace(one, id="gone"), cut)])
        opened.database.run(text("UPDATE passages SET words = 1, vectors = 1"))
        opened.remove("gone")
        opened.set_fact("odd", "a\0b")
        for day in ("2026-01-01", "2026-01-02"):
            opened.record_run(day, 1, 0, 0, 0)
        yield opened


def copied(source: Catalog, target: Catalog, *names: str) -> None:
    with source.database.snapshot() as db:
        for what in (BY_TABLE[name] for name in names or BY_TABLE):
            copy_table(db, target.database, what, lambda stage, done, total: None)


def same(one: Catalog, two: Catalog, what: TableCopy) -> bool:
    with one.database.snapshot() as here, two.database.snapshot() as there:
        return checksum(here, what) == checksum(there, what)


def test_all_that_is_copied_is_the_same_and_has_yet_to_be_indexed(original: Catalog, catalog: Catalog) -> None:
    for _ in range(2):
        copied(original, catalog)
    assert all(same(original, catalog, what) for what in CATALOG_TABLES)
    assert catalog.value(text("SELECT count(*) FROM passages WHERE words = 0 AND vectors = 0 AND live = 1")) == 2
    assert [one.id for one in catalog.articles()] == ["pier"]


def test_a_copy_goes_on_where_it_was_ended(original: Catalog, catalog: Catalog) -> None:
    seen = list[int]()

    def end(stage: str, done: int, total: int) -> None:
        raise Killed

    with original.database.snapshot() as db:
        for stop in (end, end, lambda stage, done, total: seen.append(done)):
            try:
                copy_table(db, catalog.database, BY_TABLE["visits"], stop)
            except Killed:
                continue
    assert seen == [ROWS] and same(original, catalog, BY_TABLE["visits"])


def test_a_row_that_differs_is_noticed(original: Catalog, catalog: Catalog) -> None:
    copied(original, catalog, "visits")
    catalog.database.run(text("UPDATE visits SET days = 2 WHERE url = 'u00007'"))
    assert not same(original, catalog, BY_TABLE["visits"])


def test_new_rows_follow_those_that_were_copied(original: Catalog, catalog: Catalog) -> None:
    copied(original, catalog)
    spoken = Quote("Ana Pell", "Mayor", True, "direct", "A new", ((0, 5),))
    catalog.save_articles([SegmentedArticle(article("new", "A new sentence stands here."), [((0, 27), "")], (spoken,))])
    assert catalog.article_ids() == ["pier", "new"]
