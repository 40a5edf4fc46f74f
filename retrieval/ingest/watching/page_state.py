"""The stored state of each document of a source: hashes, validators, and when to check it again."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from random import uniform

from sqlalchemy import BindParameter, bindparam, exists, func, or_, select

from retrieval.catalog.catalog import Catalog
from retrieval.catalog.database.dialects import insert_new, upsert
from retrieval.catalog.database.engine import AnyRow
from retrieval.catalog.database.tables import brought, sources, visits
from retrieval.ingest.fetched_document import NO_VALIDATORS, Validators
from retrieval.ingest.watching.source import add_minutes

MIN_RECHECK_DAYS, MAX_RECHECK_DAYS = 1.0, 30.0  # the interval doubles while a page stays unchanged
DAY_MINUTES = 24 * 60
JITTER = 0.2  # share of the interval, so that pages that were read together are not rechecked together

_SOURCE: BindParameter[str] = bindparam("source")
_URL: BindParameter[str] = bindparam("url")
_ARTICLE: BindParameter[str] = bindparam("article")
_OF_SOURCE = visits.c.source == _SOURCE
_STATE = select(visits).where(_OF_SOURCE, visits.c.url == _URL)
_BROUGHT = select(brought.c.article).where(brought.c.source == _SOURCE, brought.c.url == _URL)
_BROUGHT = _BROUGHT.order_by(brought.c.article)
_DUE = select(visits.c.url).where(_OF_SOURCE, visits.c.due > "", visits.c.due <= bindparam("at"))
_DUE = _DUE.order_by(visits.c.due)
_FOUND = (
    select(visits.c.url)
    .where(_OF_SOURCE, visits.c.due > bindparam("at"), visits.c.gone == "")
    .where(or_(visits.c.listed == 1, visits.c.digest != ""))
    .order_by(visits.c.due.desc())
    .limit(bindparam("most"))
)
_COUNT_MISSING = select(func.count()).where(_OF_SOURCE, visits.c.gone != "")
_PUT = upsert(visits, *(column.name for column in visits.c if not column.primary_key))
_BRING = insert_new(brought)
_IS_FROM_OTHER = select(
    exists().where(sources.c.url == brought.c.source, brought.c.article == _ARTICLE, brought.c.source != _SOURCE)
)
_IS_ON_OTHER = select(
    exists()
    .where(visits.c.source == brought.c.source, visits.c.url == brought.c.url, visits.c.gone == "")
    .where(brought.c.article == _ARTICLE, or_(brought.c.source != _SOURCE, brought.c.url != _URL))
)


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
        rows = self._catalog.rows(_STATE, source=self._source, url=url)
        return next(map(self._row_to_state, rows), None)

    def due(self, at: str) -> list[str]:
        """URLs of documents that are due for a recheck whatever their listing says, the longest overdue first."""
        return [row.url for row in self._catalog.rows(_DUE, source=self._source, at=at)]

    def found(self, at: str, limit: int) -> list[str]:
        """URLs of pages that were found at their last check, those first whose recheck is furthest away."""
        return [row.url for row in self._catalog.rows(_FOUND, source=self._source, at=at, most=limit)]

    def count_missing(self) -> int:
        """Number of pages that were not found at their last check."""
        return int(self._catalog.value(_COUNT_MISSING, source=self._source))

    def save(self, states: Iterable[PageState]) -> None:
        """Store states in one transaction."""
        with self._catalog.transaction() as db:
            for state in states:
                db.execute(_PUT, _state_to_row(self._source, state))
                document = {"source": self._source, "url": state.url}
                if state.articles:
                    db.execute(_BRING, [{"article": article, **document} for article in state.articles])

    def is_from_other_source(self, article: str) -> bool:
        """Whether an article also comes from another source that is still watched."""
        return bool(self._catalog.value(_IS_FROM_OTHER, article=article, source=self._source))

    def is_on_other_page(self, article: str, url: str) -> bool:
        """Whether an article also comes from another document, of any source, that is not missing."""
        return bool(self._catalog.value(_IS_ON_OTHER, article=article, source=self._source, url=url))

    def _row_to_state(self, row: AnyRow) -> PageState:
        articles = self._catalog.rows(_BROUGHT, source=self._source, url=row.url)
        return PageState(
            url=row.url,
            entry_digest=row.mark,
            validators=Validators(row.etag, row.last_modified),
            page_digest=row.digest,
            due=row.due,
            days=row.days,
            missing_since=row.gone,
            listed=bool(row.listed),
            articles=tuple(article.article for article in articles),
        )


def _state_to_row(source: str, state: PageState) -> dict[str, object]:
    return {
        "source": source,
        "url": state.url,
        "mark": state.entry_digest,
        "etag": state.validators.etag,
        "last_modified": state.validators.last_modified,
        "digest": state.page_digest,
        "due": state.due,
        "days": state.days,
        "gone": state.missing_since,
        "listed": int(state.listed),
    }
