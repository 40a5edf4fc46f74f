"""The catalog: articles, their versions and passages in SQLite, the truth everything else is derived from."""

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, NamedTuple

from retrieval.documents import Article, Hit, Passage, Quote, digest
from retrieval.errors import IndexUnavailable, UnknownArticle
from retrieval.filters import Filters
from retrieval.quotes import table
from retrieval.sentences import Span

Outcome = Literal["added", "changed", "unchanged"]
BUSY_SECONDS = 60
_AT_ONCE = 500  # ids in one statement

_HIT_COLUMNS = (
    "p.id, p.article, p.start, p.end, p.text, p.heading, v.title, v.url, v.outlet, v.authors, v.published, v.updated"
)


class Cut(NamedTuple):
    """An article taken apart: the spans of its passages with their headings, and its quotes."""

    article: Article
    passages: Sequence[tuple[Span, str]]
    quotes: Sequence[Quote] = ()


class Catalog:
    """One SQLite file in WAL mode; safe to share between threads, each gets a connection of its own.

    Raises IndexUnavailable when the file cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with self.transaction() as db:
                db.executescript((files("retrieval") / "schema.sql").read_text("utf-8"))
        except (OSError, sqlite3.Error) as exc:
            raise IndexUnavailable(f"The index in {path.parent} cannot be opened: {exc}.") from exc

    @property
    def db(self) -> sqlite3.Connection:
        """This thread's connection."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(
                self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.create_function("casefold", 1, str.casefold, deterministic=True)  # lower() knows ASCII only
            connection.row_factory = sqlite3.Row
            self._local.connection = connection
            self._opened.append(connection)
        return connection

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of it or nothing."""
        db = self.db
        db.execute("BEGIN IMMEDIATE")
        try:
            yield db
        except BaseException:
            db.rollback()
            raise
        db.commit()

    def close(self) -> None:
        """Close every thread's connection."""
        for connection in self._opened:
            connection.close()
        self._opened.clear()
        self._local = threading.local()

    def outcome(self, article: Article) -> Outcome:
        """What adding this article would do."""
        row = self.db.execute("SELECT version, hash FROM articles WHERE id = ?", [article.id]).fetchone()
        if row is None or row["version"] == 0:
            return "added"
        return "unchanged" if row["hash"] == article.content_hash else "changed"

    def put(self, batch: Iterable[Cut]) -> None:
        """Store articles with their passages and quotes as current versions, in one transaction."""
        with self.transaction() as db:
            for article, spans, quotes in batch:
                number = self._next_version(db, article.id)
                _retire(db, "article = ?", [article.id])
                db.execute(
                    "INSERT INTO articles VALUES (?, ?, ?) "
                    "ON CONFLICT (id) DO UPDATE SET version = excluded.version, hash = excluded.hash",
                    [article.id, number, article.content_hash],
                )
                db.execute(f"INSERT INTO versions VALUES ({'?, ' * 12}?)", _version_row(article, number))
                db.executemany(
                    "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, 0, 0)",
                    [_passage_row(article, number, span, heading) for span, heading in spans],
                )
                table.replace(db, article, quotes)

    def recut(self, cut: Cut) -> None:
        """Replace the passages and quotes of a current version; passages that stay the same stay in both indexes."""
        article, spans, quotes = cut
        with self.transaction() as db:
            table.replace(db, article, quotes)
            row = db.execute("SELECT version FROM articles WHERE id = ?", [article.id]).fetchone()
            fresh = [_passage_row(article, row["version"], span, heading) for span, heading in spans]
            kept = [values[0] for values in fresh]
            _retire(db, f"article = ? AND id NOT IN ({', '.join('?' * len(kept))})", [article.id, *kept])
            db.executemany(
                "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, 0, 0) ON CONFLICT (id) DO UPDATE SET live = 1",
                fresh,
            )

    def record_run(self, started: str, added: int, changed: int, unchanged: int, failed: int) -> None:
        """Remember when articles were last looked for and what came of it."""
        self.db.execute(
            "INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?)", [started, now(), added, changed, unchanged, failed]
        )

    def is_new(self) -> bool:
        """Whether nothing was ever added, nor tried to be."""
        has_articles = self.db.execute("SELECT EXISTS (SELECT 1 FROM articles)").fetchone()[0]
        return not has_articles and not self.last_run()

    def last_run(self) -> str:
        """When articles were last looked for, empty if never."""
        row = self.db.execute("SELECT max(finished) AS finished FROM runs").fetchone()
        return str(row["finished"] or "")

    def remove(self, article: str) -> None:
        """Withdraw an article: its passages leave both indexes, its text is forgotten. Raises UnknownArticle."""
        with self.transaction() as db:
            if db.execute("UPDATE articles SET version = 0 WHERE id = ? AND version > 0", [article]).rowcount == 0:
                raise UnknownArticle(f"There is no article {article}; 'onrecord articles' lists them.")
            db.execute("DELETE FROM versions WHERE article = ?", [article])
            db.execute("UPDATE passages SET text = '' WHERE article = ?", [article])
            table.withdraw(db, article)
            _retire(db, "article = ?", [article])

    def article(self, article: str) -> Article:
        """The current version. Raises UnknownArticle."""
        row = self.db.execute(f"{_CURRENT} WHERE a.id = ?", [article]).fetchone()
        if row is None:
            raise UnknownArticle(f"There is no article {article}; 'onrecord articles' lists them.")
        return _article(row)

    def articles(self) -> Iterator[Article]:
        """Current versions, newest first."""
        return map(_article, self.db.execute(f"{_CURRENT} ORDER BY v.published DESC, a.id"))

    def hits(self, passages: Sequence[str]) -> dict[str, Hit]:
        """Passages by id with their articles' facts and no scores; those no longer current are left out."""
        found: dict[str, Hit] = {}
        for first in range(0, len(passages), _AT_ONCE):
            some = passages[first : first + _AT_ONCE]
            rows = self.db.execute(
                f"SELECT {_HIT_COLUMNS} FROM passages p "
                "JOIN versions v ON v.article = p.article AND v.number = p.version "
                f"WHERE p.live AND p.id IN ({', '.join('?' * len(some))})",
                some,
            )
            found.update((row["id"], _hit(row)) for row in rows)
        return found

    def passages_at(self, places: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
        """The id of the current passage at each character of an article; those in none are left out."""
        sql = 'SELECT id FROM passages WHERE article = ? AND live AND start <= ? AND "end" > ?'
        found = {place: self.db.execute(sql, [place[0], place[1], place[1]]).fetchone() for place in places}
        return {place: row["id"] for place, row in found.items() if row}

    def neighbours(self, passage: Passage, reach: int = 1) -> list[Passage]:
        """The passages around one in its article, itself included, in order."""
        rows = self.db.execute(
            "SELECT * FROM passages WHERE article = ? AND live ORDER BY start", [passage.article]
        ).fetchall()
        at = next((n for n, row in enumerate(rows) if row["id"] == passage.id), 0)
        return [_passage(row) for row in rows[max(0, at - reach) : at + reach + 1]]

    def matching(self, filters: Filters) -> list[str]:
        """Ids of the current articles that pass the filters; an undated article passes no date filter."""
        clauses, values = ["a.version = v.number"], list[str]()
        if filters.since:
            clauses.append("v.published >= ?")
            values.append(filters.since)
        if filters.until:
            clauses.append("v.published <> '' AND substr(v.published, 1, 10) <= ?")
            values.append(filters.until)
        if filters.article:
            clauses.append("a.id = ?")
            values.append(filters.article)
        for column, wanted in (("outlet", filters.outlet), ("authors", filters.author)):
            if wanted:
                clauses.append(f"instr(casefold(v.{column}), ?) > 0")
                values.append(json.dumps(wanted, ensure_ascii=False)[1:-1].casefold())
        sql = f"SELECT a.id FROM articles a JOIN versions v ON v.article = a.id WHERE {' AND '.join(clauses)}"
        return [row["id"] for row in self.db.execute(sql, values)]

    def passages_of(self, articles: Sequence[str], *, embedded: bool = False) -> list[str]:
        """Ids of the current passages of these articles; `embedded` limits them to what the vectors index has."""
        having = "AND vectors" if embedded else ""
        found: list[str] = []
        for first in range(0, len(articles), _AT_ONCE):
            some = articles[first : first + _AT_ONCE]
            sql = f"SELECT id FROM passages WHERE live {having} AND article IN ({', '.join('?' * len(some))})"
            found.extend(row["id"] for row in self.db.execute(sql, some))
        return found

    def fact(self, key: str, default: str = "") -> str:
        """One remembered fact about the index."""
        row = self.db.execute("SELECT value FROM facts WHERE key = ?", [key]).fetchone()
        return default if row is None else str(row["value"])

    def set_fact(self, key: str, value: str) -> None:
        """Remember one fact about the index."""
        self.db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", [key, value])

    @staticmethod
    def _next_version(db: sqlite3.Connection, article: str) -> int:
        row = db.execute("SELECT max(version) AS newest FROM passages WHERE article = ?", [article]).fetchone()
        older = db.execute("SELECT max(number) AS newest FROM versions WHERE article = ?", [article]).fetchone()
        return max(row["newest"] or 0, older["newest"] or 0) + 1


_CURRENT = "SELECT v.* FROM articles a JOIN versions v ON v.article = a.id AND v.number = a.version"


def now() -> str:
    """This moment in UTC, ISO 8601 to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _retire(db: sqlite3.Connection, where: str, values: Sequence[str]) -> None:
    """Take passages out of use; those no index has yet are gone at once, the others wait for the indexes."""
    db.execute(f"DELETE FROM passages WHERE words = 0 AND vectors = 0 AND {where}", values)
    db.execute(f"UPDATE passages SET live = 0 WHERE {where}", values)


def _version_row(article: Article, number: int) -> list[Any]:
    names = json.dumps(article.authors, ensure_ascii=False)
    facts = [article.source, article.url, article.title, names, article.outlet, article.published, article.updated]
    return [article.id, number, now(), *facts, article.language, json.dumps(article.headings), article.text]


def _passage_row(article: Article, number: int, span: Span, heading: str) -> list[Any]:
    start, end = span
    key = digest(f"{article.id}\x1f{number}\x1f{article.content_hash}\x1f{start}\x1f{end}")
    return [key, article.id, number, start, end, heading, article.text[start:end], article.published]


def _article(row: sqlite3.Row) -> Article:
    return Article(
        id=row["article"],
        source=row["source"],
        url=row["url"],
        title=row["title"],
        text=row["text"],
        authors=tuple(json.loads(row["authors"])),
        outlet=row["outlet"],
        published=row["published"],
        updated=row["updated"],
        language=row["language"],
        headings=tuple((start, end) for start, end in json.loads(row["headings"])),
    )


def _passage(row: sqlite3.Row) -> Passage:
    return Passage(row["id"], row["article"], row["start"], row["end"], row["text"], row["heading"])


def _hit(row: sqlite3.Row) -> Hit:
    return Hit(
        passage=_passage(row),
        title=row["title"],
        url=row["url"],
        outlet=row["outlet"],
        authors=tuple(json.loads(row["authors"])),
        published=row["published"],
        updated=row["updated"],
        score=0.0,
    )
