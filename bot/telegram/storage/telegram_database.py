"""The SQLite database of the bot."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from retrieval.catalog.database import BUSY_TIMEOUT_SECONDS
from retrieval.errors import IndexUnavailable


class TelegramDatabase:
    """One connection, used by one thread at a time; deleted content is overwritten. Raises IndexUnavailable."""

    def __init__(self, path: Path) -> None:
        self._lock = Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(
                path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._db.row_factory = sqlite3.Row
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.execute("PRAGMA secure_delete=ON")
        except (OSError, sqlite3.Error) as exc:
            raise IndexUnavailable(f"The bot's records in {path} cannot be opened: {exc}.") from exc

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def script(self, sql: str) -> None:
        """Run statements that create missing tables and indexes."""
        with self._lock:
            self._db.executescript(sql)

    def run(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Run one statement; returns the number of changed rows."""
        with self._lock:
            return self._db.execute(sql, values).rowcount

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """All rows of a query."""
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Commit everything or, after an exception, nothing."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.rollback()
                raise
            self._db.commit()

    def scrub(self) -> None:
        """Remove deleted content from the write-ahead log too."""
        with self._lock:
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
