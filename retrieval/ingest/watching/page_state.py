"""The stored state of each document of a source: hashes, validators, and when to check it again."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from random import uniform

from retrieval.catalog.catalog import Catalog
from retrieval.ingest.fetched_document import NO_VALIDATORS, Validators
from retrieval.ingest.watching.source import add_minutes

MIN_RECHECK_DAYS, MAX_RECHECK_DAYS = 1.0, 30.0  # the interval doubles while a page stays unchanged
DAY_MINUTES = 24 * 60
JITTER = 0.2  # share of the interval, so that pages that were read together are not rechecked together


@dataclass(frozen=True, slots=True)
class PageState:
    """One document as of its last check; `articles` are the ids of its articles.

    `entry_digest` is the hash of its entry in the listing, `page_digest` that of its content. It is rechecked at `due`,
    `days` after the last check. `missing_since` is when it was first not found, empty while it is there. `listed` is
    true when the listing has the whole text, so that the page is only checked for its existence.
    """

    url: str
    entry_digest: str = ""
    validators: Validators = NO_VALIDATORS
    page_digest: str = ""
    due: str = ""
    days: float = 0.0
    missing_since: str = ""
    listed: bool = False
    articles: tuple[str, ...] = ()

    @property
    def is_read(self) -> bool:
        """Whether the last check succeeded; otherwise it is retried when due, even if its listing has no news."""
        return bool(self.articles) and not self.missing_since and (self.listed or bool(self.page_digest))

    def after_success(self, at: str, *, changed: bool) -> "PageState":
        """The state after it was found at a time: recheck soon if it has changed, else in twice the interval."""
        days = MIN_RECHECK_DAYS if changed else min(max(2 * self.days, MIN_RECHECK_DAYS), MAX_RECHECK_DAYS)
        due = add_minutes(at, days * DAY_MINUTES * uniform(1 - JITTER, 1 + JITTER))
        return replace(self, due=due, days=days, missing_since="")

    def after_refusal(self, at: str) -> "PageState":
        """The state after the server refused it: recheck as if unchanged, but without validators."""
        return replace(self.after_success(at, changed=False), validators=NO_VALIDATORS, page_digest="")

    def after_not_found(self, at: str, minutes: float) -> "PageState":
        """The state after it was not found: recheck in `minutes` to see whether it is gone for good."""
        return replace(self.after_failure(at, minutes), missing_since=self.missing_since or at)

    def after_gone(self, at: str) -> "PageState":
        """The state after it was gone for good; if the page comes back, it is read even if a listing had its text."""
        return replace(self.after_not_found(at, MAX_RECHECK_DAYS * DAY_MINUTES), listed=False)

    def after_failure(self, at: str, minutes: float) -> "PageState":
        """The state after it could not be read: recheck in `minutes` without validators."""
        return replace(self, due=add_minutes(at, minutes), validators=NO_VALIDATORS, page_digest="")


class PageStates:
    """The stored states of all documents of one source."""

    def __init__(self, catalog: Catalog, source: str) -> None:
        self._catalog, self._source = catalog, source

    def get(self, url: str) -> PageState | None:
        """The state of one document."""
        rows = self._catalog.db.execute("SELECT * FROM visits WHERE source = ? AND url = ?", [self._source, url])
        return next(map(self._row_to_state, rows), None)

    def due(self, at: str) -> list[str]:
        """URLs of documents that are due for a recheck whatever their listing says, the longest overdue first."""
        sql = "SELECT url FROM visits WHERE source = ? AND due > '' AND due <= ? ORDER BY due"
        return [row["url"] for row in self._catalog.db.execute(sql, [self._source, at])]

    def found(self, at: str, limit: int) -> list[str]:
        """URLs of pages that were found at their last check, those first whose recheck is furthest away."""
        sql = (
            "SELECT url FROM visits WHERE source = ? AND due > ? AND gone = '' AND (listed OR digest <> '') "
            "ORDER BY due DESC LIMIT ?"
        )
        return [row["url"] for row in self._catalog.db.execute(sql, [self._source, at, limit])]

    def count_missing(self) -> int:
        """Number of pages that were not found at their last check."""
        sql = "SELECT count(*) FROM visits WHERE source = ? AND gone <> ''"
        return int(self._catalog.db.execute(sql, [self._source]).fetchone()[0])

    def save(self, states: Iterable[PageState]) -> None:
        """Store states in one transaction."""
        with self._catalog.transaction() as db:
            for state in states:
                db.execute(
                    "INSERT OR REPLACE INTO visits VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    [self._source, *_state_to_row(state)],
                )
                db.executemany(
                    "INSERT OR IGNORE INTO brought VALUES (?, ?, ?)",
                    [[article, self._source, state.url] for article in state.articles],
                )

    def is_from_other_source(self, article: str) -> bool:
        """Whether an article also comes from another source that is still watched."""
        sql = (
            "SELECT EXISTS (SELECT 1 FROM brought b JOIN sources s ON s.url = b.source "
            "WHERE b.article = ? AND b.source <> ?)"
        )
        return bool(self._catalog.db.execute(sql, [article, self._source]).fetchone()[0])

    def is_on_other_page(self, article: str, url: str) -> bool:
        """Whether an article also comes from another document, of any source, that is not missing."""
        sql = (
            "SELECT EXISTS (SELECT 1 FROM brought b JOIN visits v ON v.source = b.source AND v.url = b.url "
            "WHERE b.article = ? AND (b.source <> ? OR b.url <> ?) AND v.gone = '')"
        )
        return bool(self._catalog.db.execute(sql, [article, self._source, url]).fetchone()[0])

    def _row_to_state(self, row: sqlite3.Row) -> PageState:
        articles = self._catalog.db.execute(
            "SELECT article FROM brought WHERE source = ? AND url = ? ORDER BY article", [self._source, row["url"]]
        )
        return PageState(
            url=row["url"],
            entry_digest=row["mark"],
            validators=Validators(row["etag"], row["last_modified"]),
            page_digest=row["digest"],
            due=row["due"],
            days=row["days"],
            missing_since=row["gone"],
            listed=bool(row["listed"]),
            articles=tuple(article["article"] for article in articles),
        )


def _state_to_row(state: PageState) -> list[object]:
    etag, last_modified = state.validators.etag, state.validators.last_modified
    hashes = [state.url, state.entry_digest, etag, last_modified, state.page_digest]
    return [*hashes, state.due, state.days, state.missing_since, state.listed]
