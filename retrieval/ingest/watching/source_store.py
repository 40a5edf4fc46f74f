"""Store the watched sources, their schedules and their runs in the database of the catalog."""

import sqlite3
from dataclasses import astuple, fields
from importlib.resources import files
from random import uniform

from retrieval.catalog.catalog import Catalog
from retrieval.ingest.watching.source import INTERRUPTED, MAX_INTERVAL_MINUTES, Run, Source, add_minutes, is_stale

JITTER = 0.1  # share of the interval, so that sources that were added together are not always due together
_COLUMNS = [field.name for field in fields(Source)]
WATCHED = "watched"  # the catalog fact with the time when sources were first watched


class SourceStore:
    """All sources of one index; safe to share between threads, as the catalog is."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        if not _has_schema(catalog.db):
            catalog.db.executescript((files("retrieval.ingest.watching") / "schema.sql").read_text("utf-8"))

    def add(self, source: Source) -> None:
        """Add a source; for one that exists only kind, title and interval are updated."""
        sql = (
            f"INSERT INTO sources VALUES ({', '.join('?' * len(_COLUMNS))}) ON CONFLICT (url) DO UPDATE SET "
            "kind = excluded.kind, title = excluded.title, minutes = excluded.minutes"
        )
        self._catalog.db.execute(sql, astuple(source))

    def remove(self, url: str) -> bool:
        """Remove a source and all that is stored about it, but not its articles; return whether it existed."""
        with self._catalog.transaction() as db:
            for table in ("visits", "brought", "source_runs"):
                db.execute(f"DELETE FROM {table} WHERE source = ?", [url])
            return db.execute("DELETE FROM sources WHERE url = ?", [url]).rowcount > 0

    def get(self, url: str) -> Source | None:
        """The source with this URL."""
        row = self._catalog.db.execute("SELECT * FROM sources WHERE url = ?", [url]).fetchone()
        return _row_to_source(row) if row else None

    def all(self) -> list[Source]:
        """Every source, in the order they were added."""
        return [_row_to_source(row) for row in self._catalog.db.execute("SELECT * FROM sources ORDER BY added, url")]

    def due(self, at: str) -> list[Source]:
        """The sources that are due at a time, the longest overdue first."""
        rows = self._catalog.db.execute("SELECT * FROM sources WHERE due <= ? ORDER BY due", [at])
        return [_row_to_source(row) for row in rows]

    def stale(self, at: str) -> list[Source]:
        """The sources without a recent successful run; none if sources were never watched."""
        since = self._catalog.fact(WATCHED)
        return [source for source in self.all() if is_stale(source, at)] if since else []

    def mark_watched(self, at: str) -> None:
        """Store the time when sources were first watched."""
        if not self._catalog.fact(WATCHED):
            self._catalog.set_fact(WATCHED, at)

    def record(self, source: Source, run: Run, *, retry_after: float | None = None) -> None:
        """Store a run and the time of the next one, which backs off after failures; `retry_after` is in seconds.

        An interrupted run is not stored, and the source is due again at once.
        """
        if run.error == INTERRUPTED:
            self._catalog.db.execute("UPDATE sources SET due = ? WHERE url = ?", [run.finished, source.url])
            return
        is_success, failures = not run.error, 0 if not run.error else source.failures + 1
        backoff = min(source.minutes * 2**failures, max(MAX_INTERVAL_MINUTES, source.minutes))
        minutes = backoff * uniform(1 - JITTER, 1 + JITTER)
        due = add_minutes(run.finished, max(minutes, min((retry_after or 0) / 60, MAX_INTERVAL_MINUTES)))
        with self._catalog.transaction() as db:
            db.execute(f"INSERT INTO source_runs VALUES ({', '.join('?' * 9)})", astuple(run))
            db.execute(
                "UPDATE sources SET due = ?, tried = ?, failures = ?, error = ?, complete = max(complete, ?), "
                "succeeded = CASE WHEN ? THEN ? ELSE succeeded END WHERE url = ?",
                [due, run.finished, failures, run.error, is_success, is_success, run.finished, source.url],
            )

    def runs(self, url: str, limit: int) -> list[Run]:
        """The newest runs of a source, newest first."""
        rows = self._catalog.db.execute(
            "SELECT * FROM source_runs WHERE source = ? ORDER BY finished DESC, rowid DESC LIMIT ?", [url, limit]
        )
        return [Run(*row) for row in rows]


def _has_schema(db: sqlite3.Connection) -> bool:
    return bool(db.execute("SELECT 1 FROM sqlite_master WHERE name = 'runs_of_source'").fetchone())


def _row_to_source(row: sqlite3.Row) -> Source:
    values = dict(row)
    return Source(**{**values, "complete": bool(values["complete"])})
