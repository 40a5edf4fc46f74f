"""How the index stands: whether it can answer, how much it holds, how old it is."""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from retrieval import backlog
from retrieval.errors import IndexUnavailable
from retrieval.store import Store


@dataclass(frozen=True, slots=True)
class Standing:
    """What the index holds, and since when nobody has looked for articles (ISO 8601)."""

    articles: int
    passages: int
    indexed_at: str


def standing(store: Store) -> Standing:
    """Reads every passage's row. Raises IndexUnavailable, as a sentence that names no file."""
    if not (store.folder / "catalog.db").exists():
        raise IndexUnavailable("The index is missing.")
    try:
        share, indexed_at = backlog.share(store.catalog), store.catalog.last_run()
        store.words.count()
    except (sqlite3.Error, IndexUnavailable, ValueError) as exc:
        raise IndexUnavailable("The index cannot be read.") from exc
    return Standing(share.articles, share.passages, indexed_at)


def check(found: Standing, stale_after: int, now: datetime | None = None) -> None:
    """Raises IndexUnavailable where there is nothing to answer from, or it is older than so many hours (0: never)."""
    if not found.articles:
        raise IndexUnavailable("The index is empty.")
    if stale_after and found.indexed_at:
        age = (now or datetime.now(UTC)) - datetime.fromisoformat(found.indexed_at)
        if age > timedelta(hours=stale_after):
            raise IndexUnavailable(f"Nobody has looked for articles for {age // timedelta(hours=1)} hours.")
