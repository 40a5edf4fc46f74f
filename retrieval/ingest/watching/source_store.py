"""The sources in the catalog's file: which there are, when each is due, how its runs went."""

import sqlite3
from dataclasses import astuple, fields
from importlib.resources import files
from random import uniform

from retrieval.catalog.catalog import Catalog
from retrieval.ingest.watching.source import INTERRUPTED, LONGEST_INTERVAL, Run, Source, is_stale, later

JITTER = 0.1  # of the interval: sources that were added together are not looked at together for ever
_COLUMNS = [field.name for field in fields(Source)]
WATCHED = "watched"  # the fact that says since when somebody keeps the sources current


class SourceStore:
    """All sources of one index; safe to share between threads, as the catalog is."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        if not _exists(catalog.db):
            catalog.db.executescript((files("retrieval.ingest.watching") / "schema.sql").read_text("utf-8"))

    def add(self, source: Source) -> None:
        """Watch a source; one that is watched already keeps what is known of it."""
        sql = (
            f"INSERT INTO sources VALUES ({', '.join('?' * len(_COLUMNS))}) ON CONFLICT (url) DO UPDATE SET "
            "kind = excluded.kind, title = excluded.title, minutes = excluded.minutes"
        )
        self._catalog.db.execute(sql, astuple(source))

    def remove(self, url: str) -> bool:
        """Watch a source no more; its articles stay. Whether it was watched."""
        with self._catalog.transaction() as db:
            for table in ("visits", "brought", "source_runs"):
                db.execute(f"DELETE FROM {table} WHERE source = ?", [url])
            return db.execute("DELETE FROM sources WHERE url = ?", [url]).rowcount > 0

    def get(self, url: str) -> Source | None:
        """The source with this address."""
        row = self._catalog.db.execute("SELECT * FROM sources WHERE url = ?", [url]).fetchone()
        return _source(row) if row else None

    def all(self) -> list[Source]:
        """Every source, in the order they were added."""
        return [_source(row) for row in self._catalog.db.execute("SELECT * FROM sources ORDER BY added, url")]

    def due(self, at: str) -> list[Source]:
        """The sources to be looked at now, the longest waiting first."""
        rows = self._catalog.db.execute("SELECT * FROM sources WHERE due <= ? ORDER BY due", [at])
        return [_source(row) for row in rows]

    def stale(self, at: str) -> list[Source]:
        """The sources that should have been looked at long ago; none where nobody ever said to keep them current."""
        since = self._catalog.fact(WATCHED)
        return [source for source in self.all() if is_stale(source, at)] if since else []

    def watch(self, at: str) -> None:
        """Remember that somebody keeps the sources current from now on."""
        if not self._catalog.fact(WATCHED):
            self._catalog.set_fact(WATCHED, at)

    def record(self, source: Source, run: Run, *, retry_after: float | None = None) -> None:
        """Remember how a run went, and when the next one is due; `retry_after` are the seconds a server asks for.

        One that was interrupted is made again as soon as somebody watches.
        """
        if run.error == INTERRUPTED:
            self._catalog.db.execute("UPDATE sources SET due = ? WHERE url = ?", [run.finished, source.url])
            return
        ok, failures = not run.error, 0 if not run.error else source.failures + 1
        wait = min(source.minutes * 2**failures, max(LONGEST_INTERVAL, source.minutes)) * uniform(
            1 - JITTER, 1 + JITTER
        )
        due = later(run.finished, max(wait, min((retry_after or 0) / 60, LONGEST_INTERVAL)))
        with self._catalog.transaction() as db:
            db.execute(f"INSERT INTO source_runs VALUES ({', '.join('?' * 9)})", astuple(run))
            db.execute(
                "UPDATE sources SET due = ?, tried = ?, failures = ?, error = ?, complete = max(complete, ?), "
                "succeeded = CASE WHEN ? THEN ? ELSE succeeded END WHERE url = ?",
                [due, run.finished, failures, run.error, ok, ok, run.finished, source.url],
            )

    def runs(self, url: str, most: int) -> list[Run]:
        """The newest runs of a source, newest first."""
        rows = self._catalog.db.execute(
            "SELECT * FROM source_runs WHERE source = ? ORDER BY finished DESC, rowid DESC LIMIT ?", [url, most]
        )
        return [Run(*row) for row in rows]


def _exists(db: sqlite3.Connection) -> bool:
    return bool(db.execute("SELECT 1 FROM sqlite_master WHERE name = 'runs_of_source'").fetchone())


def _source(row: sqlite3.Row) -> Source:
    values = dict(row)
    return Source(**{**values, "complete": bool(values["complete"])})
