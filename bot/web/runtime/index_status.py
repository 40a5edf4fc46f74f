"""How the index stands: whether it can answer, how much it holds, how old it is."""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from retrieval.catalog.database import utc_now
from retrieval.errors import IndexUnavailable
from retrieval.index import pending
from retrieval.index.store import Store
from retrieval.ingest.watching.source_store import SourceStore


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """What the index holds, and since when nobody has looked for articles (ISO 8601)."""

    articles: int
    passages: int
    indexed_at: str
    sources: tuple["SourceStatus", ...] = ()


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """A source on the web: when it was last read whole (ISO 8601), and whether that is too long ago."""

    url: str
    read_at: str
    stale: bool


def read_index_status(store: Store) -> IndexStatus:
    """Reads every passage's row. Raises IndexUnavailable, as a sentence that names no file."""
    if not (store.folder / "catalog.db").exists():
        raise IndexUnavailable("The index is missing.")
    try:
        share, indexed_at, watched = (
            pending.index_coverage(store.catalog),
            store.catalog.last_run(),
            _source_statuses(store),
        )
        store.bm25.count()
    except (sqlite3.Error, IndexUnavailable, ValueError) as exc:
        raise IndexUnavailable("The index cannot be read.") from exc
    return IndexStatus(share.articles, share.passages, indexed_at, watched)


def _source_statuses(store: Store) -> tuple[SourceStatus, ...]:
    register = SourceStore(store.catalog)
    stale = {source.url for source in register.stale(utc_now())}
    return tuple(SourceStatus(source.url, source.newest, source.url in stale) for source in register.all())


def require_ready(found: IndexStatus, stale_after: int, at: datetime | None = None) -> None:
    """Raises IndexUnavailable where there is nothing to answer from, or it or a source has gone stale.

    The index has when nobody has looked for articles for so many hours (0: never).
    """
    if not found.articles:
        raise IndexUnavailable("The index is empty.")
    if stale_after and found.indexed_at:
        age = (at or datetime.now(UTC)) - datetime.fromisoformat(found.indexed_at)
        if age > timedelta(hours=stale_after):
            raise IndexUnavailable(f"Nobody has looked for articles for {age // timedelta(hours=1)} hours.")
    if stale := [source for source in found.sources if source.stale]:
        first, more = stale[0], f" and {len(stale) - 1} more" if len(stale) > 1 else ""
        raise IndexUnavailable(f"{first.url}{more} has not been read since {first.read_at}.")
