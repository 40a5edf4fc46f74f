"""One look at a source: what it lists, and of that what is new, what has changed, what is gone."""

from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from itertools import islice

from retrieval.catalog.catalog import REMOVED, Catalog
from retrieval.catalog.reader import existing_article_id, find_article
from retrieval.documents import Article
from retrieval.endpoints.cancellation import Cancellation
from retrieval.errors import Cancelled, SourceError, SourceGone, SourceUnreachable, UnknownArticle
from retrieval.ingest.fetched_document import NOTHING_KNOWN, FetchedDocument, Validators
from retrieval.ingest.fetching.fetcher import Fetcher
from retrieval.ingest.parsing.entry import Entry, Listing
from retrieval.ingest.parsing.feeds.listing import Kind
from retrieval.ingest.parsing.feeds.listing import read_listing as listed
from retrieval.ingest.parsing.sandbox.parser_process import ParserProcess
from retrieval.ingest.watching.page_state import DAY, Observation, PageState, PageStates
from retrieval.ingest.watching.source import Source, seconds_between
from retrieval.text.same_site import is_same_site

MOST_DOCUMENTS = 2_000  # parts of one sitemap, pages of one feed
AGAIN_AT_ONCE = 50  # pages in one run that no list said anything new of
UNREACHABLE_IN_A_ROW = 5  # pages; then the site is down, not the page
FEW_GONE = 5  # pages in one run; more of them, and most of those asked for, are a site that has moved or is broken
PROBES = 3  # pages asked for before any is believed to be gone
RETRY_MINUTES = 60  # for a page that could not be reached


class SourceCheck:
    """Looks at one source once, at the moment `at`; `at_hand` are documents that need not be fetched again."""

    def __init__(
        self,
        source: Source,
        catalog: Catalog,
        fetcher: Fetcher,
        reader: ParserProcess,
        at: str,
        at_hand: Mapping[str, FetchedDocument] | None = None,
        cancellation: Cancellation | None = None,
    ) -> None:
        self._source, self._catalog, self._fetcher, self._reader, self._at = source, catalog, fetcher, reader, at
        self._visits = PageStates(catalog, source.url)
        self._at_hand, self._cancellation = dict(at_hand or {}), cancellation
        self._asked, self._told = set[str](), dict[str, Entry]()
        self._unreachable = 0

    def __iter__(self) -> Iterator[Observation]:
        """Everything seen, in the order in which it may be remembered.

        Raises SourceError where it has to break off, Cancelled.
        """
        kind = self._source.kind
        if kind == "page":
            visit = self._visits.get(self._source.url) or PageState(self._source.url)
            seen = self._page(visit, self._entry_of(visit))
            yield replace(seen, failed=None)
            if seen.failed:  # what is wrong with its only page is wrong with the source
                raise seen.failed
        else:
            yield from self._listed(kind)
        yield from self._again()

    def _again(self) -> Iterator[Observation]:
        """Pages that no list says anything new of. Raises SourceError where more are gone than can be believed."""
        left = (url for url in self._visits.due(self._at) if url not in self._asked)
        due = [visit for url in islice(left, AGAIN_AT_ONCE) if (visit := self._visits.get(url))]
        gone, is_up = list[tuple[PageState, Observation]](), False
        for visit in due:
            seen = self._once_more(visit)
            if seen.what == "gone":
                gone.append((visit, seen))
            else:
                is_up = is_up or not (seen.failed or seen.visit.gone)
                yield seen
        if not gone or (len(gone) <= max(FEW_GONE, len(due) / 2) and (is_up or self._is_up())):
            yield from (seen for _, seen in gone)
            return
        yield from (Observation(visit.missed(self._at, DAY), "list") for visit, _ in gone)
        reason = f"no longer has {len(gone)} of {len(due)} pages; the articles stay, 'onrecord remove' withdraws them"
        raise SourceError(self._source.url, reason)

    def _is_up(self) -> bool:
        """Whether pages that nobody has missed are there: a site that is gone is missed page by page."""
        there = self._visits.there(self._at, PROBES)
        for url in there:
            with suppress(SourceError):
                return bool(self._get(url, NOTHING_KNOWN))
        return not there and self._visits.count_missed() <= FEW_GONE

    def _listed(self, kind: Kind) -> Iterator[Observation]:
        """Its documents, one after the other: all parts, and further pages as long as they tell anything new."""
        waiting, begun = deque([(self._source.url, "")]), set[str]()
        while waiting and len(begun) < MOST_DOCUMENTS:
            url, mark = waiting.popleft()
            if url in begun:
                continue
            begun.add(url)
            try:
                waiting.extend((yield from self._document(kind, url, mark)))
            except SourceError as exc:
                if url == self._source.url or (kind != "sitemap" and isinstance(exc, SourceUnreachable)):
                    raise
                self._count(exc)  # one part that is broken keeps nobody from the others
                yield Observation(PageState(url), "list", failed=exc)

    def _document(self, kind: Kind, url: str, mark: str) -> Generator[Observation, None, list[tuple[str, str]]]:
        """What one document lists; returns those to read next, each with what is said of it."""
        document = self._visits.get(url) or PageState(url)
        # Pages of a list are known to be read only once all were; a sitemap has no pages.
        is_read = kind == "sitemap" or self._source.complete
        if is_read and mark and mark == document.mark:
            return []
        fetched = self._get(url, document.validators if is_read else NOTHING_KNOWN)
        if is_read and (fetched.unchanged or fetched.digest == document.digest):
            yield Observation(document, "list")
            return []
        listing = listed(kind, fetched)
        any_news = yield from self._entries(listing)
        is_index = kind == "sitemap" and bool(listing.more)
        if not is_index:  # an index is read each time: its parts may change though it does not
            yield Observation(
                replace(document, mark=mark, validators=fetched.validators, digest=fetched.digest), "list"
            )
        goes_on = is_index or any_news or not self._source.complete
        return [(address, listing.changed.get(address, "")) for address in listing.more] if goes_on else []

    def _entries(self, listing: Listing) -> Generator[Observation, None, bool]:
        """What the entries of one document bring; returns whether any of it is news."""
        any_news = False
        for entry in listing.entries:
            if self._cancellation and self._cancellation.is_cancelled:
                raise Cancelled("Nobody waits for this source any more.")
            if entry.url and entry.url not in self._asked and entry.url not in self._told:  # an address counts once
                seen = self._entry(entry, listing)
                any_news = any_news or seen.what != "known"
                yield seen
        return any_news

    def _entry(self, entry: Entry, listing: Listing) -> Observation:
        visit = self._visits.get(entry.url) or PageState(entry.url)
        if visit.mark == entry.mark and not visit.is_settled:
            self._told[entry.url] = entry  # for when it is due again
            return Observation(visit, "known")
        self._asked.add(entry.url)
        if visit.mark == entry.mark or (not visit.articles and self._is_kept_out(entry.url)):
            return Observation(visit, "known")
        if article := self._carried(entry, listing):
            articles = self._let_in((article,))
            seen = replace(visit, mark=entry.mark, listed=True, articles=tuple(article.id for article in articles))
            return Observation(seen.seen(self._at, changed=True), articles=articles)
        return self._page(visit, entry)

    def _carried(self, entry: Entry, listing: Listing) -> Article | None:
        """The article that the list carries whole; None where its page has to be read, as on every site but its own."""
        if not is_same_site(entry.url, self._source.url):
            return None
        try:
            return self._reader.of_entry(entry, listing.title)
        except ValueError:
            return None

    def _is_kept_out(self, url: str) -> bool:
        """Whether another source keeps the article current."""
        article = find_article(self._catalog, url)
        return bool(article) and self._visits.has_another(article)

    def _once_more(self, visit: PageState) -> Observation:
        """What the list tells nothing new of; what it last said stays as it is remembered."""
        if visit.listed:
            return self._there(visit)
        seen = self._page(visit, self._told.get(visit.url) or self._entry_of(visit))
        return replace(seen, visit=replace(seen.visit, mark=visit.mark))

    def _page(self, visit: PageState, entry: Entry) -> Observation:
        """A page of one article (or of a live blog's many), read where it is not what it was."""
        self._asked.add(visit.url)
        visit = replace(visit, mark=entry.mark)
        try:
            fetched = self._get(visit.url, visit.validators)
        except SourceGone as exc:
            return self._missed(visit, exc)
        except SourceUnreachable as exc:
            self._count(exc)
            return Observation(visit.again(self._at, RETRY_MINUTES), failed=exc)
        except SourceError as exc:
            return Observation(visit.refused(self._at), failed=exc)
        self._unreachable = 0
        if fetched.unchanged or fetched.digest == visit.digest:
            return Observation(visit.seen(self._at, changed=False), "same")
        return self._read(visit, entry, fetched)

    def _read(self, visit: PageState, entry: Entry, fetched: FetchedDocument) -> Observation:
        visit = replace(visit, validators=fetched.validators, digest=fetched.digest)
        try:
            articles = self._reader.read(fetched, entry)
        except ValueError as exc:
            return Observation(visit.seen(self._at, changed=False), failed=SourceError(visit.url, str(exc)))
        articles = self._let_in(articles)
        changed = any(self._catalog.ingest_outcome(article) != "unchanged" for article in articles)
        visit = replace(visit, articles=tuple(article.id for article in articles))
        return Observation(visit.seen(self._at, changed=changed), articles=articles)

    def _let_in(self, articles: Iterable[Article]) -> tuple[Article, ...]:
        """The articles under the ids that the catalog keeps them by, without those that somebody has taken out."""
        named = (replace(article, id=existing_article_id(self._catalog, article)) for article in articles)
        return tuple(article for article in named if self._catalog.withdrawal_reason(article.id) != REMOVED)

    def _there(self, visit: PageState) -> Observation:
        """A page whose text the list itself has brought: only whether it is still there."""
        try:
            fetched = self._get(visit.url, visit.validators)
        except SourceGone as exc:
            return self._missed(visit, exc)
        except SourceError as exc:
            self._count(exc)
            return Observation(visit.again(self._at, DAY), "same")
        self._unreachable = 0
        return Observation(replace(visit, validators=fetched.validators).seen(self._at, changed=False), "same")

    def _missed(self, visit: PageState, exc: SourceGone) -> Observation:
        """Not there: gone where it was not there a day ago either. What comes back later is read once more."""
        if visit.gone and seconds_between(visit.gone, self._at) >= DAY * 60:
            is_kept = any(not self._catalog.withdrawal_reason(article) for article in visit.articles)
            return Observation(visit.given_up(self._at), "gone" if is_kept else "same")
        if visit.articles:
            return Observation(visit.missed(self._at, DAY))
        return Observation(visit.missed(self._at, RETRY_MINUTES), failed=exc)

    def _count(self, exc: SourceError) -> None:
        """Raises it again where it is not the page that is down, but its site."""
        if isinstance(exc, SourceUnreachable):
            self._unreachable += 1
            if exc.retry_after or self._unreachable >= UNREACHABLE_IN_A_ROW:
                raise exc

    def _get(self, url: str, validators: Validators) -> FetchedDocument:
        return self._at_hand.pop(url, None) or self._fetcher.get(url, validators, cancellation=self._cancellation)

    def _entry_of(self, visit: PageState) -> Entry:
        """What was known of a page's article, for what the page itself does not say."""
        try:
            article = self._catalog.article(visit.articles[0])
        except (IndexError, UnknownArticle):
            return Entry(visit.url)
        return Entry(
            url=visit.url,
            title=article.title,
            authors=article.authors,
            published=article.published,
            section=article.section,
            language=article.language,
        )
