"""The catalog's tables; a SQLite catalog that was made before Alembic counted the revisions is completed."""

from typing import Any

from alembic import op
from sqlalchemy import BigInteger, Column, Float, Identity, Integer, text

from retrieval.catalog.database.migrations import earlier_catalogs
from retrieval.catalog.database.migrations.operations import create_index, create_table, texts

revision = "catalog_6"
down_revision = None

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
    create_table("facts", *texts("key", key=True), *texts("value"))
    create_table("runs", *texts("started", "finished"), *_numbers("added", "changed", "unchanged", "failed"))
    create_index("runs_finished", "runs", "finished")
    if is_sqlite:
        earlier_catalogs.complete_rows(db, int(db.exec_driver_sql("PRAGMA user_version").scalar_one()))


def _create_articles() -> None:
    create_table("articles", *texts("id", key=True), *_numbers("version"), *texts("hash", "copy_of", "page"), *_rowid())
    create_index("articles_of_page", "articles", "page")
    create_index("copies_of_article", "articles", "copy_of")
    create_table(
        "versions",
        *texts("article", key=True),
        *_numbers("number", key=True),
        *texts("added", "source", "url", "title", "authors", "outlet", "published", "updated", "language", "headings"),
        *texts("text", "section"),
        *_numbers("extraction"),
    )
    for name, column in (("day", "published"), ("outlet", "outlet"), ("authors", "authors"), ("language", "language")):
        create_index(f"versions_of_{name}", "versions", column, "article", "number")
    create_table("withdrawn", *texts("article", key=True), *texts("at", "why"))
    band = Column("band", _LONG, primary_key=True, nullable=False, autoincrement=False)
    create_table("bands", band, *texts("article", key=True), sqlite_with_rowid=False)
    create_index("bands_of_article", "bands", "article")
    create_table("uncut", *texts("article", key=True))


def _create_passages() -> None:
    create_table(
        "passages",
        *texts("id", key=True),
        *texts("article"),
        *_numbers("version", "start", "end"),
        *texts("heading", "text", "published"),
        *_numbers("live", "words", "vectors"),
        *_rowid(),
    )
    create_index("passages_of_article", "passages", "article", "start")
    for index in ("words", "vectors"):
        create_index(f"{index}_owed", "passages", text("(version > 1)"), "published", where=f"{index} <> live")
    create_index("passages_by_state", "passages", "live", "vectors", "words")


def _create_quotes() -> None:
    create_table(
        "quotes",
        Column("id", _LONG, primary_key=True, nullable=False, autoincrement=True),
        *texts("article", "name", "surname"),
        *_numbers("person"),
        *texts("role", "kind", "words", "spans", "source", "cue"),
        *_numbers("said"),
        *texts("published", "given"),
        *_numbers("start"),
        *texts("modality"),
        sqlite_autoincrement=True,
    )
    create_index("quotes_in_article", "quotes", "article", "start")
    create_index("quotes_of_name", "quotes", "name", "published", where="said = 1")
    create_table(
        "speakers",
        *texts("name", key=True),
        *texts("surname", "given"),
        *_numbers("person", "quotes"),
        *texts("newest"),
        sqlite_with_rowid=False,
    )
    create_index("speakers_of_surname", "speakers", "surname")
    create_index("people_of_surname", "speakers", "person", "surname")
    create_index("speakers_of_given", "speakers", "given", where="given <> ''")


def _create_sources() -> None:
    create_table(
        "sources",
        *texts("url", key=True),
        *texts("kind", "title"),
        Column("minutes", Float, nullable=False),
        *texts("added", "due", "tried", "succeeded"),
        *_numbers("failures"),
        *texts("error"),
        *_numbers("complete"),
    )
    create_table(
        "visits",
        *texts("source", "url", key=True),
        *texts("mark", "etag", "last_modified", "digest", "due"),
        Column("days", Float, nullable=False),
        *texts("gone"),
        *_numbers("listed"),
        sqlite_with_rowid=False,
    )
    create_index("visits_due", "visits", "source", "due")
    create_table("brought", *texts("article", "source", "url", key=True), sqlite_with_rowid=False)
    create_index("brought_by", "brought", "source", "url")
    counts = _numbers("added", "changed", "unchanged", "failed", "withdrawn")
    create_table("source_runs", *texts("source", "started", "finished"), *counts, *texts("error"), *_rowid())
    create_index("runs_of_source", "source_runs", "source", "finished")


def _numbers(*names: str, key: bool = False) -> list[Column[Any]]:
    return [Column(name, Integer, primary_key=key, nullable=False) for name in names]


def _rowid() -> list[Column[Any]]:
    """The order in which rows were inserted, which SQLite counts by itself."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    return [] if is_sqlite else [Column("rowid", BigInteger, Identity(), nullable=False)]
