"""Store the watched sources, their schedules and their runs in the database of the catalog."""

from dataclasses import asdict, fields
from random import uniform

from sqlalchemy import bindparam, case, delete, insert, select, update

from retrieval.catalog.catalog import Catalog
from retrieval.catalog.database.dialects import greatest, upsert
from retrieval.catalog.database.engine import AnyRow
from retrieval.catalog.database.tables import brought, source_runs, sources, visits
from retrieval.index.claims import Claims
from retrieval.ingest.watching.source import INTERRUPTED, MAX_INTERVAL_MINUTES, Run, Source, add_minutes, is_stale

JITTER = 0.1  # share of the interval, so that sources that were added together are not always due together
WATCHED = "watched"  # the catalog fact with the time when sources were first watched

_IS_THIS = sources.c.url == bindparam("key")
_SOURCES = select(*(sources.c[field.name] for field in fields(Source)))
_PUT = upsert(sources, "kind", "title", "minutes")
_SET_DUE = update(sources).where(_IS_THIS).values(due=bindparam("next"))
_RECORD_RUN = (
    update(sources)
    .where(_IS_THIS)
    .values(
        due=bindparam("next"),
        tried=bindparam("at"),
        failures=bindparam("failed"),
        error=bindparam("why"),
        complete=greatest(sources.c.complete, bindparam("success")),
        succeeded=case((bindparam("success") == 1, bindparam("at")), else_=sources.c.succeeded),
    )
)
_RUNS = (
    select(*(source_runs.c[field.name] for field in fields(Run)))
    .where(source_runs.c.source == bindparam("key"))
    .order_by(source_runs.c.finished.desc(), source_runs.c.rowid.desc())
    .limit(bindparam("most"))
)


class SourceStore:
    """All sources of one index; safe to share between threads, as the catalog is."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def add(self, source: Source) -> None:
        """Add a source; for one that exists only kind, title and interval are updated."""
        self._catalog.database.run(_PUT, asdict(source) | {"complete": int(source.complete)})

    def remove(self, url: str) -> bool:
        """Remove a source and all that is stored about it, but not its articles; return whether it existed."""
        with self._catalog.transaction() as db:
            for table in (visits, brought, source_runs):
                db.execute(delete(table).where(table.c.source == url))
            return db.execute(delete(sources).where(sources.c.url == url)).rowcount > 0

    def get(self, url: str) -> Source | None:
        """The source with this URL."""
        rows = self._catalog.rows(_SOURCES.where(_IS_THIS), key=url)
        return _row_to_source(rows[0]) if rows else None

    def all(self) -> list[Source]:
        """Every source, in the order they were added."""
        return list(map(_row_to_source, self._catalog.rows(_SOURCES.order_by(sources.c.added, sources.c.url))))

    def due(self, at: str) -> list[Source]:
        """The sources that are due at a time, the longest overdue first."""
        statement = _SOURCES.where(sources.c.due <= at).order_by(sources.c.due)
        return list(map(_row_to_source, self._catalog.rows(statement)))

    def claim_due(self, claims: Claims, at: str, most: int) -> list[Source]:
        """Claim up to `most` of the sources that are due, where several machines watch them."""
        due = select(sources.c.url).where(sources.c.due <= at).order_by(sources.c.due).limit(bindparam("most"))
        return [source for url in claims.take(due, most) if (source := self.get(url))]

    def stale(self, at: str) -> list[Source]:
        """The sources without a recent successful run; none if sources were never watched."""
        since = self._catalog.fact(WATCHED)
        return [source for source in self.all() if is_stale(source, at)] if since else []

    def mark_watched(self, at: str) -> None:
        """Store the time when sources were first watched."""
        if not self._catalog.fact(WATCHED):
            self._catalog.set_default_fact(WATCHED, at)

    def record(self, source: Source, run: Run, *, retry_after: float | None = None) -> None:
        """Store a run and the time of the next one, which backs off after failures; `retry_after` is in seconds.

        An interrupted run is not stored, and the source is due again at once.
        """
        if run.error == INTERRUPTED:
            self._catalog.database.run(_SET_DUE, {"key": source.url, "next": run.finished})
            return
        is_success, failures = not run.error, 0 if not run.error else source.failures + 1
        backoff = min(source.minutes * 2**failures, max(MAX_INTERVAL_MINUTES, source.minutes))
        minutes = backoff * uniform(1 - JITTER, 1 + JITTER)
        due = add_minutes(run.finished, max(minutes, min((retry_after or 0) / 60, MAX_INTERVAL_MINUTES)))
        outcome = {"failed": failures, "why": run.error, "success": int(is_success)}
        with self._catalog.transaction() as db:
            db.execute(insert(source_runs), asdict(run))
            db.execute(_RECORD_RUN, {"key": source.url, "next": due, "at": run.finished, **outcome})

    def runs(self, url: str, limit: int) -> list[Run]:
        """The newest runs of a source, newest first."""
        return [Run(*row) for row in self._catalog.rows(_RUNS, key=url, most=limit)]


def _row_to_source(row: AnyRow) -> Source:
    values = row._asdict()
    return Source(**{**values, "complete": bool(values["complete"])})
