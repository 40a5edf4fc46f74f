"""Answer questions about the archive itself from the catalog: who writes, which outlets, of which days, how many."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from sqlalchemy import bindparam, func, literal_column, select, text

from retrieval.catalog.database.dialects import among, text_list
from retrieval.catalog.database.tables import articles, passages, versions
from retrieval.catalog.reader import CatalogReader
from retrieval.catalog.rows import CURRENT
from retrieval.text.dates import names_weekday

_IS_ORIGINAL = articles.c.copy_of == ""
_AUTHORS = select(versions.c.authors).where(versions.c.authors != "[]").distinct()
_OUTLETS = select(versions.c.outlet).where(versions.c.outlet != "").distinct()
_COPIED_BY = select(articles.c.copy_of).select_from(CURRENT).where(articles.c.copy_of != "").distinct()
_COPIED_BY = _COPIED_BY.where(among(versions.c.outlet, text_list("outlets")))
_COUNT = select(func.count()).where(articles.c.version > 0, _IS_ORIGINAL)
_LANGUAGE_COUNTS = (
    select(versions.c.language, func.count().label("articles"))
    .select_from(CURRENT)
    .where(_IS_ORIGINAL)
    .group_by(versions.c.language)
    .order_by(func.count().desc(), versions.c.language)
)
# Every question asks for them, so this jumps from one language to the next in the index, whatever its size.
_LANGUAGES = text(
    "WITH RECURSIVE found (language) AS (SELECT min(language) FROM versions UNION ALL "
    "SELECT (SELECT min(language) FROM versions WHERE language > found.language) FROM found "
    "WHERE language IS NOT NULL) SELECT language FROM found WHERE language IS NOT NULL"
)
_NEWEST = select(articles.c.id).select_from(CURRENT).where(_IS_ORIGINAL).limit(bindparam("most"))
_NEWEST = _NEWEST.order_by(versions.c.published.desc(), articles.c.rowid.desc())
_NEWEST_AMONG = _NEWEST.where(among(articles.c.id, text_list("among")))
_DAYS = (
    select(func.min(versions.c.published).label("first"), func.max(versions.c.published).label("last"))
    .select_from(CURRENT)
    .where(_IS_ORIGINAL, versions.c.published != "")
)
_NEWEST_SUCH_DAY = (
    select(func.max(versions.c.published))
    .select_from(CURRENT)
    .where(_IS_ORIGINAL, func.substr(versions.c.published, 6, 5) == bindparam("day"))
)
_UNINDEXED = select(passages.c.id).where(passages.c.words != passages.c.live, passages.c.live == literal_column("1"))
_TEXTS = select(passages.c.article, passages.c.heading, passages.c.text)
_TEXTS = _TEXTS.where(passages.c.live != 0, among(passages.c.id, text_list("passages")))
_FIRST_PASSAGE = (
    select(passages.c.start, passages.c.end)
    .where(passages.c.article == bindparam("article"), passages.c.live != 0)
    .order_by(passages.c.start)
    .limit(1)
)


def author_names(catalog: CatalogReader) -> list[str]:
    """The names of all authors, in any order; those of withdrawn articles may be among them."""
    return list(dict.fromkeys(name for row in catalog.rows(_AUTHORS) for name in json.loads(row.authors)))


def outlet_names(catalog: CatalogReader) -> list[str]:
    """The names of all outlets, in any order; those of withdrawn articles may be among them."""
    return [row.outlet for row in catalog.rows(_OUTLETS)]


def articles_copied_by(catalog: CatalogReader, outlets: Sequence[str]) -> list[str]:
    """Ids of the articles that have a copy in one of these outlets."""
    return [row.copy_of for row in catalog.rows(_COPIED_BY, outlets=outlets)] if outlets else []


def count_articles(catalog: CatalogReader) -> int:
    """The number of current articles, copies excluded."""
    return int(catalog.value(_COUNT))


def article_languages(catalog: CatalogReader) -> dict[str, int]:
    """The languages of the current articles, copies excluded, with the number of articles in each, most first."""
    return {row.language: row.articles for row in catalog.rows(_LANGUAGE_COUNTS)}


def languages(catalog: CatalogReader) -> list[str]:
    """The languages of all articles; those of earlier versions may be among them."""
    return [row.language for row in catalog.rows(_LANGUAGES)]


def newest_articles(catalog: CatalogReader, limit: int, among: Iterable[str] | None = None) -> list[str]:
    """Ids of current articles, copies excluded, the newest first; `among` restricts them."""
    if among is None:
        return [row.id for row in catalog.rows(_NEWEST, most=limit)]
    return [row.id for row in catalog.rows(_NEWEST_AMONG, most=limit, among=list(among))]


def published_days(catalog: CatalogReader) -> tuple[str, str]:
    """The ISO days of the oldest and the newest dated article, empty where none is dated."""
    (row,) = catalog.rows(_DAYS)
    return str(row.first or "")[:10], str(row.last or "")[:10]


def weekdays_until(catalog: CatalogReader, question: str) -> date | None:
    """The newest article's day, from which weekdays count in an old archive; None where a question names no weekday."""
    if not names_weekday(question):
        return None
    _, last = published_days(catalog)
    return date.fromisoformat(last) if len(last) == len("2026-01-31") else None


def newest_such_day(catalog: CatalogReader, month: int, day: int) -> str:
    """The newest ISO day with this month and day on which an article was published, empty if there is none."""
    return str(catalog.value(_NEWEST_SUCH_DAY, "", day=f"{month:02}-{day:02}"))[:10]


def unindexed_passages(catalog: CatalogReader) -> list[str]:
    """Ids of current passages that the BM25 index does not have yet."""
    return [row.id for row in catalog.rows(_UNINDEXED)]


def passage_texts(catalog: CatalogReader, passages: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The article's id and the text, below its section heading, of each of these passages that is current."""
    return ((row.article, f"{row.heading}\n{row.text}") for row in catalog.rows(_TEXTS, passages=passages))


def first_passage(catalog: CatalogReader, article: str) -> tuple[int, int] | None:
    """Where the first passage of an article's body is, None if it has none."""
    found = catalog.rows(_FIRST_PASSAGE, article=article)
    return (found[0].start, found[0].end) if found else None
