"""What is remembered of the documents of one source: the list's mark, validators, digest, when to look again."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from random import uniform

from retrieval.catalog.catalog import Catalog
from retrieval.ingest.fetching.response import NOTHING_KNOWN, Validators
from retrieval.ingest.watching.source import later

FIRST_DAYS, MOST_DAYS = 1.0, 30.0  # a page that stays as it is is looked at less and less often
DAY = 24 * 60  # minutes
SPREAD = 0.2  # pages that were read together are not looked at together again


@dataclass(frozen=True, slots=True)
class PageState:
    """One document as it was last seen."""

    url: str
    mark: str = ""
    validators: Validators = NOTHING_KNOWN
    digest: str = ""
    due: str = ""
    days: float = 0.0
    gone: str = ""
    listed: bool = False
    articles: tuple[str, ...] = ()

    @property
    def is_settled(self) -> bool:
        """Whether it was had when it was last asked for; else it is asked for again though no list says anything."""
        return bool(self.articles) and not self.gone and (self.listed or bool(self.digest))

    def seen(self, at: str, *, changed: bool) -> "PageState":
        """The same after it was there: soon again where it has just changed, else twice as late as before."""
        days = FIRST_DAYS if changed else min(max(2 * self.days, FIRST_DAYS), MOST_DAYS)
        due = later(at, days * DAY * uniform(1 - SPREAD, 1 + SPREAD))
        return replace(self, due=due, days=days, gone="")

    def refused(self, at: str) -> "PageState":
        """The same after it was not given out: less and less often again."""
        return replace(self.seen(at, changed=False), validators=NOTHING_KNOWN, digest="")

    def missed(self, at: str, minutes: float) -> "PageState":
        """The same after it was not there: whether it is gone for good shows later."""
        return replace(self.again(at, minutes), gone=self.gone or at)

    def given_up(self, at: str) -> "PageState":
        """The same after it was gone for good; where its page comes back, that is read, whatever a list has carried."""
        return replace(self.missed(at, MOST_DAYS * DAY), listed=False)

    def again(self, at: str, minutes: float) -> "PageState":
        """The same, to be looked at once more in so many minutes because it could not be read."""
        return replace(self, due=later(at, minutes), validators=NOTHING_KNOWN, digest="")


class PageStates:
    """The memory of one source."""

    def __init__(self, catalog: Catalog, source: str) -> None:
        self._catalog, self._source = catalog, source

    def get(self, url: str) -> PageState | None:
        """How a document was last seen."""
        rows = self._catalog.db.execute("SELECT * FROM visits WHERE source = ? AND url = ?", [self._source, url])
        return next(map(self._visit, rows), None)

    def due(self, at: str) -> list[str]:
        """The addresses of documents to look at again whatever the list says, the longest waiting first."""
        sql = "SELECT url FROM visits WHERE source = ? AND due > '' AND due <= ? ORDER BY due"
        return [row["url"] for row in self._catalog.db.execute(sql, [self._source, at])]

    def there(self, at: str, most: int) -> list[str]:
        """The addresses of pages that were there when last asked for, those that will be asked for last."""
        sql = (
            "SELECT url FROM visits WHERE source = ? AND due > ? AND gone = '' AND (listed OR digest <> '') "
            "ORDER BY due DESC LIMIT ?"
        )
        return [row["url"] for row in self._catalog.db.execute(sql, [self._source, at, most])]

    def count_missed(self) -> int:
        """How many pages are not there."""
        sql = "SELECT count(*) FROM visits WHERE source = ? AND gone <> ''"
        return int(self._catalog.db.execute(sql, [self._source]).fetchone()[0])

    def remember(self, visits: Iterable[PageState]) -> None:
        """Keep what was seen, in one transaction."""
        with self._catalog.transaction() as db:
            for visit in visits:
                db.execute(
                    "INSERT OR REPLACE INTO visits VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    [self._source, *_row(visit)],
                )
                db.executemany(
                    "INSERT OR IGNORE INTO brought VALUES (?, ?, ?)",
                    [[article, self._source, visit.url] for article in visit.articles],
                )

    def has_another(self, article: str) -> bool:
        """Whether a source other than this one has brought an article, and is still watched."""
        sql = (
            "SELECT EXISTS (SELECT 1 FROM brought b JOIN sources s ON s.url = b.source "
            "WHERE b.article = ? AND b.source <> ?)"
        )
        return bool(self._catalog.db.execute(sql, [article, self._source]).fetchone()[0])

    def is_elsewhere(self, article: str, url: str) -> bool:
        """Whether an article was also brought by another document, which is there."""
        sql = (
            "SELECT EXISTS (SELECT 1 FROM brought b JOIN visits v ON v.source = b.source AND v.url = b.url "
            "WHERE b.article = ? AND (b.source <> ? OR b.url <> ?) AND v.gone = '')"
        )
        return bool(self._catalog.db.execute(sql, [article, self._source, url]).fetchone()[0])

    def _visit(self, row: sqlite3.Row) -> PageState:
        brought = self._catalog.db.execute(
            "SELECT article FROM brought WHERE source = ? AND url = ? ORDER BY article", [self._source, row["url"]]
        )
        return PageState(
            url=row["url"],
            mark=row["mark"],
            validators=Validators(row["etag"], row["last_modified"]),
            digest=row["digest"],
            due=row["due"],
            days=row["days"],
            gone=row["gone"],
            listed=bool(row["listed"]),
            articles=tuple(found["article"] for found in brought),
        )


def _row(visit: PageState) -> list[object]:
    known = visit.validators
    facts = (visit.url, visit.mark, known.etag, known.last_modified, visit.digest)
    return [*facts, visit.due, visit.days, visit.gone, visit.listed]
