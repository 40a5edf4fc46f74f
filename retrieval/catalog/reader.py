"""What can be read of a catalog: now, or as it was at one moment."""

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
IDS_PER_STATEMENT = 500  # ids in one statement


class CatalogReader:
    """Articles, passages and facts through the connection that `connect` gives."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect

    @property
    def db(self) -> sqlite3.Connection:
        """The connection that is read through."""
        return self._connect()

    def ingest_outcome(self, article: Article) -> Outcome:
        """What adding this article would do."""
        row = self.db.execute("SELECT version, hash FROM articles WHERE id = ?", [article.id]).fetchone()
        if row is None or row["version"] == 0:
            return "added"
        return "unchanged" if row["hash"] == article.content_hash else "changed"

    def is_new(self) -> bool:
        """Whether nothing was ever added, nor tried to be."""
        has_articles = self.db.execute("SELECT EXISTS (SELECT 1 FROM articles)").fetchone()[0]
        return not has_articles and not self.last_run()

    def last_run(self) -> str:
        """When articles were last looked for, empty if never."""
        row = self.db.execute("SELECT max(finished) AS finished FROM runs").fetchone()
        return str(row["finished"] or "")

    def withdrawal_reason(self, article: str) -> str:
        """Why an article was withdrawn and not put again since, empty where it was not."""
        row = self.db.execute("SELECT why FROM withdrawn WHERE article = ?", [article]).fetchone()
        return str(row["why"]) if row else ""

    def article(self, article: str) -> Article:
        """The current version. Raises UnknownArticle."""
        row = self.db.execute(f"{CURRENT_VERSIONS_SQL} WHERE a.id = ?", [article]).fetchone()
        if row is None:
            raise unknown_article(article)
        return article_from_row(row)

    def excerpt(self, article: str, start: int, end: int) -> str:
        """What stands in the current version between two characters, as far as it reaches."""
        sql = f"SELECT substr(text, ?, ?) AS some FROM ({CURRENT_VERSIONS_SQL} WHERE a.id = ?)"
        row = self.db.execute(sql, [max(0, start) + 1, end - max(0, start), article]).fetchone()
        return "" if row is None else str(row["some"])

    def articles(self, *, copies: bool = True) -> Iterator[Article]:
        """Current versions, newest first; with those of which another is kept, or without. Read one by one."""
        only = "" if copies else " AND a.copy_of = ''"
        sql = (
            "SELECT a.id FROM versions v JOIN articles a ON a.id = v.article AND a.version = v.number "
            f"WHERE true{only} ORDER BY v.published DESC, a.id"
        )
        found = (
            self.db.execute(f"{CURRENT_VERSIONS_SQL} WHERE a.id = ?", row).fetchone()
            for row in self.db.execute(sql).fetchall()
        )
        return (article_from_row(row) for row in found if row)  # one may have been withdrawn meanwhile

    def article_ids(self) -> list[str]:
        """All current articles in the order in which they were first seen."""
        return [row["id"] for row in self.db.execute("SELECT id FROM articles WHERE version > 0 ORDER BY rowid")]

    def unsegmented(self) -> list[str]:
        """Articles that lost the one they were a copy of, in the order in which they were first seen."""
        sql = "SELECT id FROM articles WHERE id IN (SELECT article FROM uncut) AND version > 0 ORDER BY rowid"
        return [row["id"] for row in self.db.execute(sql)]

    def copy_of(self, article: str) -> str:
        """The article with the same text that is kept in its place, empty where it is kept itself."""
        row = self.db.execute("SELECT copy_of FROM articles WHERE id = ?", [article]).fetchone()
        return str(row["copy_of"]) if row else ""

    def copies(self, article: str) -> tuple[Copy, ...]:
        """Where else its text stands, the one that is kept first."""
        kept = self.copy_of(article) or article
        rows = self.db.execute(
            "SELECT a.id, v.outlet, v.url FROM articles a JOIN versions v ON v.article = a.id AND v.number = a.version "
            "WHERE (a.id = ? OR a.copy_of = ?) AND a.id <> ? ORDER BY a.copy_of <> '', a.rowid",
            [kept, kept, article],
        )
        return tuple(Copy(row["id"], row["outlet"], row["url"]) for row in rows)

    def copy_ids(self, articles: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """The ids of the copies of these kept articles; those that have none are left out."""
        sql = "SELECT id, copy_of FROM articles WHERE copy_of IN (SELECT value FROM json_each(?)) ORDER BY rowid"
        found: dict[str, tuple[str, ...]] = {}
        for copy, kept in self.db.execute(sql, [json.dumps(articles)]):
            found[kept] = (*found.get(kept, ()), copy)
        return found

    def hits(self, passages: Sequence[str]) -> dict[str, Hit]:
        """Passages by id with their articles' facts and no scores; those no longer current are left out."""
        found: dict[str, Hit] = {}
        for first in range(0, len(passages), IDS_PER_STATEMENT):
            some = passages[first : first + IDS_PER_STATEMENT]
            rows = self.db.execute(
                f"SELECT {HIT_COLUMNS} FROM passages p "
                "JOIN versions v ON v.article = p.article AND v.number = p.version "
                f"WHERE p.live AND p.id IN ({', '.join('?' * len(some))})",
                some,
            )
            found.update((row["id"], hit_from_row(row)) for row in rows)
        return found

    def passage_ids_at(self, places: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
        """The id of the current passage at each character of an article; those in none are left out."""
        sql = 'SELECT id FROM passages WHERE article = ? AND live AND start <= ? AND "end" > ?'
        found = {place: self.db.execute(sql, [place[0], place[1], place[1]]).fetchone() for place in places}
        return {place: row["id"] for place, row in found.items() if row}

    def neighbouring_passages(self, passage: Passage, reach: int = 1) -> list[Passage]:
        """The passages around one in its article, itself included, in order."""
        rows = self.db.execute(
            "SELECT * FROM passages WHERE article = ? AND live ORDER BY start", [passage.article]
        ).fetchall()
        at = next((n for n, row in enumerate(rows) if row["id"] == passage.id), 0)
        return [passage_from_row(row) for row in rows[max(0, at - reach) : at + reach + 1]]

    def matching_articles(self, filters: Filters, *, among: Sequence[str] | None = None, most: int = -1) -> list[str]:
        """Ids of the kept articles that pass the filters; an undated article passes no date filter.

        An article passes by its outlet, author and id also where one of its copies does. Only those `among` some are
        looked at, and no more than `most` are named, where that is given.
        """
        # The plus keeps SQLite from beginning with all kept articles.
        clauses, values = ["a.version = v.number", "+a.copy_of = ''"], list[str | int]()
        if filters.since:
            clauses.append("v.published >= ?")
            values.append(filters.since)
        if filters.until:
            clauses.append("v.published > '' AND v.published < ?")
            values.append(f"{filters.until}~")  # later than any time of that day
        if filters.article or filters.outlet or filters.author:
            named, wanted = _named_articles_sql(filters)
            clauses.append(f"a.id IN ({named})")
            values += wanted
        if among is not None:
            clauses.append("a.id IN (SELECT value FROM json_each(?))")
            values.append(json.dumps(among))
        sql = f"SELECT a.id FROM articles a JOIN versions v ON v.article = a.id WHERE {' AND '.join(clauses)} LIMIT ?"
        return [row["id"] for row in self.db.execute(sql, [*values, most])]

    def articles_by_passage(self, passages: Sequence[str]) -> dict[str, str]:
        """The article of each of these passages; those no longer current are left out."""
        sql = "SELECT id, article FROM passages WHERE live AND id IN (SELECT value FROM json_each(?))"
        return dict(tuple(row) for row in self.db.execute(sql, [json.dumps(passages)]))

    def passage_ids_of(self, articles: Sequence[str], *, embedded: bool = False) -> list[str]:
        """Ids of the current passages of these articles; `embedded` limits them to what the vectors index has."""
        having = "AND vectors" if embedded else ""
        found: list[str] = []
        for first in range(0, len(articles), IDS_PER_STATEMENT):
            some = articles[first : first + IDS_PER_STATEMENT]
            sql = f"SELECT id FROM passages WHERE live {having} AND article IN ({', '.join('?' * len(some))})"
            found.extend(row["id"] for row in self.db.execute(sql, some))
        return found

    def fact(self, key: str, default: str = "") -> str:
        """One remembered fact about the index."""
        row = self.db.execute("SELECT value FROM facts WHERE key = ?", [key]).fetchone()
        return default if row is None else str(row["value"])


def unknown_article(article: str) -> UnknownArticle:
    """What to say of an id that no article has."""
    return UnknownArticle(f"There is no article {article}; 'onrecord articles' lists them.")


def _named_articles_sql(filters: Filters) -> tuple[str, list[str]]:
    """SQL for the kept articles of those that have this id, outlet and author, or are copies of that id."""
    clauses, values = ["w.number = b.version"], list[str]()
    if filters.article:
        clauses.append("(b.id = ? OR b.copy_of = ?)")
        values += [filters.article] * 2
    for column, wanted in (("outlet", filters.outlet), ("authors", filters.author)):
        if wanted:
            every = f"SELECT DISTINCT {column} FROM versions"
            clauses.append(f"w.{column} IN (SELECT {column} FROM ({every}) WHERE instr(casefold({column}), ?) > 0)")
            values.append(json.dumps(wanted, ensure_ascii=False)[1:-1].casefold())
    kept = "iif(b.copy_of = '', b.id, b.copy_of)"
    return f"SELECT {kept} FROM articles b JOIN versions w ON w.article = b.id WHERE {' AND '.join(clauses)}", values


_KEPT_ID_SQL = "SELECT iif(copy_of = '', id, copy_of) AS id FROM articles"


def find_article(catalog: CatalogReader, named: str) -> str:
    """The id of the current article with this id or URL, empty where there is none.

    Of an article that is a copy, the id of the one kept in its place, because that is the one that answers.
    """
    row = catalog.db.execute(f"{_KEPT_ID_SQL} WHERE id = ? AND version > 0", [named]).fetchone()
    if row is None and (page := url_key(named)):
        sql = f"{_KEPT_ID_SQL} WHERE page = ? AND version > 0 ORDER BY copy_of <> '', rowid LIMIT 1"
        row = catalog.db.execute(sql, [page]).fetchone()
    return str(row["id"]) if row else ""


def existing_article_id(catalog: CatalogReader, article: Article) -> str:
    """The id under which an article's page is known already, else its own.

    A page has one article, whichever of its URLs its id was made of; ids that a source gives are left as they are.
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
    """The id of the article on a page, where it has none of its own."""
    return digest(url_key(url))[:12]


def _is_derived_id(url: str, name: str) -> bool:
    page = url_key(url)
    return bool(page) and name in (digest(url)[:12], article_id_for_url(url))
