"""Connections to the catalog's SQLite file in WAL mode: one for each thread, and read snapshots."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from retrieval.errors import is_database_damaged

BUSY_TIMEOUT_SECONDS = 60


class CatalogDatabase:
    """A pool of connections that threads may share. Raises OSError and sqlite3.Error when the file cannot be opened."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._idle_snapshots: list[sqlite3.Connection] = []
        path.parent.mkdir(parents=True, exist_ok=True)

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection of the calling thread, opened at its first use."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._connect()
        return connection

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A write transaction: committed at the end of the block, rolled back when it raises."""
        db = self.connection
        db.execute("BEGIN IMMEDIATE")
        try:
            yield db
        except BaseException:
            db.rollback()
            raise
        db.commit()

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees what is committed now and nothing later; any thread may use it, one at a time."""
        try:
            db = self._idle_snapshots.pop()
        except IndexError:
            db = self._connect()
        db.execute("BEGIN")
        db.execute("SELECT 1 FROM sqlite_schema").fetchone()  # SQLite takes the snapshot at the first read
        try:
            yield db
        finally:
            if db in self._connections:  # else all were closed while this one was still read
                db.rollback()
                self._idle_snapshots.append(db)

    def close(self) -> None:
        """Close every connection."""
        for connection in self._connections:
            connection.close()
        self._connections.clear()
        self._idle_snapshots.clear()
        self._local = threading.local()

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=False)
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=NORMAL")
        db.create_function("casefold", 1, str.casefold, deterministic=True)  # lower() knows ASCII only
        db.row_factory = sqlite3.Row
        self._connections.append(db)
        return db


def database_damage(path: Path) -> str:
    """What is wrong with the structure of a SQLite file, empty if nothing is; reads all of it."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            found = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
    except (sqlite3.DatabaseError, UnicodeDecodeError) as exc:
        return str(exc) if is_database_damaged(exc) else ""
    return "" if found == "ok" else found.splitlines()[-1]


def utc_now() -> str:
    """The current time in UTC, ISO 8601 to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
