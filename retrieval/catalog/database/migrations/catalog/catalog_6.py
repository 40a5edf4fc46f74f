"""The catalog's tables; a SQLite catalog that was made before Alembic counted the revisions is completed."""

from typing import Any

from alembic import op
from sqlalchemy import BigInteger, Column, Float, Identity, Integer, Text, text
from sqlalchemy.sql.elements import TextClause

from retrieval.catalog.database.migrations import earlier_catalogs

revision = "catalog_6"
down_revision = None

_TEXT = Text().with_variant(Text(collation="C"), "postgresql")
_LONG = BigInteger().with_variant(Integer(), "sqlite")


def upgrade() -> None:
    """Create what is missing: everything, or what an earlier catalog lacks."""
    db = op.get_bind()
    is_sqlite = db.dialect.name == "sqlite"
    if is_sqlite:
        earlier_catalogs.complete_columns(db)
    _create_articles()
    _create_passages()
    _create_quotes()
    _create_sources()
    _create_table("facts", *_texts("key", key=True), *_texts("value"))
    _create_table("runs", *_texts("started", "finished"), *_numbers("added", "changed", "unchanged", "failed"))
    _create_index("runs_finished", "runs", "finished")
    if is_sqlite:
        earlier_catalogs.complete_rows(db, int(db.exec_driver_sql("PRAGMA user_version").scalar_one()))


def _create_articles() -> None:
    _create_table(
        "articles", *_texts("id", key=True), *_numbers("version"), *_texts("hash", "copy_of", "page"), *_rowid()
    )
    _create_index("articles_of_page", "articles", "page")
    _create_index("copies_of_article", "articles", "copy_of")
    _create_table(
        "versions",
        *_texts("article", key=True),
        *_numbers("number", key=True),
        *_texts("added", "source", "url", "title", "authors", "outlet", "published", "updated", "language", "headings"),
        *_texts("text", "section"),
        *_numbers("extraction"),
    )
    for name, column in (("day", "published"), ("outlet", "outlet"), ("authors", "authors"), ("language", "language")):
        _create_index(f"versions_of_{name}", "versions", column, "article", "number")
    _create_table("withdrawn", *_texts("article", key=True), *_texts("at", "why"))
    band = Column("band", _LONG, primary_key=True, nullable=False, autoincrement=False)
    _create_table("bands", band, *_texts("article", key=True), sqlite_with_rowid=False)
    _create_index("bands_of_article", "bands", "article")
    _create_table("uncut", *_texts("article", key=True))


def _create_passages() -> None:
    _create_table(
        "passages",
        *_texts("id", key=True),
        *_texts("article"),
        *_numbers("version", "start", "end"),
        *_texts("heading", "text", "published"),
        *_numbers("live", "words", "vectors"),
        *_rowid(),
    )
    _create_index("passages_of_article", "passages", "article", "start")
    for index in ("words", "vectors"):
        _create_index(f"{index}_owed", "passages", text("(version > 1)"), "published", where=f"{index} <> live")
    _create_index("passages_by_state", "passages", "live", "vectors", "words")


def _create_quotes() -> None:
    _create_table(
        "quotes",
        Column("id", _LONG, primary_key=True, nullable=False, autoincrement=True),
        *_texts("article", "name", "surname"),
        *_numbers("person"),
        *_texts("role", "kind", "words", "spans", "source", "cue"),
        *_numbers("said"),
        *_texts("published", "given"),
        *_numbers("start"),
        *_texts("modality"),
        sqlite_autoincrement=True,
    )
    _create_index("quotes_in_article", "quotes", "article", "start")
    _create_index("quotes_of_name", "quotes", "name", "published", where="said = 1")
    _create_table(
        "speakers",
        *_texts("name", key=True),
        *_texts("surname", "given"),
        *_numbers("person", "quotes"),
        *_texts("newest"),
        sqlite_with_rowid=False,
    )
    _create_index("speakers_of_surname", "speakers", "surname")
    _create_index("people_of_surname", "speakers", "person", "surname")
    _create_index("speakers_of_given", "speakers", "given", where="given <> ''")


def _create_sources() -> None:
    _create_table(
        "sources",
        *_texts("url", key=True),
        *_texts("kind", "title"),
        Column("minutes", Float, nullable=False),
        *_texts("added", "due", "tried", "succeeded"),
        *_numbers("failures"),
        *_texts("error"),
        *_numbers("complete"),
    )
    _create_table(
        "visits",
        *_texts("source", "url", key=True),
        *_texts("mark", "etag", "last_modified", "digest", "due"),
        Column("days", Float, nullable=False),
        *_texts("gone"),
        *_numbers("listed"),
        sqlite_with_rowid=False,
    )
    _create_index("visits_due", "visits", "source", "due")
    _create_table("brought", *_texts("article", "source", "url", key=True), sqlite_with_rowid=False)
    _create_index("brought_by", "brought", "source", "url")
    counts = _numbers("added", "changed", "unchanged", "failed", "withdrawn")
    _create_table("source_runs", *_texts("source", "started", "finished"), *counts, *_texts("error"), *_rowid())
    _create_index("runs_of_source", "source_runs", "source", "finished")


def _texts(*names: str, key: bool = False) -> list[Column[Any]]:
    return [Column(name, _TEXT, primary_key=key, nullable=False) for name in names]


def _numbers(*names: str, key: bool = False) -> list[Column[Any]]:
    return [Column(name, Integer, primary_key=key, nullable=False) for name in names]


def _rowid() -> list[Column[Any]]:
    """The order in which rows were inserted, which SQLite counts by itself."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    return [] if is_sqlite else [Column("rowid", BigInteger, Identity(), nullable=False)]


def _create_table(name: str, *columns: Column[Any], **options: Any) -> None:
    op.create_table(name, *columns, if_not_exists=True, **options)


def _create_index(name: str, table: str, *columns: str | TextClause, where: str | None = None) -> None:
    condition = None if where is None else text(where)
    op.create_index(name, table, list(columns), if_not_exists=True, sqlite_where=condition, postgresql_where=condition)
