"""Catalogs of earlier versions are migrated with all they hold, those of newer versions refused."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from retrieval.catalog.catalog import Catalog
from retrieval.catalog.migrations import MIGRATIONS, migrate, schema_version
from retrieval.catalog.reader import find_article
from retrieval.catalog.rows import SegmentedArticle
from retrieval.errors import IndexUnavailable
from tests.support.articles import article

OLD = """
CREATE TABLE articles (id TEXT PRIMARY KEY, version INTEGER NOT NULL, hash TEXT NOT NULL);
CREATE TABLE versions (
    article TEXT NOT NULL, number INTEGER NOT NULL, added TEXT NOT NULL,
    source TEXT NOT NULL, url TEXT NOT NULL, title TEXT NOT NULL, authors TEXT NOT NULL, outlet TEXT NOT NULL,
    published TEXT NOT NULL, updated TEXT NOT NULL, language TEXT NOT NULL, headings TEXT NOT NULL, text TEXT NOT NULL,
    PRIMARY KEY (article, number)
);
CREATE INDEX versions_of_url ON versions (url);
CREATE TABLE passages (
    id TEXT PRIMARY KEY, article TEXT NOT NULL, version INTEGER NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, heading TEXT NOT NULL, text TEXT NOT NULL, published TEXT NOT NULL,
    live INTEGER NOT NULL DEFAULT 1, words INTEGER NOT NULL DEFAULT 0, vectors INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX words_backlog ON passages (published) WHERE words <> live;
INSERT INTO articles VALUES ('pier', 1, 'abc'), ('gone', 0, 'def');
INSERT INTO versions VALUES ('pier', 1, '2025-03-01T00:00:00+00:00', 'a.jsonl',
    'https://www.example.org/pier/?utm_source=x', 'The pier', '["Mara Lind"]', 'Harbour Post', '2025-03-01', '', 'en',
    '[]', 'The pier is closed.');
INSERT INTO passages VALUES ('0123456789abcdef', 'pier', 1, 0, 19, '', 'The pier is closed.', '2025-03-01', 1, 1, 1);
"""


def test_a_catalog_of_an_earlier_version_opens_and_takes_articles(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "catalog.db") as db:
        db.executescript(OLD)
    db.close()
    for _ in range(2):  # the second time there is nothing to do
        catalog = Catalog(tmp_path / "catalog.db")
        found = catalog.article("pier")
        assert (found.authors, found.section, catalog.copy_of("pier")) == (("Mara Lind",), "", "")
        assert catalog.hits(["0123456789abcdef"])["0123456789abcdef"].passage.text == found.text
        assert find_article(catalog, "http://example.org/pier") == "pier"
        catalog.save_articles([SegmentedArticle(article("new", "A new text.", section="Port"), [((0, 11), "")])])
        assert catalog.article("new").section == "Port"
        catalog.close()


def test_new_and_unversioned_catalogs_end_with_the_same_version_and_tables(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "old.db") as db:
        db.executescript(OLD)
    db.close()
    tables = []
    for name in ("old.db", "new.db"):
        with closing(Catalog(tmp_path / name)) as catalog:
            assert schema_version(catalog.db) == len(MIGRATIONS)
            listed = catalog.db.execute("SELECT type, name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'")
            tables.append({tuple(row) for row in listed})
    assert tables[0] == tables[1]


def test_a_catalog_of_a_newer_version_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    newer = len(MIGRATIONS) + 1
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE of_the_future (id TEXT)")
        db.execute(f"PRAGMA user_version = {newer}")
    before = path.read_bytes()
    with pytest.raises(
        IndexUnavailable, match=rf"newer version of OnRecord \(catalog schema {newer}.*; update OnRecord\.$"
    ):
        Catalog(path)
    with closing(sqlite3.connect(path)) as db:
        assert [row[0] for row in db.execute("SELECT name FROM sqlite_schema")] == ["of_the_future"]
        assert db.execute("PRAGMA user_version").fetchone()[0] == newer
    assert len(path.read_bytes()) == len(before)


def test_missing_migrations_are_applied_in_order_and_all_or_none(tmp_path: Path) -> None:
    def add_column(db: sqlite3.Connection) -> None:
        db.execute("ALTER TABLE articles ADD COLUMN note TEXT")

    def use_column(db: sqlite3.Connection) -> None:
        db.execute("UPDATE articles SET note = 'seen'")

    def fail(db: sqlite3.Connection) -> None:
        raise sqlite3.OperationalError("disk full")

    with closing(Catalog(tmp_path / "catalog.db")) as catalog:
        catalog.save_articles([SegmentedArticle(article("pier", "The pier is closed."), [((0, 19), "")])])
        with pytest.raises(sqlite3.OperationalError), catalog.transaction() as db:
            migrate(db, [*MIGRATIONS, add_column, fail])
        assert schema_version(catalog.db) == len(MIGRATIONS)
        with catalog.transaction() as db:
            migrate(db, [*MIGRATIONS, add_column, use_column])
        assert schema_version(catalog.db) == len(MIGRATIONS) + 2
        assert catalog.db.execute("SELECT note FROM articles").fetchone()["note"] == "seen"
