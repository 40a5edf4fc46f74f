"""Complete SQLite catalogs that were made before Alembic counted the revisions: those of `user_version` 0 to 5."""

from sqlalchemy import Connection, inspect, text

from retrieval.quotes.speakers.full_names import given_name, surname
from retrieval.text.addresses.canonical_url import url_key
from retrieval.text.language import SAMPLE_CHARACTERS, article_language

_TEXT = "TEXT NOT NULL DEFAULT ''"
_ADDED_COLUMNS = (
    ("versions", "section", _TEXT),
    ("articles", "copy_of", _TEXT),
    ("articles", "page", _TEXT),
    ("quotes", "given", _TEXT),
    ("quotes", "start", "INTEGER NOT NULL DEFAULT 0"),
    # `said` was 1 where the cue reports words; since there is `modality`, where the words were said as well.
    ("quotes", "modality", "TEXT NOT NULL DEFAULT 'said'"),
    ("versions", "extraction", "INTEGER NOT NULL DEFAULT 0"),
)
_OUTDATED = (
    *(f"INDEX IF EXISTS {name}" for name in ("words_backlog", "vectors_backlog", "versions_of_url")),
    *(f"INDEX IF EXISTS quotes_of_{name}" for name in ("name", "surname", "given", "article", "speaker")),
    *(f"TRIGGER IF EXISTS {name}" for name in ("quote_put", "quote_gone")),  # speakers were counted by triggers
    "TABLE IF EXISTS quote_terms",
)
_CURRENT = "articles a JOIN versions v ON v.article = a.id AND v.number = a.version"


def complete_columns(db: Connection) -> None:
    """Add the columns that the tables lack, and drop what is no longer there; tables may be missing."""
    tables = set(inspect(db).get_table_names())
    for table, column, definition in _ADDED_COLUMNS:
        if table in tables and column not in _columns(db, table):
            db.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN {column} {definition}")
            if column == "page":
                _fill_pages(db)
            if column == "start":
                db.exec_driver_sql("UPDATE quotes SET start = json_extract(spans, '$[0][0]')")
    for outdated in _OUTDATED:
        db.exec_driver_sql(f"DROP {outdated}")


def complete_rows(db: Connection, version: int) -> None:
    """Fill in what rows lack that were stored by a catalog of this version."""
    if version < 1:
        _count_speakers(db)
    if version < 3:
        _tell_languages(db)
    if version < 4:
        _put_suffixes_apart(db)


def _columns(db: Connection, table: str) -> set[str]:
    return {row.name for row in db.exec_driver_sql(f"PRAGMA table_info({table})")}


def _fill_pages(db: Connection) -> None:
    pages = [
        {"page": url_key(row.url), "id": row.id} for row in db.exec_driver_sql(f"SELECT a.id, v.url FROM {_CURRENT}")
    ]
    if pages:
        db.execute(text("UPDATE articles SET page = :page WHERE id = :id"), pages)


def _count_speakers(db: Connection) -> None:
    db.exec_driver_sql(
        "INSERT INTO speakers (name, surname, given, person, quotes, newest) "
        "SELECT name, surname, max(given), max(person), count(*), max(published) FROM quotes "
        "WHERE NOT EXISTS (SELECT 1 FROM speakers) AND said AND name <> '' GROUP BY name"
    )


def _tell_languages(db: Connection) -> None:
    """Tell the language of every current article from the beginning of its text; before, it was what the page declared.

    Takes some minutes for a hundred thousand.
    """
    current = (
        "SELECT v.article, v.number, v.title, substr(v.text, 1, :most) AS beginning, v.language AS declared "
        f"FROM {_CURRENT}"
    )
    told = [
        {
            "told": article_language(row.title, row.beginning, row.declared),
            "article": row.article,
            "number": row.number,
        }
        for row in db.execute(text(current), {"most": SAMPLE_CHARACTERS})
    ]
    if told:
        db.execute(text("UPDATE versions SET language = :told WHERE article = :article AND number = :number"), told)


def _put_suffixes_apart(db: Connection) -> None:
    """Store `John Smith Jr.` under `smith`; he was under `jr`, where nobody looked for him."""
    names = db.exec_driver_sql("SELECT DISTINCT name FROM quotes WHERE person").scalars().all()
    keys = [{"surname": surname(name), "given": given_name(name), "name": name} for name in names]
    for table in ("quotes", "speakers") if keys else ():
        changed = "name = :name AND person AND (surname, given) <> (:surname, :given)"
        db.execute(text(f"UPDATE {table} SET surname = :surname, given = :given WHERE {changed}"), keys)
