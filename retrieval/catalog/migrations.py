"""Numbered migrations of the catalog's schema; SQLite's `user_version` holds the number of the last one applied.

A catalog at version n is brought up to date by `MIGRATIONS[n:]`, a new one by all of them. A migration that was
released is never edited: append another one, and leave `schema.sql`, which is part of the first, as it is.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files

from retrieval.errors import IndexUnavailable
from retrieval.text.canonical_url import url_key

Migration = Callable[[sqlite3.Connection], None]

_TEXT = "TEXT NOT NULL DEFAULT ''"
_ADDED_COLUMNS = (
    ("versions", "section", _TEXT),
    ("articles", "copy_of", _TEXT),
    ("articles", "page", _TEXT),
    ("quotes", "given", _TEXT),
    ("quotes", "start", "INTEGER NOT NULL DEFAULT 0"),
)
_OUTDATED_INDEXES = (
    *("words_backlog", "vectors_backlog", "versions_of_url"),
    *("quotes_of_surname", "quotes_of_given", "quotes_of_article", "quotes_of_speaker"),
)


def schema_version(db: sqlite3.Connection) -> int:
    """The number of the last migration applied; 0 for a new catalog and for those made before versions were counted."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def migrate(db: sqlite3.Connection, migrations: Sequence[Migration] | None = None) -> None:
    """Apply the migrations that are still missing, in order, as part of the caller's transaction.

    Raises IndexUnavailable when a newer version of OnRecord has made or migrated the catalog.
    """
    wanted = MIGRATIONS if migrations is None else migrations
    applied = schema_version(db)
    if applied > len(wanted):
        raise IndexUnavailable(
            f"The index was made by a newer version of OnRecord (catalog schema {applied}, this one knows "
            f"{len(wanted)}); update OnRecord."
        )
    for migration in wanted[applied:]:
        migration(db)
    if applied < len(wanted):
        db.execute(f"PRAGMA user_version = {len(wanted)}")


def _create_or_complete(db: sqlite3.Connection) -> None:
    """Version 1: create the schema, or complete that of a catalog made before versions were counted.

    What such a catalog lacks is recognised by its columns. Existing tables are altered before `schema.sql` runs,
    because its indexes need the new columns.
    """
    for table, column, definition in _ADDED_COLUMNS:
        existing = _columns(db, table)
        if existing and column not in existing:
            db.execute(f"ALTER TABLE {table} ADD COLUMN {column} {definition}")
            if column == "page":
                _fill_pages(db)
            if column == "start":
                db.execute("UPDATE quotes SET start = json_extract(spans, '$[0][0]')")
    for index in _OUTDATED_INDEXES:
        db.execute(f"DROP INDEX IF EXISTS {index}")
    db.execute("DROP TABLE IF EXISTS quote_terms")
    for statement in _statements((files("retrieval.catalog") / "schema.sql").read_text("utf-8")):
        db.execute(statement)


MIGRATIONS: tuple[Migration, ...] = (_create_or_complete,)


def _statements(script: str) -> Iterator[str]:
    """The statements of a script, one by one: `executescript` would commit the open transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _columns(db: sqlite3.Connection, table: str) -> set[str]:
    return {row["name"] for row in db.execute(f"PRAGMA table_info({table})")}


def _fill_pages(db: sqlite3.Connection) -> None:
    current = "SELECT a.id, v.url FROM articles a JOIN versions v ON v.article = a.id AND v.number = a.version"
    pages = [(url_key(row["url"]), row["id"]) for row in db.execute(current)]
    db.executemany("UPDATE articles SET page = ? WHERE id = ?", pages)
