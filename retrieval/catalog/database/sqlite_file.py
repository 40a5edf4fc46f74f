"""SQLite files: how long to wait for another process, and whether one is damaged."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from retrieval.errors import is_database_damaged

BUSY_TIMEOUT_SECONDS = 60.0  # that a statement waits for another process's write
_RETRY_SECONDS = 0.01
_PRIMARY_CODE = 0xFF  # the part of an extended error code that says what kind it is


def set_pragma(db: sqlite3.Connection, pragma: str, busy_seconds: float = BUSY_TIMEOUT_SECONDS) -> None:
    """Set a pragma such as `journal_mode=WAL`, waiting for another process's write.

    SQLite does not wait by itself where two processes switch a new file to WAL: one of them fails at once.
    """
    end = time.monotonic() + busy_seconds
    while True:
        try:
            db.execute(f"PRAGMA {pragma}")
            return
        except sqlite3.OperationalError as exc:
            if exc.sqlite_errorcode & _PRIMARY_CODE != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
        time.sleep(_RETRY_SECONDS)


def database_damage(path: Path) -> str:
    """What is wrong with the structure of a SQLite file, empty if nothing is; reads all of it."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            found = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
    except (sqlite3.DatabaseError, UnicodeDecodeError) as exc:
        return str(exc) if is_database_damaged(exc) else ""
    return "" if found == "ok" else found.splitlines()[-1]
