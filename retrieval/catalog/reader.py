"""Read articles, passages and facts from the catalog or from a snapshot of it."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.exc import ResourceClosedError

from retrieval.catalog.database.dialects import among, text_list
from retrieval.catalog.database.engine import AnyRow, Database
from retrieval.catalog.database.tables import articles, facts, passages, runs, uncut, versions, withdrawn
from retrieval.catalog.filters import Filters, passing_articles
from retrieval.catalog.rows import (
    CURRENT,
    HIT_COLUMNS,
    PASSAGE_COLUMNS,
    article_from_row,
    hit_from_row,
    passage_from_row,
)
from retrieval.documents import Article, Copy, Hit, Passage, digest
from retrieval.errors import UnknownArticle
from retrieval.text.addresses.canonical_url import url_key
from retrieval.text.language import ENGLISH

Outcome = Literal["added", "changed", "unchanged"]

_IS_THIS = articles.c.id == bindparam("article")
_IS_ORIGINAL = articles.c.copy_of == ""
_IS_LIVE = passages.c.live != 0  # `= 1` would have SQLite begin with the index of states: with all passages
_KEPT_ID = case((_IS_ORIGINAL, articles.c.id), else_=articles.c.copy_of)  # only originals are indexed

_STATE = select(articles.c.version, articles.c.hash).where(_IS_THIS)
_HAS_ARTICLES = select(exists(select(articles.c.id)))
_LAST_RUN = select(func.max(runs.c.finished))
_WITHDRAWAL = select(withdrawn.c.why).where(withdrawn.c.article == bindparam("article"))
_ARTICLE = select(versions).select_from(CURRENT).where(_IS_THIS)
_BEGINNINGS = select(versions.c.article, func.substr(versions.c.text, 1, bindparam("most")).label("beginning"))
_BEGINNINGS = _BEGINNINGS.select_from(CURRENT).where(among(articles.c.id, text_list("articles")))
_BY_DAY = select(articles.c.id).select_from(CURRENT).order_by(versions.c.published.desc(), articles.c.id)
_IN_ORDER_ADDED = select(articles.c.id).where(articles.c.version > 0).order_by(articles.c.rowid)
_UNSEGMENTED = _IN_ORDER_ADDED.where(articles.c.id.in_(select(uncut.c.article)))
_COPY_OF = select(articles.c.copy_of).where(_IS_THIS)
_COPIES = (
    select(articles.c.id, versions.c.outlet, versions.c.url)
    .select_from(CURRENT)
    .where(or_(articles.c.id == bindparam("original"), articles.c.copy_of == bindparam("original")))
    .where(articles.c.id != bindparam("article"))
    .order_by(articles.c.copy_of != "", articles.c.rowid)
)
_COPY_IDS = select(articles.c.id, articles.c.copy_of).where(among(articles.c.copy_of, text_list("articles")))
_COPY_IDS = _COPY_IDS.order_by(articles.c.rowid)
_PASSAGE_VERSION = (versions.c.article == passages.c.article) & (versions.c.number == passages.c.version)
_HITS = select(*HIT_COLUMNS).select_from(passages.join(versions, _PASSAGE_VERSION))
_HITS = _HITS.where(_IS_LIVE, among(passages.c.id, text_list("passages")))
_PLACES = select(passages.c.id, passages.c.article, passages.c.start, passages.c.end)
_PLACES = _PLACES.where(_IS_LIVE, among(passages.c.article, text_list("articles")))
_PASSAGES = select(*PASSAGE_COLUMNS).where(passages.c.article == bindparam("article"), _IS_LIVE)
_PASSAGES = _PASSAGES.order_by(passages.c.start)
_ARTICLES_OF = select(passages.c.id, passages.c.article).where(_IS_LIVE, among(passages.c.id, text_list("passages")))
_PASSAGE_IDS = select(passages.c.id).where(_IS_LIVE, among(passages.c.article, text_list("articles")))
_FACT = select(facts.c.value).where(facts.c.key == bindparam("key"))
_KEPT = select(_KEPT_ID).where(_IS_THIS, articles.c.version > 0)
_KEPT_ON_PAGE = (
    select(_KEPT_ID)
    .where(articles.c.page == bindparam("page"), articles.c.version > 0)
    .order_by(articles.c.copy_of != "", articles.c.rowid)
    .limit(1)
)
_URLS_ON_PAGE = (
    select(articles.c.id, versions.c.url)
    .select_from(CURRENT)
    .where(articles.c.page == bindparam("page"))
    .order_by(articles.c.rowid)
)


class CatalogReader:
    """Reads what is committed now, or what a snapshot sees."""

    def __init__(self, database: Database, snapshot: Connection | None = None) -> None:
        self.database, self._snapshot, self._is_over = database, snapshot, False

    def close(self) -> None:
        """Have whatever reads through this from now on raise ResourceClosedError: its snapshot is over."""
        self._is_over = True

    def rows(self, statement: Executable, **values: object) -> Sequence[AnyRow]:
        """All rows of a statement with these parameters."""
        if self._is_over:
            raise ResourceClosedError("The snapshot of the catalog is over.")
        return self.database.rows(statement, values, snapshot=self._snapshot)

    def value(self, statement: Executable, default: Any = None, **values: object) -> Any:
        """The first column of the first row; `default` if there is no row or it holds nothing."""
        found = self.rows(statement, **values)
        return default if not found or found[0][0] is None else found[0][0]

    def ingest_outcome(self, article: Article) -> Outcome:
        """Whether adding this article would add it, change it or leave it unchanged."""
        found = self.rows(_STATE, article=article.id)
        if not found or found[0].version == 0:
            return "added"
        return "unchanged" if found[0].hash == article.content_hash else "changed"

    def is_new(self) -> bool:
        """Whether the catalog has no articles and no ingest has ever run."""
        return not self.value(_HAS_ARTICLES) and not self.last_run()

    def last_run(self) -> str:
        """When the last ingest run finished, ISO 8601; empty if there was none."""
        return str(self.value(_LAST_RUN, ""))

    def withdrawal_reason(self, article: str) -> str:
        """Why an article was withdrawn, unless it was added again since; empty if it is not withdrawn."""
        return str(self.value(_WITHDRAWAL, "", article=article))

    def article(self, article: str) -> Article:
        """The current version of an article. Raises UnknownArticle."""
        found = self.rows(_ARTICLE, article=article)
        if not found:
            raise unknown_article(article)
        return article_from_row(found[0])

    def excerpts(self, spans: Iterable[tuple[str, int, int]]) -> dict[tuple[str, int, int], str]:
        """The text of each (article, start, end), cut off at either end of the text; unknown articles have none."""
        wanted = set(spans)
        if not wanted:
            return {}
        listed, most = sorted({article for article, _, _ in wanted}), max(end for _, _, end in wanted)
        texts = {row.article: row.beginning for row in self.rows(_BEGINNINGS, articles=listed, most=most)}
        return {span: texts.get(span[0], "")[max(0, span[1]) : max(0, span[2])] for span in wanted}

    def articles(self, *, include_copies: bool = True) -> Iterator[Article]:
        """Current versions, newest first, read one at a time; `include_copies` keeps duplicates of other articles."""
        found = self.rows(_BY_DAY if include_copies else _BY_DAY.where(_IS_ORIGINAL))
        current = (self.rows(_ARTICLE, article=row.id) for row in found)
        return (article_from_row(rows[0]) for rows in current if rows)  # it may have been withdrawn meanwhile

    def article_ids(self) -> list[str]:
        """Ids of all current articles, in the order in which they were first added."""
        return [row.id for row in self.rows(_IN_ORDER_ADDED)]

    def unsegmented(self) -> list[str]:
        """Ids of articles without passages since the original they were a copy of is gone, in the order first added."""
        return [row.id for row in self.rows(_UNSEGMENTED)]

    def copy_of(self, article: str) -> str:
        """The id of the article that is indexed in place of this copy; empty if this article is no copy."""
        return str(self.value(_COPY_OF, "", article=article))

    def copies(self, article: str) -> tuple[Copy, ...]:
        """The other articles with the same text, first the one that is indexed."""
        original = self.copy_of(article) or article
        found = self.rows(_COPIES, original=original, article=article)
        return tuple(Copy(row.id, row.outlet, row.url) for row in found)

    def copy_ids(self, articles: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """The ids of the copies of each of these articles; articles without copies are left out."""
        found: dict[str, tuple[str, ...]] = {}
        for row in self.rows(_COPY_IDS, articles=articles):
            found[row.copy_of] = (*found.get(row.copy_of, ()), row.id)
        return found

    def hits(self, passages: Sequence[str]) -> dict[str, Hit]:
        """Current passages by id, with the metadata of their articles and without scores; outdated ids are left out."""
        return {row.id: hit_from_row(row) for row in self.rows(_HITS, passages=passages)}

    def passage_ids_at(self, positions: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
        """The id of the current passage at each (article, character); positions in no passage are left out."""
        asked, places = list(positions), defaultdict[str, list[tuple[int, int, str]]](list)
        for row in self.rows(_PLACES, articles=sorted({article for article, _ in asked})):
            places[row.article].append((row.start, row.end, row.id))
        return {(key, at): id for key, at in asked for start, end, id in places[key] if start <= at < end}

    def neighbouring_passages(self, passage: Passage, reach: int = 1) -> list[Passage]:
        """Up to `reach` passages before and after one in its article, and itself, in order."""
        rows = self.rows(_PASSAGES, article=passage.article)
        at = next((n for n, row in enumerate(rows) if row.id == passage.id), 0)
        return [passage_from_row(row) for row in rows[max(0, at - reach) : at + reach + 1]]

    def matching_articles(
        self, filters: Filters, *, candidates: Sequence[str] | None = None, limit: int = -1
    ) -> list[str]:
        """Ids of the articles, copies excluded, that pass the filters; an undated article passes no date filter.

        An article also passes the outlet, author and id filters if one of its copies does. `candidates` restricts the
        articles considered, `limit` the number returned; -1 is no limit.
        """
        values = self._filter_values(filters)
        if candidates is not None:
            values["candidates"] = candidates
        if limit >= 0:
            values["limit"] = limit
        return [row.id for row in self.rows(passing_articles(frozenset(values)), **values)]

    def _filter_values(self, filters: Filters) -> dict[str, object]:
        """The values that the statement for these filters takes."""
        values: dict[str, object] = {}
        if filters.since:  # or only its month or year is known
            values |= {"since": filters.since, "month": filters.since[:7], "year": filters.since[:4]}
        if filters.until:  # `~` is later than any time of that day
            values["until"] = f"{filters.until}~"
        if filters.language:  # articles without a language count as English
            values["language"] = filters.language
            values["or_language"] = "" if filters.language == ENGLISH else filters.language
        if filters.article:
            values["article"] = filters.article
        for column, name in (("outlet", filters.outlet), ("authors", filters.author)):
            if name:
                values[column] = self._names_with(versions.c[column], name)
        return values

    def _names_with(self, column: ColumnElement[str], part: str) -> list[str]:
        """The different values of a column of names, in JSON or plain, that contain a part of a name in any case."""
        wanted = json.dumps(part, ensure_ascii=False)[1:-1].casefold()
        return [row[0] for row in self.rows(select(column).distinct()) if wanted in row[0].casefold()]

    def articles_by_passage(self, passages: Sequence[str]) -> dict[str, str]:
        """The article id of each of these passages; passages that are no longer current are left out."""
        return {row.id: row.article for row in self.rows(_ARTICLES_OF, passages=passages)}

    def passage_ids_of(self, articles: Sequence[str], *, embedded: bool = False) -> list[str]:
        """Ids of the current passages of these articles; `embedded` restricts them to those in the vector index."""
        statement = _PASSAGE_IDS.where(passages.c.vectors == 1) if embedded else _PASSAGE_IDS
        return [row.id for row in self.rows(statement, articles=articles)]

    def fact(self, key: str, default: str = "") -> str:
        """The stored value of one key about the index itself."""
        return str(self.value(_FACT, default, key=key))


def unknown_article(article: str) -> UnknownArticle:
    """The error for an id that no article has."""
    return UnknownArticle(f"There is no article {article}; 'onrecord articles' lists them.")


def find_article(catalog: CatalogReader, id_or_url: str) -> str:
    """The id of the current article with this id or URL, empty if there is none.

    For a copy it is the id of the original, because only originals are indexed.
    """
    found = str(catalog.value(_KEPT, "", article=id_or_url))
    if not found and (page := url_key(id_or_url)):
        found = str(catalog.value(_KEPT_ON_PAGE, "", page=page))
    return found


def existing_article_id(catalog: CatalogReader, article: Article) -> str:
    """The id of the article already stored for the same page, else the article's own id.

    A page has one article, whichever of its URLs the id was derived from; ids that a source assigns stay as they are.
    """
    if not _is_derived_id(article.url, article.id):
        return article.id
    same = (row for row in catalog.rows(_URLS_ON_PAGE, page=url_key(article.url)) if _is_derived_id(row.url, row.id))
    return next((str(row.id) for row in same), article.id)


def article_id_for_url(url: str) -> str:
    """The id of the article on a page, for sources that assign no ids."""
    return digest(url_key(url))[:12]


def _is_derived_id(url: str, article: str) -> bool:
    page = url_key(url)
    return bool(page) and article in (digest(url)[:12], article_id_for_url(url))
