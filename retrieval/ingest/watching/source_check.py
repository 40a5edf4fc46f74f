"""Check a source once: what it lists, and which of that is new, changed or gone."""

from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from retrieval.catalog.catalog import REMOVED, Catalog
from retrieval.catalog.reader import existing_article_id, find_article
from retrieval.documents import Article
from retrieval.errors import Cancelled, SourceError, SourceGone, SourceUnreachable, UnknownArticle
from retrieval.ingest.fetched_document import NO_VALIDATORS, FetchedDocument, Validators
from retrieval.ingest.fetching.fetcher import Fetcher
from retrieval.ingest.parsing.entry import Entry, Listing
from retrieval.ingest.parsing.feeds.listing import ListingKind, parse_listing
from retrieval.ingest.parsing.markup.links import next_page_url, page_numbers
from retrieval.ingest.parsing.sandbox.parser_process import ParserProcess
from retrieval.ingest.watching.page_state import DAY_MINUTES, PageState, PageStates
from retrieval.ingest.watching.source import Source, seconds_between
from retrieval.models.endpoints.cancellation import Cancellation
from retrieval.text.addresses.same_site import is_same_site

MAX_LISTINGS = 2_000  # parts of one sitemap, pages of one feed
MAX_RECHECKS = 50  # pages in one run that no listing has news about
MAX_UNREACHABLE_IN_A_ROW = 5  # pages; then the site is down, not the page
MAX_PLAUSIBLY_GONE = 5  # pages in one run; more, and more than half of those checked, mean a moved or broken site
MAX_ARTICLE_PAGES = 20  # of one article
PROBES = 3  # pages that are fetched before any page counts as gone
RETRY_MINUTES = 60  # for a page that could not be reached


@dataclass(frozen=True, slots=True)
class Observation:
    """The result for one document: its new state, its articles, and the error if it could not be read.

    The document was `read`, is `unchanged`, was `skipped` because its listing has no news, is `gone` for good, or is
    the `listing` itself.
    """

    state: PageState
    outcome: Literal["read", "unchanged", "skipped", "gone", "listing"] = "read"
    articles: tuple[Article, ...] = ()
    error: SourceError | None = None


class SourceCheck:
    """Checks one source once, at the time `at`; `prefetched` documents by URL are not fetched again.

    `warnings` are sentences for the user about skipped entries, each with the URL of its listing.
    """

    def __init__(
        self,
        source: Source,
        catalog: Catalog,
        fetcher: Fetcher,
        parser: ParserProcess,
        at: str,
        prefetched: Mapping[str, FetchedDocument] | None = None,
        cancellation: Cancellation | None = None,
    ) -> None:
        self._source, self._catalog, self._fetcher, self._parser, self._at = source, catalog, fetcher, parser, at
        self._states = PageStates(catalog, source.url)
        self._prefetched, self._cancellation = dict(prefetched or {}), cancellation
        self._checked, self._entries = set[str](), dict[str, Entry]()
        self._unreachable_in_a_row = 0
        self.warnings = list[str]()

    def __iter__(self) -> Iterator[Observation]:
        """Yield all observations, in an order in which they may be stored.

        Raises SourceError when the check has to be aborted, Cancelled.
        """
        kind = self._source.kind
        if kind == "page":
            state = self._states.get(self._source.url) or PageState(self._source.url)
            observation = self._check_page(state, self._known_entry(state))
            yield replace(observation, error=None)
            if observation.error:  # an error of its only page is an error of the source
                raise observation.error
        else:
            yield from self._check_listings(kind)
        yield from self._recheck_pages()

    def _recheck_pages(self) -> Iterator[Observation]:
        """Recheck pages that no listing has news about. Raises SourceError when implausibly many are gone."""
        urls = (url for url in self._states.due(self._at) if url not in self._checked)
        due = [state for url in islice(urls, MAX_RECHECKS) if (state := self._states.get(url))]
        gone, is_up = list[tuple[PageState, Observation]](), False
        for state in due:
            observation = self._recheck(state)
            if observation.outcome == "gone":
                gone.append((state, observation))
            else:
                is_up = is_up or not (observation.error or observation.state.missing_since)
                yield observation
        if not gone or (len(gone) <= max(MAX_PLAUSIBLY_GONE, len(due) / 2) and (is_up or self._is_site_up())):
            yield from (observation for _, observation in gone)
            return
        yield from (Observation(state.after_not_found(self._at, DAY_MINUTES), "listing") for state, _ in gone)
        reason = f"no longer has {len(gone)} of {len(due)} pages; the articles stay, 'onrecord remove' withdraws them"
        raise SourceError(self._source.url, reason)

    def _is_site_up(self) -> bool:
        """Whether a page that was found at its last check is still there; if none is, the whole site may be gone."""
        found = self._states.found(self._at, PROBES)
        for url in found:
            with suppress(SourceError):
                return bool(self._fetch(url, NO_VALIDATORS))
        return not found and self._states.count_missing() <= MAX_PLAUSIBLY_GONE

    def _check_listings(self, kind: ListingKind) -> Iterator[Observation]:
        """Check all parts of a sitemap, or the pages of a feed as long as they have news."""
        queue, begun = deque([(self._source.url, "")]), set[str]()
        while queue and len(begun) < MAX_LISTINGS:
            url, last_modified = queue.popleft()
            if url in begun:
                continue
            begun.add(url)
            try:
                queue.extend((yield from self._check_listing(kind, url, last_modified)))
            except SourceError as exc:
                if url == self._source.url or (kind != "sitemap" and isinstance(exc, SourceUnreachable)):
                    raise
                self._count_unreachable(exc)  # one damaged part does not stop the others
                yield Observation(PageState(url), "listing", error=exc)

    def _check_listing(
        self, kind: ListingKind, url: str, last_modified: str
    ) -> Generator[Observation, None, list[tuple[str, str]]]:
        """Check one document; return the URLs of further ones, each with its last modification if that is listed."""
        state = self._states.get(url) or PageState(url)
        # The pages of a feed are all read only after a complete run; a sitemap has no pages.
        is_read = kind == "sitemap" or self._source.complete
        if is_read and last_modified and last_modified == state.entry_digest:
            return []
        fetched = self._fetch(url, state.validators if is_read else NO_VALIDATORS)
        if is_read and (fetched.unchanged or fetched.digest == state.page_digest):
            yield Observation(state, "listing")
            return []
        listing = parse_listing(kind, fetched)
        self.warnings.extend(f"{url}: {warning}" for warning in listing.warnings)
        has_news = yield from self._check_entries(listing)
        is_index = kind == "sitemap" and bool(listing.further_urls)
        if not is_index:  # an index is read every time: its parts may change although it does not
            yield Observation(
                replace(state, entry_digest=last_modified, validators=fetched.validators, page_digest=fetched.digest),
                "listing",
            )
        goes_on = is_index or has_news or not self._source.complete
        return (
            [(further, listing.last_modified.get(further, "")) for further in listing.further_urls] if goes_on else []
        )

    def _check_entries(self, listing: Listing) -> Generator[Observation, None, bool]:
        """Check the entries of one document; return whether any of them has news."""
        has_news = False
        for entry in listing.entries:
            if self._cancellation and self._cancellation.is_cancelled:
                raise Cancelled("Nobody waits for this source any more.")
            if entry.url and entry.url not in self._checked and entry.url not in self._entries:  # each URL once
                observation = self._check_entry(entry, listing)
                has_news = has_news or observation.outcome != "skipped"
                yield observation
        return has_news

    def _check_entry(self, entry: Entry, listing: Listing) -> Observation:
        state = self._states.get(entry.url) or PageState(entry.url)
        is_same_entry = state.entry_digest == entry.digest
        if is_same_entry and not state.is_read:
            self._entries[entry.url] = entry  # for its recheck when it is due
            return Observation(state, "skipped")
        self._checked.add(entry.url)
        is_elsewhere = not state.articles and (self._is_from_other_source(entry.url) or self._is_later_page(entry.url))
        if is_same_entry or is_elsewhere:
            return Observation(state, "skipped")
        if article := self._article_of_entry(entry, listing):
            articles = self._accepted((article,))
            ids = tuple(article.id for article in articles)
            state = replace(state, entry_digest=entry.digest, listed=True, articles=ids)
            return Observation(state.after_success(self._at, changed=True), articles=articles)
        return self._check_page(state, entry)

    def _article_of_entry(self, entry: Entry, listing: Listing) -> Article | None:
        """The article that the entry has in full; None when its page has to be read, as for any other site."""
        if not is_same_site(entry.url, self._source.url):
            return None
        try:
            return self._parser.parse_entry(entry, listing.title)
        except ValueError:
            return None

    def _is_from_other_source(self, url: str) -> bool:
        """Whether another source keeps the article up to date."""
        article = find_article(self._catalog, url)
        return bool(article) and self._states.is_from_other_source(article)

    def _recheck(self, state: PageState) -> Observation:
        """Check a page without news in its listing, and keep the digest of its last entry."""
        if state.listed:
            return self._check_existence(state)
        observation = self._check_page(state, self._entries.get(state.url) or self._known_entry(state))
        return replace(observation, state=replace(observation.state, entry_digest=state.entry_digest))

    def _check_page(self, state: PageState, entry: Entry) -> Observation:
        """Fetch the page of an article (or of a live blog's many), and parse it if it has changed."""
        self._checked.add(state.url)
        state = replace(state, entry_digest=entry.digest)
        try:
            fetched = self._fetch(state.url, state.validators)
        except SourceGone as exc:
            return self._not_found(state, exc)
        except SourceUnreachable as exc:
            self._count_unreachable(exc)
            return Observation(state.after_failure(self._at, RETRY_MINUTES), error=exc)
        except SourceError as exc:
            return Observation(state.after_refusal(self._at), error=exc)
        self._unreachable_in_a_row = 0
        if fetched.unchanged or fetched.digest == state.page_digest:
            return Observation(state.after_success(self._at, changed=False), "unchanged")
        return self._parse_page(state, entry, fetched)

    def _parse_page(self, state: PageState, entry: Entry, fetched: FetchedDocument) -> Observation:
        state = replace(state, validators=fetched.validators, page_digest=fetched.digest)
        try:
            articles = self._parser.parse_page(fetched, entry, self._further_pages(fetched))
        except ValueError as exc:
            return Observation(state.after_success(self._at, changed=False), error=SourceError(state.url, str(exc)))
        articles = self._accepted(articles)
        changed = any(self._catalog.ingest_outcome(article) != "unchanged" for article in articles)
        state = replace(state, articles=tuple(article.id for article in articles))
        return Observation(state.after_success(self._at, changed=changed), articles=articles)

    def _further_pages(self, first: FetchedDocument) -> list[FetchedDocument]:
        """The later pages of an article, as far as each names the next one and it can be fetched."""
        pages = [first]
        with suppress(SourceError):
            while len(pages) < MAX_ARTICLE_PAGES and (url := next_page_url(pages[-1].content, pages[-1].url)):
                self._checked.add(url)
                pages.append(self._fetch(url, NO_VALIDATORS))
        return pages[1:]

    def _is_later_page(self, url: str) -> bool:
        """Whether a URL is that of a later page of an article that is known."""
        first_pages = (first for first, number in page_numbers(url).items() if number > 1)
        states = (self._states.get(one) for first in first_pages for one in (first, f"{first}/"))
        return any(state and state.articles for state in states)

    def _accepted(self, articles: Iterable[Article]) -> tuple[Article, ...]:
        """The articles under their ids in the catalog, without those that the operator has removed."""
        known = (replace(article, id=existing_article_id(self._catalog, article)) for article in articles)
        return tuple(article for article in known if self._catalog.withdrawal_reason(article.id) != REMOVED)

    def _check_existence(self, state: PageState) -> Observation:
        """Check only whether a page is still there whose text comes from the listing."""
        try:
            fetched = self._fetch(state.url, state.validators)
        except SourceGone as exc:
            return self._not_found(state, exc)
        except SourceError as exc:
            self._count_unreachable(exc)
            return Observation(state.after_failure(self._at, DAY_MINUTES), "unchanged")
        self._unreachable_in_a_row = 0
        found = replace(state, validators=fetched.validators).after_success(self._at, changed=False)
        return Observation(found, "unchanged")

    def _not_found(self, state: PageState, exc: SourceGone) -> Observation:
        """The page is gone when it was not found a day ago either. If it comes back later, it is read again."""
        if state.missing_since and seconds_between(state.missing_since, self._at) >= DAY_MINUTES * 60:
            is_kept = any(not self._catalog.withdrawal_reason(article) for article in state.articles)
            return Observation(state.after_gone(self._at), "gone" if is_kept else "unchanged")
        if state.articles:
            return Observation(state.after_not_found(self._at, DAY_MINUTES))
        return Observation(state.after_not_found(self._at, RETRY_MINUTES), error=exc)

    def _count_unreachable(self, exc: SourceError) -> None:
        """Count unreachable pages in a row. Raises the error again when the whole site is down."""
        if isinstance(exc, SourceUnreachable):
            self._unreachable_in_a_row += 1
            if exc.retry_after or self._unreachable_in_a_row >= MAX_UNREACHABLE_IN_A_ROW:
                raise exc

    def _fetch(self, url: str, validators: Validators) -> FetchedDocument:
        return self._prefetched.pop(url, None) or self._fetcher.get(url, validators, cancellation=self._cancellation)

    def _known_entry(self, state: PageState) -> Entry:
        """An entry with the metadata in the catalog, for metadata that the page itself lacks."""
        try:
            article = self._catalog.article(state.articles[0])
        except (IndexError, UnknownArticle):
            return Entry(state.url)
        return Entry(
            url=state.url,
            title=article.title,
            authors=article.authors,
            published=article.published,
            section=article.section,
            language=article.language,
        )
