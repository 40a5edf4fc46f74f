"""Claims in the catalog: which of several workers, on whatever machines, does what a row stands for.

A claim ends by itself when its worker does not renew it, so what a killed worker has left is taken over by the next.
"""

import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final

from sqlalchemy import Column, Select, Update, bindparam, select, update

from retrieval.catalog.catalog import Catalog
from retrieval.catalog.database.dialects import among, server_time, text_list
from retrieval.errors import OnRecordError

LEASE_SECONDS = 30.0  # that a worker keeps a claim without renewing it
RENEWALS = 3  # in that time
FREE: Final[dict[str, Any]] = {"claimed_by": "", "claimed_until": 0.0}


class Claims:
    """The claims of one worker on rows of the table whose primary key is `key`; safe to share between threads.

    All methods raise DatabaseUnavailable.
    """

    def __init__(self, catalog: Catalog, key: Column[str], *, seconds: float = LEASE_SECONDS) -> None:
        self.worker = secrets.token_hex(8)
        self._catalog, self._key, self._seconds = catalog, key, seconds
        self._held, self._changing = set[str](), threading.Lock()

    def take(self, wanted: Select[Any], most: int, **changes: Any) -> list[str]:
        """Claim up to `most` of the rows whose keys `wanted` selects, with `:most` as its limit; none is waited for.

        Free rows are taken, and those whose claim has expired; `changes` are made to them. Returns their keys.
        """
        table = self._key.table
        # A common table expression, because PostgreSQL may evaluate a subquery with LIMIT more than once.
        free = wanted.where(table.c.claimed_until < server_time()).with_for_update(skip_locked=True, of=table)
        claim = update(table).where(self._key.in_(select(free.cte("free")))).returning(self._key)
        with self._catalog.database.transaction() as db:
            found = db.execute(claim.values(self._claim() | changes), {"most": most})
            keys = list(found.scalars())
        with self._changing:
            self._held.update(keys)
        return keys

    def renew(self) -> None:
        """Keep what this worker has claimed."""
        with self._changing:
            held = sorted(self._held)
        if held:
            self._change(self._mine().values(self._claim()), held)

    def release(self, keys: Sequence[str] | None = None) -> None:
        """Give claims back, all by default."""
        with self._changing:
            released = sorted(self._held if keys is None else self._held.intersection(keys))
            self._held.difference_update(released)
        if released:
            self._change(self._mine().values(FREE), released)

    def forget(self, keys: Sequence[str]) -> None:
        """Note that claims were given back by the statement that recorded the work."""
        with self._changing:
            self._held.difference_update(keys)

    @contextmanager
    def renewing(self) -> Iterator[None]:
        """Renew all claims while the block runs, and give them back if it fails."""
        done = threading.Event()
        thread = threading.Thread(target=self._renew_until, args=[done], name="claims", daemon=True)
        thread.start()
        try:
            yield
        except BaseException:
            with suppress(OnRecordError):  # they expire
                self.release()
            raise
        finally:
            done.set()

    def _renew_until(self, done: threading.Event) -> None:
        while not done.wait(self._seconds / RENEWALS):
            with suppress(OnRecordError):  # the next renewal may succeed; else another worker goes on
                self.renew()

    def _claim(self) -> dict[str, Any]:
        return {"claimed_by": self.worker, "claimed_until": server_time() + self._seconds}

    def _mine(self) -> Update:
        table = self._key.table
        return update(table).where(among(self._key, text_list("keys")), table.c.claimed_by == bindparam("worker"))

    def _change(self, statement: Update, keys: Sequence[str]) -> None:
        with self._catalog.transaction() as db:  # in turn with those that store articles, which lock the same rows
            db.execute(statement, {"keys": keys, "worker": self.worker})
