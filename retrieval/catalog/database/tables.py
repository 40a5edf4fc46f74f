"""The tables of the catalog, as SQLAlchemy Core writes statements with them; migrations create and change them.

Texts are compared by their bytes, so that days and ids have the same order in SQLite and PostgreSQL.
"""

from typing import Any

from sqlalchemy import BigInteger, Column, Float, Index, Integer, MetaData, Table, text

from retrieval.catalog.database.dialects import AnyText

METADATA = MetaData()
_LONG = BigInteger().with_variant(Integer(), "sqlite")


def _texts(*names: str, key: bool = False) -> list[Column[str]]:
    return [Column(name, AnyText, primary_key=key, nullable=False) for name in names]


def _numbers(*names: str, key: bool = False) -> list[Column[int]]:
    return [Column(name, Integer, primary_key=key, nullable=False) for name in names]


def _rowid() -> Column[int]:
    """The order in which rows were inserted: SQLite's own column, on PostgreSQL one that counts."""
    return Column("rowid", _LONG, nullable=False, system=True)


def _claim() -> list[Column[Any]]:
    """Which worker does what a row stands for, and until when unless it renews that: seconds since 1970."""
    return [
        Column("claimed_by", AnyText, nullable=False, server_default=""),
        Column("claimed_until", Float(53), nullable=False, server_default="0"),
    ]


articles = Table(
    "articles",
    METADATA,
    *_texts("id", key=True),
    *_numbers("version"),  # the current version; 0 once removed
    *_texts("hash"),  # of the content of the current version
    *_texts("copy_of"),  # the article with the same text that is indexed in its place
    *_texts("page"),  # key of its page: the same for all URLs of the page
    _rowid(),
)
Index("articles_of_page", articles.c.page)
Index("copies_of_article", articles.c.copy_of)

versions = Table(
    "versions",
    METADATA,
    *_texts("article", key=True),
    *_numbers("number", key=True),
    *_texts("added", "source", "url", "title", "authors", "outlet", "published", "updated", "language", "headings"),
    *_texts("text", "section"),
    *_numbers("extraction"),  # by which extraction the text was read
)
# Covering indexes for the filters, so that they do not read the texts.
Index("versions_of_day", versions.c.published, versions.c.article, versions.c.number)
Index("versions_of_outlet", versions.c.outlet, versions.c.article, versions.c.number)
Index("versions_of_authors", versions.c.authors, versions.c.article, versions.c.number)
Index("versions_of_language", versions.c.language, versions.c.article, versions.c.number)

withdrawn = Table("withdrawn", METADATA, *_texts("article", key=True), *_texts("at", "why"))

# MinHash bands of each article that is no copy, to find articles with the same text.
bands = Table(
    "bands",
    METADATA,
    Column("band", _LONG, primary_key=True, nullable=False, autoincrement=False),
    *_texts("article", key=True),
    sqlite_with_rowid=False,
)
Index("bands_of_article", bands.c.article)

# Unsegmented articles: copies whose original is gone; their passages and quotes have yet to be extracted.
uncut = Table("uncut", METADATA, *_texts("article", key=True), *_claim())

passages = Table(
    "passages",
    METADATA,
    *_texts("id", key=True),
    *_texts("article"),
    *_numbers("version", "start", "end"),
    *_texts("heading", "text", "published"),
    *_numbers("live"),  # 0: of an older version or a removed article, pending deletion
    *_numbers("words"),  # 1: in the BM25 index
    *_numbers("vectors"),  # 1: in the vector index; 2: a worker writes or deletes it, so it may be there
    _rowid(),
    *_claim(),
)
Index("passages_of_article", passages.c.article, passages.c.start)
# Pending passages, those of corrected articles first: until their new passages are indexed, neither version is.
for _index in ("words", "vectors"):
    _pending = text(f"{_index} <> live")
    Index(
        f"{_index}_owed",
        text("(version > 1)"),
        passages.c.published,
        sqlite_where=_pending,
        postgresql_where=_pending,
        _table=passages,
    )
# Every answer counts the passages in each index while some are pending: a covering index saves reading their texts.
Index("passages_by_state", passages.c.live, passages.c.vectors, passages.c.words)

# Passages with each term by field, counted where the words are in an engine that does not tell it.
terms = Table("terms", METADATA, *_texts("term", "field", key=True), *_numbers("passages"), sqlite_with_rowid=False)

facts = Table("facts", METADATA, *_texts("key", key=True), *_texts("value"))

runs = Table("runs", METADATA, *_texts("started", "finished"), *_numbers("added", "changed", "unchanged", "failed"))
Index("runs_finished", runs.c.finished)  # every answer reads the last one

quotes = Table(
    "quotes",
    METADATA,
    Column("id", _LONG, primary_key=True, nullable=False, autoincrement=True),
    *_texts("article"),  # of its current version; quotes of older versions are deleted
    *_texts("name", "surname"),  # the fullest name in the article; its last word, case-folded
    *_numbers("person"),
    *_texts("role", "kind", "words", "spans", "source", "cue"),
    *_numbers("said"),  # 1: the speaker said the words; 0: a deed, or words that were not said
    *_texts("published", "given"),  # the day of the article; the first word of a person's full name, case-folded
    *_numbers("start"),  # first character of its first span
    *_texts("modality"),
    sqlite_autoincrement=True,
)
Index("quotes_in_article", quotes.c.article, quotes.c.start)
_said = text("said = 1")
Index("quotes_of_name", quotes.c.name, quotes.c.published, sqlite_where=_said, postgresql_where=_said)

# Speakers with their number of quotes that were said, so that look-ups by name do not scan all quotes.
speakers = Table(
    "speakers",
    METADATA,
    *_texts("name", key=True),
    *_texts("surname", "given"),
    *_numbers("person", "quotes"),
    *_texts("newest"),
    sqlite_with_rowid=False,
)
Index("speakers_of_surname", speakers.c.surname)
Index("people_of_surname", speakers.c.person, speakers.c.surname)
_given = text("given <> ''")
Index("speakers_of_given", speakers.c.given, sqlite_where=_given, postgresql_where=_given)

# Watched sources, and the state of each of their documents, so that nothing is fetched or parsed twice without need.
sources = Table(
    "sources",
    METADATA,
    *_texts("url", key=True),
    *_texts("kind", "title"),
    Column("minutes", Float, nullable=False),  # interval between two runs
    *_texts("added", "due", "tried", "succeeded"),  # due: time of the next run; tried, succeeded: end of the last ones
    *_numbers("failures"),  # failed runs since the last success
    *_texts("error"),
    *_numbers("complete"),  # 1: everything that the source lists has been read once
    *_claim(),
)

visits = Table(
    "visits",
    METADATA,
    *_texts("source", "url", key=True),
    *_texts("mark"),  # hash of the document's entry in its listing
    *_texts("etag", "last_modified", "digest"),
    *_texts("due"),  # time of the next check without news in the listing
    Column("days", Float, nullable=False),  # and the interval
    *_texts("gone"),  # since when the document has not been found
    *_numbers("listed"),  # 1: the listing has the text; the page is only checked for its existence
    sqlite_with_rowid=False,
)
Index("visits_due", visits.c.source, visits.c.due)

# Which articles came from which document.
brought = Table("brought", METADATA, *_texts("article", "source", "url", key=True), sqlite_with_rowid=False)
Index("brought_by", brought.c.source, brought.c.url)

source_runs = Table(
    "source_runs",
    METADATA,
    *_texts("source", "started", "finished"),
    *_numbers("added", "changed", "unchanged", "failed", "withdrawn"),
    *_texts("error"),
    _rowid(),
)
Index("runs_of_source", source_runs.c.source, source_runs.c.finished)
