"""Counts of requests in a shared database, as a storage of the limits library: one row for each window."""

import time

from limits.storage import Storage
from sqlalchemy import BigInteger, Column, Float, Index, MetaData, Table, case, delete, select
from sqlalchemy.exc import DBAPIError

from retrieval.catalog.database.dialects import AnyText, upsert
from retrieval.catalog.database.engine import Database
from retrieval.catalog.database.records import create_tables
from retrieval.errors import IndexUnavailable

PRUNE_SECONDS = 60.0  # between two deletions of windows that have ended, with the addresses in their keys

METADATA = MetaData()
_windows = Table(
    "rate_limit_windows",
    METADATA,
    Column("key", AnyText, primary_key=True),
    Column("count", BigInteger, nullable=False),
    Column("ends", Float(53), nullable=False),  # seconds since 1970
    Index("rate_limit_windows_by_end", "ends"),
)


class DatabaseStorage(Storage):
    """Counts in fixed windows on a PostgreSQL server; may be shared between threads. Raises DatabaseUnavailable."""

    STORAGE_SCHEME = None
    base_exceptions = (IndexUnavailable, DBAPIError)

    def __init__(self, database: Database) -> None:
        super().__init__(wrap_exceptions=True)
        self._database, self._pruned = database, time.monotonic()
        create_tables(database, METADATA)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count in the window of a key, which begins now where none is open; returns the count."""
        self._prune()
        now = time.time()
        is_over = _windows.c.ends <= now
        counted = upsert(
            _windows,
            count=case((is_over, amount), else_=_windows.c.count + amount),
            ends=case((is_over, now + expiry), else_=_windows.c.ends),
        )
        counted = counted.values(key=key, count=amount, ends=now + expiry)
        with self._database.transaction() as db:
            return int(db.execute(counted.returning(_windows.c.count)).scalar_one())

    def get(self, key: str) -> int:
        """The count in the window of a key."""
        found = select(_windows.c.count).where(_windows.c.key == key, _windows.c.ends > time.time())
        rows = self._database.rows(found)
        return int(rows[0][0]) if rows else 0

    def get_expiry(self, key: str) -> float:
        """When the window of a key ends, in seconds since 1970."""
        rows = self._database.rows(select(_windows.c.ends).where(_windows.c.key == key))
        return max(float(rows[0][0]), time.time()) if rows else time.time()

    def check(self) -> bool:
        """Whether the database can be used."""
        self.get("")
        return True

    def reset(self) -> int:
        """Forget all windows; returns how many there were."""
        return self._database.run(delete(_windows))

    def clear(self, key: str) -> None:
        """Forget the window of a key."""
        self._database.run(delete(_windows).where(_windows.c.key == key))

    def _prune(self) -> None:
        if time.monotonic() - self._pruned > PRUNE_SECONDS:
            self._pruned = time.monotonic()
            self._database.run(delete(_windows).where(_windows.c.ends <= time.time()))
