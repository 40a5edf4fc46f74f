"""What is remembered of the documents of one source: the list's mark, validators, digest, when to look again."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from random import uniform

from retrieval.catalog import Catalog
from retrieval.fetching.fetched import NOTHING_KNOWN, Validators
from retrieval.watching.source import later

FIRST_DAYS, MOST_DAYS = 1.0, 30.0  # a page that stays as it is is looked at less and less often
DAY = 24 * 60  # minutes
SPREAD = 0.2  # pages that were read together are not looked at together again


@dataclass(frozen=True, slots=True)
class Visit:
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

    def seen(self, at: str, *, changed: bool) -> "Visit":
        """The same after it was there: soon again where it has just changed, else twice as late as before."""
        days = FIRST_DAYS if changed else min(max(2 * self.days, FIRST_DAYS), MOST_DAYS)
        due = later(at, days * DAY * uniform(1 - SPREAD, 1 + SPREAD))
        return replace(self, due=due, days=days, gone="")

    def missed(self, at: str) -> "Visit":
        """The same after it was not there: whether it is gone for good shows a day later."""
        return replace(self, gone=self.gone or at, due=later(at, DAY), validators=NOTHING_KNOWN, digest="")

    def again(self, at: str, minutes: float) -> "Visit":
        """The same, to be looked at once more in so many minutes because it could not be read."""
        return replace(self, due=later(at, minutes))


class Visits:
    """The memory of one source."""

    def __init__(self, catalog: Catalog, source: str) -> None:
        self._catalog, self._source = catalog, source

    def get(self, url: str) -> Visit | None:
        """How a document was last seen."""
        rows = self._catalog.db.execute("SELECT * FROM visits WHERE source = ? AND url = ?", [self._source, url])
        return next(map(self._visit, rows), None)

    def due(self, at: str, most: int) -> list[Visit]:
        """Documents to look at again whatever the list says, the longest waiting first."""
        sql = "SELECT * FROM visits WHERE source = ? AND due <> '' AND due <= ? ORDER BY due LIMIT ?"
        return [self._visit(row) for row in self._catalog.db.execute(sql, [self._source, at, most]).fetchall()]

    def remember(self, visits: Iterable[Visit]) -> None:
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
        """Whether a source other than this one has brought an article."""
        sql = "SELECT EXISTS (SELECT 1 FROM brought WHERE article = ? AND source <> ?)"
        return bool(self._catalog.db.execute(sql, [article, self._source]).fetchone()[0])

    def _visit(self, row: sqlite3.Row) -> Visit:
        brought = self._catalog.db.execute(
            "SELECT article FROM brought WHERE source = ? AND url = ? ORDER BY article", [self._source, row["url"]]
        )
        return Visit(
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


def _row(visit: Visit) -> list[object]:
    known = visit.validators
    facts = (visit.url, visit.mark, known.etag, known.last_modified, visit.digest)
    return [*facts, visit.due, visit.days, visit.gone, visit.listed]
