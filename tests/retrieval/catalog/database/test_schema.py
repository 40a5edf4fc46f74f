"""Catalogs of earlier versions are upgraded with all they hold, those of newer versions refused."""

import sqlite3
import threading
import warnings
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, inspect, text

from bot.app import shared_counts
from bot.models import token_ledger
from bot.service import history
from bot.telegram.storage import telegram_database
from bot.web.auth import api_keys, session_tokens
from retrieval.catalog import quote_table
from retrieval.catalog.archive import article_languages
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.database import schema
from retrieval.catalog.database.engine import Database
from retrieval.catalog.database.tables import METADATA
from retrieval.catalog.reader import find_article
from retrieval.catalog.rows import SegmentedArticle
from retrieval.errors import IndexUnavailable
from retrieval.ingest.watching.source_store import SourceStore
from tests.support.articles import article
from tests.support.earlier_catalogs import FEED, PIER, VERSIONS, make_catalog
from tests.support.postgresql import PostgreSQLServer

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

TABLES = {
    "catalog": METADATA,
    "conversations": history.METADATA,
    "keys": api_keys.METADATA,
    "shared": [shared_counts.METADATA, session_tokens.METADATA],
    "spent": token_ledger.METADATA,
    "telegram": telegram_database.METADATA,
}


def names(catalog: Catalog) -> set[tuple[str, str]]:
    listed = "SELECT type, name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'"
    return {(row.type, row.name) for row in catalog.rows(text(listed))}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_catalog_of_an_earlier_version_answers_as_before(tmp_path: Path, version: int) -> None:
    make_catalog(tmp_path / "catalog.db", version)
    for _ in range(2):  # the second time there is nothing to do
        with closing(Catalog(tmp_path / "catalog.db")) as catalog:
            assert catalog.article("pier") == PIER and catalog.ingest_outcome(PIER) == "unchanged"
            (hit,) = catalog.hits(catalog.passage_ids_of(["pier"])).values()
            assert (hit.passage.id, hit.passage.text) == ("0123456789abcdef", PIER.text)
            (found,) = quote_table.quotes_by_names(catalog, ["Ana Pell Jr."])
            assert (found.quote.words, found.quote.is_said, found.quote.start) == ("“Endlich,”", True, 91)
            assert quote_table.speaker_names(catalog, words=["pell"]) == [("Ana Pell Jr.", True, 1, "2025-03-01")]
            assert quote_table.speaker_names(catalog, words=["jr"]) == []
            assert article_languages(catalog) == {"de": 1}
            assert (catalog.fact("embedding"), catalog.last_run()[:10]) == ("minilm", "2025-03-01")
            assert catalog.withdrawal_reason("gone") == "removed"
            assert SourceStore(catalog).get(FEED)


@pytest.mark.parametrize("version", VERSIONS)
def test_speakers_of_an_upgraded_catalog_are_counted_once(tmp_path: Path, version: int) -> None:
    make_catalog(tmp_path / "catalog.db", version)
    with closing(Catalog(tmp_path / "catalog.db")) as catalog:
        (found,) = quote_table.quotes_of_article(catalog, "pier")
        catalog.save_articles([SegmentedArticle(article("other", PIER.text), [((0, 90), "")], [found.quote])])
        assert [row[2] for row in quote_table.speaker_names(catalog)] == [2]
        catalog.remove("pier")
        catalog.remove("other")
        assert quote_table.speaker_names(catalog) == []


def test_a_catalog_from_before_versions_were_counted_opens_and_takes_articles(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "catalog.db") as db:
        db.executescript(OLD)
    db.close()
    for _ in range(2):
        with closing(Catalog(tmp_path / "catalog.db")) as catalog:
            found = catalog.article("pier")
            assert (found.authors, found.section, catalog.copy_of("pier")) == (("Mara Lind",), "", "")
            assert catalog.hits(["0123456789abcdef"])["0123456789abcdef"].passage.text == found.text
            assert find_article(catalog, "http://example.org/pier") == "pier"
            catalog.save_articles([SegmentedArticle(article("new", "A new text.", section="Port"), [((0, 11), "")])])
            assert catalog.article("new").section == "Port"


def test_new_and_upgraded_catalogs_have_the_same_tables(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "old.db")) as db:
        db.executescript(OLD)
    for version in VERSIONS:
        make_catalog(tmp_path / f"{version}.db", version)
    found = list[set[tuple[str, str]]]()
    for name in ("new", "old", *VERSIONS):
        with closing(Catalog(tmp_path / f"{name}.db")) as catalog:
            found.append(names(catalog))
    assert all(one == found[0] for one in found) and ("table", "quotes") in found[0]


@pytest.mark.parametrize("branch", schema.HEADS)
def test_the_tables_that_statements_are_written_with_are_those_of_the_revisions(
    database: Database, branch: str
) -> None:
    schema.upgrade(database, branch)
    assert different_tables(database, TABLES[branch], branch) == []


def different_tables(database: Database, tables: MetaData | Sequence[MetaData], branch: str) -> list[object]:
    named = {name for one in ([tables] if isinstance(tables, MetaData) else tables) for name in one.tables}

    def is_compared(_: object, name: str | None, kind: str, *__: object) -> bool:
        return name != "rowid" and (kind != "table" or name in named)

    with database.connection() as db, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SQLite does not tell what an index of an expression holds
        context = MigrationContext.configure(
            db, opts={"include_object": is_compared, "version_table": schema.version_table(branch)}
        )
        return list(compare_metadata(context, tables))


@pytest.mark.parametrize("branch", schema.HEADS)
def test_the_newest_revision_of_a_branch_is_the_one_that_opening_looks_for(database: Database, branch: str) -> None:
    scripts = ScriptDirectory(str(schema.MIGRATIONS), version_locations=[str(schema.MIGRATIONS / branch)])
    assert scripts.get_heads() == [f"{branch}_{schema.HEADS[branch]}"]
    schema.upgrade(database, branch)
    with database.connection() as db:
        assert schema.revision(db, branch) == schema.HEADS[branch]
        assert db.execute(text(f"SELECT version_num FROM {schema.version_table(branch)}")).scalars().all() == [
            f"{branch}_{schema.HEADS[branch]}"
        ]


def test_a_catalog_of_a_newer_version_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    newer = schema.HEADS["catalog"] + 1
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


def test_records_of_a_newer_version_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "spent.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(IndexUnavailable, match=r"newer version of OnRecord \(spent schema 99"):
        token_ledger.TokenLedger(path)


@pytest.mark.postgresql
def test_a_newer_catalog_on_a_server_is_refused(postgresql: PostgreSQLServer) -> None:
    database = Database(postgresql.new_database())
    Catalog(database)
    database.run(text("UPDATE catalog_version SET version_num = 'catalog_999'"))
    with pytest.raises(IndexUnavailable, match=r"newer version of OnRecord \(catalog schema 999"):
        Catalog(database)


def test_an_upgrade_that_fails_leaves_the_catalog_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    make_catalog(path, 2)
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE quotes SET name = x'ff'")  # no text, so that its surname cannot be told
        db.commit()
        before = list(db.execute("SELECT sql FROM sqlite_schema"))
    with pytest.raises((TypeError, AttributeError, IndexUnavailable)):
        Catalog(path)
    with closing(sqlite3.connect(path)) as db:
        assert list(db.execute("SELECT sql FROM sqlite_schema")) == before
        assert db.execute("PRAGMA user_version").fetchone()[0] == 2


def test_processes_that_open_a_new_catalog_together_create_it_once(database: Database) -> None:
    failed = list[BaseException]()

    def open_it() -> None:
        try:
            Catalog(Database(database.url)).close()
        except BaseException as exc:
            failed.append(exc)

    threads = [threading.Thread(target=open_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == [] and inspect(database.engine).has_table("articles")
