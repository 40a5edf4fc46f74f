"""Read articles, passages and facts from the catalog or from a snapshot of it."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal

from retrieval.catalog.filters import Filters
from retrieval.catalog.rows import CURRENT_VERSIONS_SQL, HIT_COLUMNS, article_from_row, hit_from_row, passage_from_row
from retrieval.documents import Article, Copy, Hit, Passage, digest
from retrieval.errors import UnknownArticle
from retrieval.text.canonical_url import url_key

Outcome = Literal["added", "changed", "unchanged"]
IDS_PER_STATEMENT = 500  # SQLite limits the variables of a statement


class CatalogReader:
    """Reads through the connection that `connect` returns: the calling thread's own, or that of a snapshot."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect

    @property
    def db(self) -> sqlite3.Connection:
        """The connection to read through."""
        return self._connect()

    def ingest_outcome(self, article: Article) -> Outcome:
        """Whether adding this article would add it, change it or leave it unchanged."""
        row = self.db.execute("SELECT version, hash FROM articles WHERE id = ?", [article.id]).fetchone()
        if row is None or row["version"] == 0:
            return "added"
        return "unchanged" if row["hash"] == article.content_hash else "changed"

    def is_new(self) -> bool:
        """Whether the catalog has no articles and no ingest has ever run."""
        has_articles = self.db.execute("SELECT EXISTS (SELECT 1 FROM articles)").fetchone()[0]
        return not has_articles and not self.last_run()

    def last_run(self) -> str:
        """When the last ingest run finished, ISO 8601; empty if there was none."""
        row = self.db.execute("SELECT max(finished) AS finished FROM runs").fetchone()
        return str(row["finished"] or "")

    def withdrawal_reason(self, article: str) -> str:
        """Why an article was withdrawn, unless it was added again since; empty if it is not withdrawn."""
        row = self.db.execute("SELECT why FROM withdrawn WHERE article = ?", [article]).fetchone()
        return str(row["why"]) if row else ""

    def article(self, article: str) -> Article:
        """The current version of an article. Raises UnknownArticle."""
        row = self.db.execute(f"{CURRENT_VERSIONS_SQL} WHERE a.id = ?", [article]).fetchone()
        if row is None:
            raise unknown_article(article)
        return article_from_row(row)

    def excerpt(self, article: str, start: int, end: int) -> str:
        """The text of the current version from character `start` to `end`, cut off at either end of the text."""
        sql = f"SELECT substr(text, ?, ?) AS excerpt FROM ({CURRENT_VERSIONS_SQL} WHERE a.id = ?)"
        row = self.db.execute(sql, [max(0, start) + 1, end - max(0, start), article]).fetchone()
        return "" if row is None else str(row["excerpt"])

    def articles(self, *, include_copies: bool = True) -> Iterator[Article]:
        """Current versions, newest first, read one at a time; `include_copies` keeps duplicates of other articles."""
        originals_only = "" if include_copies else " AND a.copy_of = ''"
        sql = (
            "SELECT a.id FROM versions v JOIN articles a ON a.id = v.article AND a.version = v.number "
            f"WHERE true{originals_only} ORDER BY v.published DESC, a.id"
        )
        found = (
            self.db.execute(f"{CURRENT_VERSIONS_SQL} WHERE a.id = ?", row).fetchone()
            for row in self.db.execute(sql).fetchall()
        )
        return (article_from_row(row) for row in found if row)  # an article may have been withdrawn meanwhile

    def article_ids(self) -> list[str]:
        """Ids of all current articles, in the order in which they were first added."""
        return [row["id"] for row in self.db.execute("SELECT id FROM articles WHERE version > 0 ORDER BY rowid")]

    def unsegmented(self) -> list[str]:
        """Ids of articles without passages since the original they were a copy of is gone, in the order first added."""
        sql = "SELECT id FROM articles WHERE id IN (SELECT article FROM uncut) AND version > 0 ORDER BY rowid"
        return [row["id"] for row in self.db.execute(sql)]

    def copy_of(self, article: str) -> str:
        """The id of the article that is indexed in place of this copy; empty if this article is no copy."""
        row = self.db.execute("SELECT copy_of FROM articles WHERE id = ?", [article]).fetchone()
        return str(row["copy_of"]) if row else ""

    def copies(self, article: str) -> tuple[Copy, ...]:
        """The other articles with the same text, first the one that is indexed."""
        original = self.copy_of(article) or article
        rows = self.db.execute(
            "SELECT a.id, v.outlet, v.url FROM articles a JOIN versions v ON v.article = a.id AND v.number = a.version "
            "WHERE (a.id = ? OR a.copy_of = ?) AND a.id <> ? ORDER BY a.copy_of <> '', a.rowid",
            [original, original, article],
        )
        return tuple(Copy(row["id"], row["outlet"], row["url"]) for row in rows)

    def copy_ids(self, articles: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """The ids of the copies of each of these articles; articles without copies are left out."""
        sql = "SELECT id, copy_of FROM articles WHERE copy_of IN (SELECT value FROM json_each(?)) ORDER BY rowid"
        found: dict[str, tuple[str, ...]] = {}
        for copy, original in self.db.execute(sql, [json.dumps(articles)]):
            found[original] = (*found.get(original, ()), copy)
        return found

    def hits(self, passages: Sequence[str]) -> dict[str, Hit]:
        """Current passages by id, with the metadata of their articles and without scores; outdated ids are left out."""
        found: dict[str, Hit] = {}
        for first in range(0, len(passages), IDS_PER_STATEMENT):
            batch = passages[first : first + IDS_PER_STATEMENT]
            rows = self.db.execute(
                f"SELECT {HIT_COLUMNS} FROM passages p "
                "JOIN versions v ON v.article = p.article AND v.number = p.version "
                f"WHERE p.live AND p.id IN ({', '.join('?' * len(batch))})",
                batch,
            )
            found.update((row["id"], hit_from_row(row)) for row in rows)
        return found

    def passage_ids_at(self, positions: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
        """The id of the current passage at each (article, character); positions in no passage are left out."""
        sql = 'SELECT id FROM passages WHERE article = ? AND live AND start <= ? AND "end" > ?'
        found = {(article, at): self.db.execute(sql, [article, at, at]).fetchone() for article, at in positions}
        return {position: row["id"] for position, row in found.items() if row}

    def neighbouring_passages(self, passage: Passage, reach: int = 1) -> list[Passage]:
        """Up to `reach` passages before and after one in its article, and itself, in order."""
        rows = self.db.execute(
            "SELECT * FROM passages WHERE article = ? AND live ORDER BY start", [passage.article]
        ).fetchall()
        at = next((n for n, row in enumerate(rows) if row["id"] == passage.id), 0)
        return [passage_from_row(row) for row in rows[max(0, at - reach) : at + reach + 1]]

    def matching_articles(
        self, filters: Filters, *, candidates: Sequence[str] | None = None, limit: int = -1
    ) -> list[str]:
        """Ids of the articles, copies excluded, that pass the filters; an undated article passes no date filter.

        An article also passes the outlet, author and id filters if one of its copies does. `candidates` restricts the
        articles considered, `limit` the number returned; -1 is no limit.
        """
        # The plus keeps SQLite from starting with the index of all originals.
        clauses, values = ["a.version = v.number", "+a.copy_of = ''"], list[str | int]()
        if filters.since:
            clauses.append("v.published >= ?")
            values.append(filters.since)
        if filters.until:
            clauses.append("v.published > '' AND v.published < ?")
            values.append(f"{filters.until}~")  # later than any time of that day
        if filters.article or filters.outlet or filters.author:
            subquery, parameters = _named_articles_sql(filters)
            clauses.append(f"a.id IN ({subquery})")
            values += parameters
        if candidates is not None:
            clauses.append("a.id IN (SELECT value FROM json_each(?))")
            values.append(json.dumps(candidates))
        sql = f"SELECT a.id FROM articles a JOIN versions v ON v.article = a.id WHERE {' AND '.join(clauses)} LIMIT ?"
        return [row["id"] for row in self.db.execute(sql, [*values, limit])]

    def articles_by_passage(self, passages: Sequence[str]) -> dict[str, str]:
        """The article id of each of these passages; passages that are no longer current are left out."""
        sql = "SELECT id, article FROM passages WHERE live AND id IN (SELECT value FROM json_each(?))"
        return dict(tuple(row) for row in self.db.execute(sql, [json.dumps(passages)]))

    def passage_ids_of(self, articles: Sequence[str], *, embedded: bool = False) -> list[str]:
        """Ids of the current passages of these articles; `embedded` restricts them to those in the vector index."""
        condition = "AND vectors" if embedded else ""
        found: list[str] = []
        for first in range(0, len(articles), IDS_PER_STATEMENT):
            batch = articles[first : first + IDS_PER_STATEMENT]
            sql = f"SELECT id FROM passages WHERE live {condition} AND article IN ({', '.join('?' * len(batch))})"
            found.extend(row["id"] for row in self.db.execute(sql, batch))
        return found

    def fact(self, key: str, default: str = "") -> str:
        """The stored value of one key about the index itself."""
        row = self.db.execute("SELECT value FROM facts WHERE key = ?", [key]).fetchone()
        return default if row is None else str(row["value"])


def unknown_article(article: str) -> UnknownArticle:
    """The error for an id that no article has."""
    return UnknownArticle(f"There is no article {article}; 'onrecord articles' lists them.")


def _named_articles_sql(filters: Filters) -> tuple[str, list[str]]:
    """SQL and parameters for the ids of articles that match id, outlet and author, or have a copy that does."""
    clauses, values = ["w.number = b.version"], list[str]()
    if filters.article:
        clauses.append("(b.id = ? OR b.copy_of = ?)")
        values += [filters.article] * 2
    for column, name in (("outlet", filters.outlet), ("authors", filters.author)):
        if name:
            distinct = f"SELECT DISTINCT {column} FROM versions"
            clauses.append(f"w.{column} IN (SELECT {column} FROM ({distinct}) WHERE instr(casefold({column}), ?) > 0)")
            values.append(json.dumps(name, ensure_ascii=False)[1:-1].casefold())
    original = "iif(b.copy_of = '', b.id, b.copy_of)"
    return (
        f"SELECT {original} FROM articles b JOIN versions w ON w.article = b.id WHERE {' AND '.join(clauses)}",
        values,
    )


_KEPT_ID_SQL = "SELECT iif(copy_of = '', id, copy_of) AS id FROM articles"


def find_article(catalog: CatalogReader, id_or_url: str) -> str:
    """The id of the current article with this id or URL, empty if there is none.

    For a copy it is the id of the original, because only originals are indexed.
    """
    row = catalog.db.execute(f"{_KEPT_ID_SQL} WHERE id = ? AND version > 0", [id_or_url]).fetchone()
    if row is None and (page := url_key(id_or_url)):
        sql = f"{_KEPT_ID_SQL} WHERE page = ? AND version > 0 ORDER BY copy_of <> '', rowid LIMIT 1"
        row = catalog.db.execute(sql, [page]).fetchone()
    return str(row["id"]) if row else ""


def existing_article_id(catalog: CatalogReader, article: Article) -> str:
    """The id of the article already stored for the same page, else the article's own id.

    A page has one article, whichever of its URLs the id was derived from; ids that a source assigns stay as they are.
    """
    if not _is_derived_id(article.url, article.id):
        return article.id
    sql = (
        "SELECT a.id, v.url FROM articles a JOIN versions v ON v.article = a.id AND v.number = a.version "
        "WHERE a.page = ? ORDER BY a.rowid"
    )
    same = (row for row in catalog.db.execute(sql, [url_key(article.url)]) if _is_derived_id(row["url"], row["id"]))
    return next((str(row["id"]) for row in same), article.id)


def article_id_for_url(url: str) -> str:
    """The id of the article on a page, for sources that assign no ids."""
    return digest(url_key(url))[:12]


def _is_derived_id(url: str, article: str) -> bool:
    page = url_key(url)
    return bool(page) and article in (digest(url)[:12], article_id_for_url(url))
