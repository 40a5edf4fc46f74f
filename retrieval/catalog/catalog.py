"""The catalog: articles, their versions and passages in SQLite, the truth everything else is derived from."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from importlib.resources import files
from pathlib import Path

from retrieval.catalog import duplicate_articles
from retrieval.catalog.database import CatalogDatabase, utc_now
from retrieval.catalog.migrations import migrate
from retrieval.catalog.reader import CatalogReader, unknown_article
from retrieval.catalog.rows import CURRENT_VERSIONS_SQL, SegmentedArticle, passage_rows, version_row
from retrieval.documents import Article
from retrieval.errors import IndexUnavailable
from retrieval.quotes import quote_table
from retrieval.text.canonical_url import url_key

REMOVED = "removed"


class Catalog(CatalogReader):
    """One SQLite file in WAL mode; safe to share between threads, each gets a connection of its own.

    Raises IndexUnavailable when the file cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._database = CatalogDatabase(path)
            super().__init__(lambda: self._database.connection)
            with self.transaction() as db:
                migrate(db)
                db.executescript((files("retrieval.catalog") / "schema.sql").read_text("utf-8"))
        except (OSError, sqlite3.Error) as exc:
            raise IndexUnavailable(f"The index in {path.parent} cannot be opened: {exc}.") from exc

    def transaction(self) -> AbstractContextManager[sqlite3.Connection]:
        """All of it or nothing."""
        return self._database.transaction()

    @contextmanager
    def snapshot(self) -> Iterator[CatalogReader]:
        """The catalog as it is at this moment, whatever is put or removed meanwhile.

        It belongs to no thread, but only one may use it at a time.
        """
        with self._database.snapshot() as db:
            yield CatalogReader(lambda: db)

    def close(self) -> None:
        """Close every connection."""
        self._database.close()

    def save_articles(self, batch: Iterable[SegmentedArticle]) -> list[str]:
        """Store articles with their passages and quotes as current versions, in one transaction.

        Returns those of which another article with the same text is kept: they are stored without passages and quotes.
        """
        with self.transaction() as db:
            return [cut.article.id for cut in batch if _save_version(db, cut)]

    def resegment(self, cut: SegmentedArticle) -> None:
        """Replace the passages and quotes of a current version; of one that is no longer current nothing is taken."""
        article = cut.article
        with self.transaction() as db:
            row = db.execute("SELECT version, hash FROM articles WHERE id = ?", [article.id]).fetchone()
            if row["version"] and row["hash"] == article.content_hash:
                _replace_passages(db, cut, row["version"])

    def record_run(self, started: str, added: int, changed: int, unchanged: int, failed: int) -> None:
        """Remember when articles were last looked for and what came of it."""
        self.db.execute(
            "INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?)", [started, utc_now(), added, changed, unchanged, failed]
        )

    def remove(self, article: str, why: str = REMOVED) -> None:
        """Withdraw an article: its passages leave both indexes, its text is forgotten. Raises UnknownArticle.

        Articles of which it was kept are owed their passages from then on.
        """
        gone = "UPDATE articles SET version = 0, copy_of = '', page = '' WHERE id = ? AND version > 0"
        with self.transaction() as db:
            if db.execute(gone, [article]).rowcount == 0:
                raise unknown_article(article)
            db.execute("INSERT OR REPLACE INTO withdrawn VALUES (?, ?, ?)", [article, utc_now(), why])
            db.execute("DELETE FROM versions WHERE article = ?", [article])
            db.execute("UPDATE passages SET text = '' WHERE article = ?", [article])
            quote_table.delete_quotes(db, article)
            duplicate_articles.store_signature(db, article, None)
            _release_copies(db, article)
            _mark_passages_deleted(db, article)

    def clear_withdrawal(self, article: str) -> bool:
        """Let an article come back that was withdrawn; whether it was."""
        return self.db.execute("DELETE FROM withdrawn WHERE article = ?", [article]).rowcount > 0

    def set_fact(self, key: str, value: str) -> None:
        """Remember one fact about the index."""
        self.db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", [key, value])


def _save_version(db: sqlite3.Connection, cut: SegmentedArticle) -> bool:
    """Store one version; whether it is a copy."""
    article = cut.article
    known = db.execute("SELECT version, hash, copy_of FROM articles WHERE id = ?", [article.id]).fetchone()
    if known and known["version"] and known["hash"] == article.content_hash:  # another process was faster
        return bool(known["copy_of"])
    newest = db.execute("SELECT max(number) AS number FROM versions WHERE article = ?", [article.id]).fetchone()
    number = (newest["number"] or 0) + 1
    if not _has_text(db, article):
        _release_copies(db, article.id)
    db.execute(
        "INSERT INTO articles (id, version, hash, page) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET version = excluded.version, hash = excluded.hash, page = excluded.page",
        [article.id, number, article.content_hash, url_key(article.url)],
    )
    row = version_row(article, number)
    db.execute(f"INSERT INTO versions ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", list(row.values()))
    db.execute("DELETE FROM withdrawn WHERE article = ?", [article.id])
    return _replace_passages(db, cut, number)


def _replace_passages(db: sqlite3.Connection, cut: SegmentedArticle, number: int) -> bool:
    """Passages and quotes in place of those there were, none for a copy; whether it is one.

    Passages that stay the same stay in both indexes.
    """
    article, mine = cut.article.id, duplicate_articles.text_signature(cut.body)
    kept = duplicate_articles.find_duplicate(db, article, mine) if mine else ""
    db.execute("UPDATE articles SET copy_of = ? WHERE id = ?", [kept, article])
    db.execute("DELETE FROM uncut WHERE article = ?", [article])
    if kept:
        _release_copies(db, article)
        cut, mine = SegmentedArticle(cut.article, ()), None
    duplicate_articles.store_signature(db, article, mine)
    rows = list(passage_rows(cut, number))
    _mark_passages_deleted(db, article, but=[row[0] for row in rows])
    db.executemany(
        "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, 0, 0) ON CONFLICT (id) DO UPDATE SET live = 1, "
        'version = excluded.version, start = excluded.start, "end" = excluded."end", text = excluded.text',
        rows,
    )
    quote_table.replace_quotes(db, cut.article, cut.quotes)
    return bool(kept)


def _release_copies(db: sqlite3.Connection, article: str) -> None:
    """Have the copies of an article looked at again: it is gone, or no longer says what they say."""
    db.execute("INSERT OR IGNORE INTO uncut SELECT id FROM articles WHERE copy_of = ?", [article])
    db.execute("UPDATE articles SET copy_of = '' WHERE copy_of = ?", [article])


def _has_text(db: sqlite3.Connection, article: Article) -> bool:
    row = db.execute(f"SELECT text FROM ({CURRENT_VERSIONS_SQL} WHERE a.id = ?)", [article.id]).fetchone()
    return row is not None and row["text"] == article.text


def _mark_passages_deleted(db: sqlite3.Connection, article: str, but: Sequence[str] = ()) -> None:
    """Take passages out of use; those no index has yet are gone at once, the others wait for the indexes."""
    where, values = "article = ? AND id NOT IN (SELECT value FROM json_each(?))", [article, json.dumps(but)]
    db.execute(f"DELETE FROM passages WHERE words = 0 AND vectors = 0 AND {where}", values)
    db.execute(f"UPDATE passages SET live = 0 WHERE {where}", values)
