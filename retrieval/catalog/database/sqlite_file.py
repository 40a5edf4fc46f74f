"""SQLite files: how long to wait for another process, and whether one is damaged."""

import sqlite3
from contextlib import closing
from pathlib import Path

from retrieval.errors import is_database_damaged

BUSY_TIMEOUT_SECONDS = 60.0  # that a statement waits for another process's write


def database_damage(path: Path) -> str:
    """What is wrong with the structure of a SQLite file, empty if nothing is; reads all of it."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            found = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
    except (sqlite3.DatabaseError, UnicodeDecodeError) as exc:
        return str(exc) if is_database_damaged(exc) else ""
    return "" if found == "ok" else found.splitlines()[-1]
