"""The state of the index: how much it holds, how old it is, and whether it is ready to answer."""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from retrieval.errors import IndexUnavailable
from retrieval.index import pending
from retrieval.index.store import Store
from retrieval.ingest.watching.source_store import SourceStore
from retrieval.text.dates.clock import utc_now


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """What the index holds, and when articles were last looked for (`indexed_at`, ISO 8601)."""

    articles: int
    passages: int
    indexed_at: str
    sources: tuple["SourceStatus", ...] = ()


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """A watched source: when it was last read completely (ISO 8601), and whether that is too long ago."""

    url: str
    read_at: str
    stale: bool


def read_index_status(store: Store) -> IndexStatus:
    """Read the state of the index from the rows of all passages. Raises IndexUnavailable, which names no file."""
    if store.catalog.is_gone():
        raise IndexUnavailable("The index is missing.")
    try:
        coverage, indexed_at = pending.index_coverage(store.catalog), store.catalog.last_run()
        sources = _source_statuses(store)
        store.bm25.count()
    except (sqlite3.Error, IndexUnavailable, ValueError) as exc:
        raise IndexUnavailable("The index cannot be read.") from exc
    return IndexStatus(coverage.articles, coverage.passages, indexed_at, sources)


def _source_statuses(store: Store) -> tuple[SourceStatus, ...]:
    source_store = SourceStore(store.catalog)
    stale = {source.url for source in source_store.stale(utc_now())}
    return tuple(SourceStatus(source.url, source.newest, source.url in stale) for source in source_store.all())


def require_ready(status: IndexStatus, stale_after: int, now: datetime | None = None) -> None:
    """Raise IndexUnavailable when the index is empty, or when the index or a source is stale.

    The index is stale when articles were last looked for more than `stale_after` hours ago (0: never stale).
    """
    if not status.articles:
        raise IndexUnavailable("The index is empty.")
    if stale_after and status.indexed_at:
        age = (now or datetime.now(UTC)) - datetime.fromisoformat(status.indexed_at)
        if age > timedelta(hours=stale_after):
            raise IndexUnavailable(f"Nobody has looked for articles for {age // timedelta(hours=1)} hours.")
    if stale := [source for source in status.sources if source.stale]:
        first, more = stale[0], f" and {len(stale) - 1} more" if len(stale) > 1 else ""
        raise IndexUnavailable(f"{first.url}{more} has not been read since {first.read_at}.")
