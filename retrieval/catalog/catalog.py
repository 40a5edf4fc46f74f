"""The catalog in SQLite or PostgreSQL: articles, versions and passages; both search indexes are derived from it."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from retrieval.catalog import quote_table
from retrieval.catalog.database import schema
from retrieval.catalog.database.dialects import among, insert_new, text_list, upsert
from retrieval.catalog.database.drivers.sqlite_file import database_damage
from retrieval.catalog.database.engine import Database, read, sqlite_url, write
from retrieval.catalog.database.tables import articles, facts, passages, runs, uncut, versions, withdrawn
from retrieval.catalog.reader import CatalogReader, unknown_article
from retrieval.catalog.rows import CURRENT, SegmentedArticle, passage_rows, version_row
from retrieval.documents import Article
from retrieval.errors import IndexDamaged, IndexUnavailable, UnknownArticle, is_database_damaged
from retrieval.text.addresses.canonical_url import url_key
from retrieval.text.dates.clock import utc_now

if TYPE_CHECKING:
    from retrieval.catalog.duplicate_articles import TextSignature

REMOVED = "removed"  # the reason of a withdrawal that the operator asked for
_MADE_FROM_CATALOG = ("words/meta.json", "vectors/chroma.sqlite3")  # files of the indexes in the same folder

_IS_THIS = articles.c.id == bindparam("key")
_STATE = select(articles.c.version, articles.c.hash, articles.c.copy_of).where(_IS_THIS)
_STATES = select(articles.c.id, articles.c.hash).where(articles.c.version > 0)
_TEXT = select(versions.c.text).select_from(CURRENT).where(_IS_THIS)
_NEWEST_VERSION = select(func.max(versions.c.number)).where(versions.c.article == bindparam("key"))
_INSERT_VERSION, _INSERT_RUN = insert(versions), insert(runs)
_PUT_ARTICLE = upsert(articles, "version", "hash", "page", "copy_of")
_PUT_WITHDRAWAL, _PUT_FACT = upsert(withdrawn, "at", "why"), upsert(facts, "value")
_WITHDRAW = update(articles).where(_IS_THIS, articles.c.version > 0).values(version=0, copy_of="", page="")
_SET_ORIGINAL = update(articles).where(_IS_THIS).values(copy_of=bindparam("original"))
_SET_LANGUAGE = (
    update(versions)
    .where(versions.c.article == bindparam("key"), versions.c.number == bindparam("version"))
    .values(language=bindparam("told"))
)
_DELETE_VERSIONS = delete(versions).where(versions.c.article == bindparam("key"))
_DELETE_WITHDRAWAL = delete(withdrawn).where(withdrawn.c.article == bindparam("key"))
_DELETE_UNCUT = delete(uncut).where(uncut.c.article == bindparam("key"))
_IS_COPY = articles.c.copy_of == bindparam("key")
_RELEASE_COPIES = update(articles).where(_IS_COPY).values(copy_of="")
_MARK_COPIES_UNCUT = insert_new(uncut).from_select(["article"], select(articles.c.id).where(_IS_COPY))
_PUT_PASSAGES = upsert(passages, "live", "version", "start", "end", "text")
_OUTDATED = (passages.c.article == bindparam("key")) & ~among(passages.c.id, text_list("keep"))
_DELETE_PASSAGES = delete(passages).where(passages.c.words == 0, passages.c.vectors == 0, _OUTDATED)
_WITHDRAW_PASSAGES = update(passages).where(_OUTDATED).values(live=0)
_BLANK_PASSAGES = update(passages).where(passages.c.article == bindparam("key")).values(text="")


class Catalog(CatalogReader):
    """The catalog in a SQLite file or on a server; safe to share between threads.

    Raises IndexUnavailable when it cannot be opened or is of a newer version of OnRecord, IndexDamaged when the file is
    damaged, or is empty or missing although indexes made from it are there.
    """

    def __init__(self, place: Path | Database) -> None:
        self._path = place if isinstance(place, Path) else None
        if self._path:
            _check_presence(self._path)
        super().__init__(Database(sqlite_url(place)) if isinstance(place, Path) else place)
        try:
            if self._path:
                self._path.parent.mkdir(parents=True, exist_ok=True)
            schema.upgrade(self.database, "catalog")
        except (OSError, sqlite3.Error, UnicodeDecodeError) as exc:
            self.close()
            if self._path is None:
                raise
            raise _opening_error(self._path, exc) from exc
        except IndexUnavailable:
            self.close()
            raise

    def is_gone(self) -> bool:
        """Whether the catalog's file was deleted since it was opened."""
        return self._path is not None and not self._path.exists()

    def transaction(self) -> AbstractContextManager[Connection]:
        """A write transaction: committed at the end of the block, rolled back when it raises; one at a time.

        So no two processes keep the same text, on a server either.
        """
        return self.database.transaction(lock="catalog")

    @contextmanager
    def snapshot(self) -> Iterator[CatalogReader]:
        """A read-only view of the catalog as it is now; later writes do not show in it.

        Any thread may use it, but only one at a time.
        """
        with self.database.snapshot() as connection, closing(CatalogReader(self.database, connection)) as moment:
            yield moment

    def close(self) -> None:
        """Close the connections that are not in use."""
        self.database.close()

    def save_articles(self, batch: Iterable[SegmentedArticle]) -> list[str]:
        """Store articles with their passages and quotes as current versions, in one transaction.

        Returns the ids of the copies among them: another article with the same text is kept already, so they are stored
        without passages and quotes.
        """
        prepared = list(map(_prepare, batch))
        with self.transaction() as db:
            return [one.segmented.article.id for one in prepared if _save_version(db, one)]

    def resegment(self, segmented: SegmentedArticle) -> None:
        """Replace the passages, quotes and language of an article; does nothing if its text is no longer current."""
        article, prepared = segmented.article, _prepare(segmented)
        with self.transaction() as db:
            (row,) = read(db, _STATE, {"key": article.id})
            if row.version and row.hash == article.content_hash:
                write(db, _SET_LANGUAGE, {"key": article.id, "version": row.version, "told": article.language})
                original = _find_original(db, prepared)
                write(db, _SET_ORIGINAL, {"key": article.id, "original": original})
                _store_parts(db, prepared, row.version, original, is_new=False)

    def check(self) -> None:
        """Check the structure of the whole file, and all articles. Raises IndexDamaged."""
        if self._path and (problem := database_damage(self._path)):
            raise IndexDamaged(damage_message(self._path, f"is damaged ({problem})"))
        for article in self._damaged_articles():
            raise IndexDamaged(
                f"The catalog {self._path or self.database.place} is damaged in the article {article}; restore it from "
                f"a backup, or remove that article ('onrecord remove {article}') and add it again."
            )

    def _damaged_articles(self) -> Iterator[str]:
        """Ids of the current articles whose stored text or facts are not those that were stored; reads all of them."""
        for row in self.rows(_STATES):
            try:
                is_whole = self.article(row.id).content_hash == row.hash
            except (UnknownArticle, sqlite3.OperationalError, ValueError, TypeError):  # no row, no text, no JSON
                is_whole = False
            if not is_whole:
                yield row.id

    def record_run(self, started: str, added: int, changed: int, unchanged: int, failed: int) -> None:
        """Record a finished ingest run: when it started, when it ended (now), and its counts."""
        counts = {"added": added, "changed": changed, "unchanged": unchanged, "failed": failed}
        self.database.run(_INSERT_RUN, {"started": started, "finished": utc_now(), **counts})

    def remove(self, article: str, why: str = REMOVED) -> None:
        """Withdraw an article: its passages leave both indexes, its text is deleted. Raises UnknownArticle.

        Its copies become unsegmented: from then on they get passages of their own.
        """
        key = {"key": article}
        with self.transaction() as db:
            if write(db, _WITHDRAW, key) == 0:
                raise unknown_article(article)
            write(db, _PUT_WITHDRAWAL, {"article": article, "at": utc_now(), "why": why})
            write(db, _DELETE_VERSIONS, key)
            write(db, _BLANK_PASSAGES, key)
            _release_copies(db, article)
            _delete_parts(db, article)

    def clear_withdrawal(self, article: str) -> bool:
        """Let a withdrawn article be added again by its source; returns whether it was withdrawn."""
        return self.database.run(_DELETE_WITHDRAWAL, {"key": article}) > 0

    def set_fact(self, key: str, value: str) -> None:
        """Store one key and value about the index itself, such as the name of its embedding model."""
        self.database.run(_PUT_FACT, {"key": key, "value": value})

    def set_default_fact(self, key: str, value: str) -> str:
        """Store the value of a key that has none; returns the one that is stored, whichever process was first."""
        self.database.run(insert_new(facts), {"key": key, "value": value})
        return self.fact(key)


def damage_message(path: Path, problem: str) -> str:
    """The sentence for a catalog that is damaged; `problem` goes on after the file's name."""
    return (
        f"The catalog {path} {problem.rstrip('.')}; restore it from a backup, or move the folder {path.parent} away "
        "and add the articles again."
    )


def _check_presence(path: Path) -> None:
    """Raise IndexDamaged if there is no catalog beside indexes made from one.

    A process that was killed early leaves an empty one, alone.
    """
    log = path.with_name(f"{path.name}-wal")
    if path.is_dir() or any(file.exists() and file.stat().st_size for file in (path, log)):
        return
    if any((path.parent / name).exists() for name in _MADE_FROM_CATALOG):
        raise IndexDamaged(damage_message(path, "is empty" if path.exists() else "is missing"))


def _opening_error(path: Path, cause: Exception) -> IndexUnavailable:
    if path.is_dir():
        return IndexDamaged(damage_message(path, "is a folder"))
    if is_database_damaged(cause):
        return IndexDamaged(damage_message(path, f"cannot be opened: {cause}"))
    return IndexUnavailable(f"The index in {path.parent} cannot be opened: {cause}.")


class _PreparedArticle(NamedTuple):
    """An article to be stored, with the features by which its text is compared with others."""

    segmented: SegmentedArticle
    signature: "TextSignature | None"  # None: too short to be told from others
    bands: Sequence[int]


def _prepare(segmented: SegmentedArticle) -> _PreparedArticle:
    from retrieval.catalog import duplicate_articles  # imports numpy: 0.1 s that reading need not wait for

    signature = duplicate_articles.text_signature(segmented.body)
    return _PreparedArticle(segmented, signature, duplicate_articles.minhash_bands(signature) if signature else ())


def _save_version(db: Connection, prepared: _PreparedArticle) -> bool:
    """Store one version of an article; returns whether it is a copy of another article."""
    article, key = prepared.segmented.article, {"key": prepared.segmented.article.id}
    known = next(iter(read(db, _STATE, key)), None)
    if known and known.version and known.hash == article.content_hash:  # another process has stored it meanwhile
        return bool(known.copy_of)
    number = 1 if known is None else (read(db, _NEWEST_VERSION, key)[0][0] or 0) + 1
    if known and not _has_text(db, article):
        _release_copies(db, article.id)
    original = _find_original(db, prepared)
    state = {"id": article.id, "version": number, "hash": article.content_hash, "page": url_key(article.url)}
    write(db, _PUT_ARTICLE, {**state, "copy_of": original})
    write(db, _INSERT_VERSION, version_row(article, number))
    if known:
        write(db, _DELETE_WITHDRAWAL, key)
    _store_parts(db, prepared, number, original, is_new=known is None)
    return bool(original)


def _find_original(db: Connection, prepared: _PreparedArticle) -> str:
    """The id of the kept article with the same text; empty if there is none."""
    from retrieval.catalog import duplicate_articles

    if prepared.signature is None:
        return ""
    article = prepared.segmented.article.id
    return duplicate_articles.find_duplicate(db, article, prepared.signature, prepared.bands)


def _store_parts(db: Connection, prepared: _PreparedArticle, number: int, original: str, *, is_new: bool) -> None:
    """Store the passages, quotes and bands of an article in place of those it had; a copy gets none.

    Passages that are the same as before keep their rows and so stay in both indexes.
    """
    from retrieval.catalog import duplicate_articles

    segmented, bands = prepared.segmented, prepared.bands
    if original:
        segmented, bands = SegmentedArticle(segmented.article, ()), ()
    rows = list(passage_rows(segmented, number))
    if not is_new:
        if original:
            _release_copies(db, segmented.article.id)
        _delete_parts(db, segmented.article.id, keep=[row["id"] for row in rows])
    if bands:
        duplicate_articles.insert_bands(db, segmented.article.id, bands)
    if rows:
        write(db, _PUT_PASSAGES, rows)
    quote_table.insert_quotes(db, segmented.article, segmented.quotes)


def _delete_parts(db: Connection, article: str, keep: Sequence[str] = ()) -> None:
    """Delete an article's quotes and bands, and its passages except those to keep.

    Passages that an index has are marked as pending deletes.
    """
    from retrieval.catalog import duplicate_articles

    duplicate_articles.delete_bands(db, article)
    quote_table.delete_quotes(db, article)
    write(db, _DELETE_UNCUT, {"key": article})
    write(db, _DELETE_PASSAGES, {"key": article, "keep": keep})
    write(db, _WITHDRAW_PASSAGES, {"key": article, "keep": keep})


def _release_copies(db: Connection, article: str) -> None:
    """Mark the copies of an article as unsegmented, because it was removed or its text is no longer theirs."""
    write(db, _MARK_COPIES_UNCUT, {"key": article})
    write(db, _RELEASE_COPIES, {"key": article})


def _has_text(db: Connection, article: Article) -> bool:
    return [row.text for row in read(db, _TEXT, {"key": article.id})] == [article.text]
