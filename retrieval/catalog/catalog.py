"""The catalog: articles, their versions and passages in SQLite; both search indexes are derived from it."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from retrieval.catalog.database import CatalogDatabase, database_damage, utc_now
from retrieval.catalog.migrations import MIGRATIONS, migrate, schema_version
from retrieval.catalog.reader import CatalogReader, unknown_article
from retrieval.catalog.rows import CURRENT_VERSIONS_SQL, SegmentedArticle, passage_rows, version_row
from retrieval.documents import Article
from retrieval.errors import IndexDamaged, IndexUnavailable, UnknownArticle, is_database_damaged
from retrieval.quotes import quote_table
from retrieval.text.canonical_url import url_key

REMOVED = "removed"  # the reason of a withdrawal that the operator asked for
_MADE_FROM_CATALOG = ("words/meta.json", "vectors/chroma.sqlite3")  # files of the indexes in the same folder


class Catalog(CatalogReader):
    """One SQLite file in WAL mode; safe to share between threads, each gets a connection of its own.

    Raises IndexUnavailable when the file cannot be opened or is of a newer version of OnRecord, IndexDamaged when it is
    damaged, or is empty or missing although indexes made from it are there.
    """

    def __init__(self, path: Path) -> None:
        if _is_lost(path):
            raise IndexDamaged(damage_message(path, "is empty" if path.exists() else "is missing"))
        self._path = path
        try:
            self._database = CatalogDatabase(path)
            super().__init__(lambda: self._database.connection)
            if schema_version(self.db) != len(MIGRATIONS):
                with self.transaction() as db:
                    migrate(db)
        except (OSError, sqlite3.Error, UnicodeDecodeError) as exc:
            if path.is_dir():
                raise IndexDamaged(damage_message(path, "is a folder")) from exc
            if is_database_damaged(exc):
                raise IndexDamaged(damage_message(path, f"cannot be opened: {exc}")) from exc
            raise IndexUnavailable(f"The index in {path.parent} cannot be opened: {exc}.") from exc
        except IndexUnavailable:
            self.close()
            raise

    def transaction(self) -> AbstractContextManager[sqlite3.Connection]:
        """A write transaction: committed at the end of the block, rolled back when it raises."""
        return self._database.transaction()

    @contextmanager
    def snapshot(self) -> Iterator[CatalogReader]:
        """A read-only view of the catalog as it is now; later writes do not show in it.

        Any thread may use it, but only one at a time.
        """
        with self._database.snapshot() as db:
            yield CatalogReader(lambda: db)

    def close(self) -> None:
        """Close every connection."""
        self._database.close()

    def save_articles(self, batch: Iterable[SegmentedArticle]) -> list[str]:
        """Store articles with their passages and quotes as current versions, in one transaction.

        Returns the ids of the copies among them: another article with the same text is kept already, so they are stored
        without passages and quotes.
        """
        with self.transaction() as db:
            return [segmented.article.id for segmented in batch if _save_version(db, segmented)]

    def resegment(self, segmented: SegmentedArticle) -> None:
        """Replace the passages and quotes of an article; does nothing if its text is no longer the current version."""
        article = segmented.article
        with self.transaction() as db:
            row = db.execute("SELECT version, hash FROM articles WHERE id = ?", [article.id]).fetchone()
            if row["version"] and row["hash"] == article.content_hash:
                _replace_passages(db, segmented, row["version"])

    def check(self) -> None:
        """Check the structure of the whole file, and all articles. Raises IndexDamaged."""
        if problem := database_damage(self._path):
            raise IndexDamaged(damage_message(self._path, f"is damaged ({problem})"))
        for article in self._damaged_articles():
            raise IndexDamaged(
                f"The catalog {self._path} is damaged in the article {article}; restore it from a backup, or remove "
                f"that article ('onrecord remove {article}') and add it again."
            )

    def _damaged_articles(self) -> Iterator[str]:
        """Ids of the current articles whose stored text or facts are not those that were stored; reads all of them."""
        for row in self.db.execute("SELECT id, hash FROM articles WHERE version > 0").fetchall():
            try:
                is_whole = self.article(row["id"]).content_hash == row["hash"]
            except (UnknownArticle, sqlite3.OperationalError, ValueError, TypeError):  # no row, no text, no JSON
                is_whole = False
            if not is_whole:
                yield row["id"]

    def record_run(self, started: str, added: int, changed: int, unchanged: int, failed: int) -> None:
        """Record a finished ingest run: when it started, when it ended (now), and its counts."""
        self.db.execute(
            "INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?)", [started, utc_now(), added, changed, unchanged, failed]
        )

    def remove(self, article: str, why: str = REMOVED) -> None:
        """Withdraw an article: its passages leave both indexes, its text is deleted. Raises UnknownArticle.

        Its copies become unsegmented: from then on they get passages of their own.
        """
        from retrieval.catalog import duplicate_articles  # imports numpy: 0.1 s that reading need not wait for

        withdraw = "UPDATE articles SET version = 0, copy_of = '', page = '' WHERE id = ? AND version > 0"
        with self.transaction() as db:
            if db.execute(withdraw, [article]).rowcount == 0:
                raise unknown_article(article)
            db.execute("INSERT OR REPLACE INTO withdrawn VALUES (?, ?, ?)", [article, utc_now(), why])
            db.execute("DELETE FROM versions WHERE article = ?", [article])
            db.execute("UPDATE passages SET text = '' WHERE article = ?", [article])
            quote_table.delete_quotes(db, article)
            duplicate_articles.store_signature(db, article, None)
            _release_copies(db, article)
            _delete_passages(db, article)

    def clear_withdrawal(self, article: str) -> bool:
        """Let a withdrawn article be added again by its source; returns whether it was withdrawn."""
        return self.db.execute("DELETE FROM withdrawn WHERE article = ?", [article]).rowcount > 0

    def set_fact(self, key: str, value: str) -> None:
        """Store one key and value about the index itself, such as the name of its embedding model."""
        self.db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", [key, value])


def damage_message(path: Path, problem: str) -> str:
    """The sentence for a catalog that is damaged; `problem` goes on after the file's name."""
    return (
        f"The catalog {path} {problem.rstrip('.')}; restore it from a backup, or move the folder {path.parent} away "
        "and add the articles again."
    )


def _is_lost(path: Path) -> bool:
    """Whether there is no catalog beside indexes made from one; a process killed early leaves an empty one alone."""
    log = path.with_name(f"{path.name}-wal")
    if path.is_dir() or any(file.exists() and file.stat().st_size for file in (path, log)):
        return False
    return any((path.parent / name).exists() for name in _MADE_FROM_CATALOG)


def _save_version(db: sqlite3.Connection, segmented: SegmentedArticle) -> bool:
    """Store one version of an article; returns whether it is a copy of another article."""
    article = segmented.article
    known = db.execute("SELECT version, hash, copy_of FROM articles WHERE id = ?", [article.id]).fetchone()
    if known and known["version"] and known["hash"] == article.content_hash:  # another process has stored it meanwhile
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
    return _replace_passages(db, segmented, number)


def _replace_passages(db: sqlite3.Connection, segmented: SegmentedArticle, number: int) -> bool:
    """Replace an article's passages and quotes, with none if it is a copy; returns whether it is one.

    Passages that are the same as before keep their rows and so stay in both indexes.
    """
    from retrieval.catalog import duplicate_articles  # imports numpy: 0.1 s that reading need not wait for

    article, signature = segmented.article.id, duplicate_articles.text_signature(segmented.body)
    original = duplicate_articles.find_duplicate(db, article, signature) if signature else ""
    db.execute("UPDATE articles SET copy_of = ? WHERE id = ?", [original, article])
    db.execute("DELETE FROM uncut WHERE article = ?", [article])
    if original:
        _release_copies(db, article)
        segmented, signature = SegmentedArticle(segmented.article, ()), None
    duplicate_articles.store_signature(db, article, signature)
    rows = list(passage_rows(segmented, number))
    _delete_passages(db, article, keep=[row[0] for row in rows])
    db.executemany(
        "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, 0, 0) ON CONFLICT (id) DO UPDATE SET live = 1, "
        'version = excluded.version, start = excluded.start, "end" = excluded."end", text = excluded.text',
        rows,
    )
    quote_table.replace_quotes(db, segmented.article, segmented.quotes)
    return bool(original)


def _release_copies(db: sqlite3.Connection, article: str) -> None:
    """Mark the copies of an article as unsegmented, because it was removed or its text is no longer theirs."""
    db.execute("INSERT OR IGNORE INTO uncut SELECT id FROM articles WHERE copy_of = ?", [article])
    db.execute("UPDATE articles SET copy_of = '' WHERE copy_of = ?", [article])


def _has_text(db: sqlite3.Connection, article: Article) -> bool:
    row = db.execute(f"SELECT text FROM ({CURRENT_VERSIONS_SQL} WHERE a.id = ?)", [article.id]).fetchone()
    return row is not None and row["text"] == article.text


def _delete_passages(db: sqlite3.Connection, article: str, keep: Sequence[str] = ()) -> None:
    """Delete an article's passages, except those to keep, that are in no index; mark the others as pending deletes."""
    where, values = "article = ? AND id NOT IN (SELECT value FROM json_each(?))", [article, json.dumps(keep)]
    db.execute(f"DELETE FROM passages WHERE words = 0 AND vectors = 0 AND {where}", values)
    db.execute(f"UPDATE passages SET live = 0 WHERE {where}", values)
