"""A persistent cache of embeddings by the hash of their text."""

import logging
import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from langchain_core.embeddings import Embeddings

from retrieval.catalog.database.drivers.sqlite_file import BUSY_TIMEOUT_SECONDS, set_pragma
from retrieval.documents import digest
from retrieval.errors import is_database_damaged, storage_error
from retrieval.index.vectors.minilm import EmbeddingModel

HalfVector = npt.NDArray[np.float16]

COMMIT_EVERY = 64  # texts; an interruption loses at most so many embeddings
_KEYS_PER_STATEMENT = 500
_CREATE_TABLE = "CREATE TABLE IF NOT EXISTS vectors (key TEXT PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID"

LOG = logging.getLogger(__name__)
T = TypeVar("T")


class EmbeddingCache(EmbeddingModel):
    """An embedding model that stores its results in a SQLite file; a damaged file is replaced by an empty one.

    Vectors are stored as float16: half the disk space, and a cosine changes by less than 0.001. Raises StorageError.
    """

    def __init__(self, path: Path, model: Embeddings, name: str) -> None:
        self._path, self._model, self.name = path, model, name
        self._lock = threading.Lock()
        self._opened: sqlite3.Connection | None = None

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._opened:
                self._opened.close()
                self._opened = None

    def embed_query(self, text: str) -> list[float]:
        """The vector of one question; questions are not cached."""
        return self._model.embed_query(text)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Vectors in the order of `texts`; only those that are not cached are computed."""
        keys = [digest(f"{self.name}\x1f{text}") for text in texts]
        known = self._cached(keys)
        missing = sorted(
            {key: text for key, text in zip(keys, texts, strict=True) if key not in known}.items(), key=_length
        )
        for first in range(0, len(missing), COMMIT_EVERY):
            batch = missing[first : first + COMMIT_EVERY]
            vectors = self._model.embed_documents([text for _, text in batch])
            fresh = {key: np.asarray(vector, dtype=np.float16) for (key, _), vector in zip(batch, vectors, strict=True)}
            self._save(fresh)
            known.update(fresh)
        return [known[key].astype(np.float32).tolist() for key in keys]

    def _cached(self, keys: Sequence[str]) -> dict[str, HalfVector]:
        found = dict[str, HalfVector]()
        for first in range(0, len(keys), _KEYS_PER_STATEMENT):
            batch = keys[first : first + _KEYS_PER_STATEMENT]
            sql = f"SELECT key, vector FROM vectors WHERE key IN ({', '.join('?' * len(batch))})"
            rows = self._run(partial(_fetch_all, sql=sql, values=batch))
            found.update((key, np.frombuffer(blob, dtype=np.float16)) for key, blob in rows if _is_vector(blob))
        return found

    def _save(self, vectors: dict[str, HalfVector]) -> None:
        rows = [(key, vector.tobytes()) for key, vector in vectors.items()]

        def insert(db: sqlite3.Connection) -> None:
            with db:
                db.execute("BEGIN IMMEDIATE")
                db.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)

        self._run(insert)

    def _run(self, action: Callable[[sqlite3.Connection], T]) -> T:
        """Run an action on the database; a damaged one is replaced by an empty one. Raises StorageError."""
        try:
            try:
                return action(self._open())
            except (sqlite3.Error, UnicodeDecodeError) as exc:
                is_missing_table = getattr(exc, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR  # or a column of it
                if not (is_missing_table or is_database_damaged(exc)):
                    raise
                LOG.warning("The stored embeddings in %s are damaged (%s); they are made anew.", self._path.name, exc)
                self._delete()
                return action(self._open())
        except (OSError, sqlite3.Error) as exc:
            raise storage_error(f"The embeddings in {self._path}", exc) from exc

    def _open(self) -> sqlite3.Connection:
        """The database, opened at first use: questions are embedded without it."""
        with self._lock:
            if self._opened is None:
                self._path.parent.mkdir(parents=True, exist_ok=True)  # a machine may have no other files in it
                self._opened = _open_file(self._path)
            return self._opened

    def _delete(self) -> None:
        self.close()
        for suffix in ("", "-wal", "-shm"):
            self._path.with_name(f"{self._path.name}{suffix}").unlink(missing_ok=True)


def _open_file(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        set_pragma(db, "journal_mode=WAL")
        set_pragma(db, "synchronous=NORMAL")
        db.execute(_CREATE_TABLE)
    except BaseException:
        db.close()
        raise
    return db


def copy_embeddings(source: Path, target: Path) -> None:
    """Copy all stored embeddings to another file, in place of those that it has. Raises StorageError."""
    if not source.exists():
        return
    try:
        with closing(sqlite3.connect(source)) as stored, closing(sqlite3.connect(target)) as copied:
            stored.backup(copied)
    except sqlite3.Error as exc:
        raise storage_error(f"The embeddings in {target}", exc) from exc


def _fetch_all(db: sqlite3.Connection, sql: str, values: Sequence[str]) -> list[tuple[str, bytes]]:
    return db.execute(sql, values).fetchall()


def _is_vector(blob: object) -> bool:
    """Whether a stored value is one, and not what damage has made of it."""
    if not isinstance(blob, bytes) or len(blob) % 2:
        return False
    return bool(np.isfinite(np.frombuffer(blob, dtype=np.float16)).all())


def _length(item: tuple[str, str]) -> int:
    return len(item[1])
