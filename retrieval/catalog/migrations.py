"""Catalogs made by earlier versions, brought up to the schema of this one."""

import sqlite3

from retrieval.text.canonical_url import url_key

_TEXT = "TEXT NOT NULL DEFAULT ''"
_LATER = (
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


def migrate(db: sqlite3.Connection) -> None:
    """Add what is missing, before the schema makes what is not there at all; part of the caller's transaction."""
    missing = [(table, column, kind) for table, column, kind in _LATER if column not in _columns(db, table)]
    for table, column, kind in missing:
        if _columns(db, table):
            db.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")
            if column == "page":
                _fill_pages(db)
            if column == "start":
                db.execute("UPDATE quotes SET start = json_extract(spans, '$[0][0]')")
    for index in _OUTDATED_INDEXES:
        db.execute(f"DROP INDEX IF EXISTS {index}")
    db.execute("DROP TABLE IF EXISTS quote_terms")


def _columns(db: sqlite3.Connection, table: str) -> set[str]:
    return {row["name"] for row in db.execute(f"PRAGMA table_info({table})")}


def _fill_pages(db: sqlite3.Connection) -> None:
    current = "SELECT a.id, v.url FROM articles a JOIN versions v ON v.article = a.id AND v.number = a.version"
    pages = [(url_key(row["url"]), row["id"]) for row in db.execute(current)]
    db.executemany("UPDATE articles SET page = ? WHERE id = ?", pages)
