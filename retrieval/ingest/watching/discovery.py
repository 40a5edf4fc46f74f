"""Discover what to watch at a URL: an article page, feed, sitemap, WordPress site, or one that a page announces."""

from dataclasses import dataclass, field

from retrieval.errors import SourceError
from retrieval.ingest.fetched_document import FetchedDocument
from retrieval.ingest.fetching.fetcher import Fetcher
from retrieval.ingest.parsing.content_type import detect_content_type
from retrieval.ingest.parsing.feeds.listing import ListingKind, parse_listing
from retrieval.ingest.parsing.feeds.wordpress import posts_url
from retrieval.ingest.parsing.sandbox.parser_process import ParserProcess
from retrieval.ingest.watching.source import DEFAULT_MINUTES, MAX_INTERVAL_MINUTES, Source, SourceKind
from retrieval.text.dates.clock import utc_now


@dataclass(frozen=True, slots=True)
class DiscoveredSource:
    """A source, what tells its kind (`why`), and the document that was fetched to discover it."""

    source: Source
    why: str
    fetched: FetchedDocument = field(repr=False)


def discover_source(url: str, fetcher: Fetcher, parser: ParserProcess, *, minutes: float = 0.0) -> DiscoveredSource:
    """Discover the source at a URL, to be run every `minutes` or as often as it asks. Raises SourceError."""
    fetched = fetcher.get(url)
    detected = detect_content_type(fetched)
    match detected.kind:
        case "feed" | "sitemap" | "wordpress":
            return _discovered_listing(detected.kind, url, fetched, detected.why, minutes)
        case "document":
            return DiscoveredSource(_new_source("page", url, "", minutes), detected.why, fetched)
        case "page":
            return _discover_page(url, fetched, fetcher, parser, minutes)
    raise SourceError(url, f"is {detected.why}")


def _discover_page(
    url: str, fetched: FetchedDocument, fetcher: Fetcher, parser: ParserProcess, minutes: float
) -> DiscoveredSource:
    try:
        links = parser.discover_links(fetched)
    except ValueError as exc:
        raise SourceError(url, str(exc)) from exc
    if links.is_article:
        return DiscoveredSource(_new_source("page", url, "", minutes), "a page with an article", fetched)
    candidates: list[tuple[ListingKind, str, str]] = [
        *(("feed", feed, "the feed that the page announces") for feed in links.feeds),
        *(("sitemap", sitemap, "the sitemap that robots.txt names") for sitemap in fetcher.sitemaps(url)),
    ]
    if links.wordpress:
        candidates.insert(0, ("wordpress", posts_url(links.wordpress, 1), "WordPress, which the page announces"))
    for kind, address, why in candidates:
        if source := _check_candidate(kind, address, why, fetcher, minutes):
            return source
    raise SourceError(url, "is no article, and announces no feed, no sitemap and no WordPress")


def _check_candidate(
    kind: ListingKind, address: str, why: str, fetcher: Fetcher, minutes: float
) -> DiscoveredSource | None:
    """The source that a page announces; None when it is not there or is something else."""
    try:
        fetched = fetcher.get(address)
        if detect_content_type(fetched).kind != kind:
            return None
        return _discovered_listing(kind, address, fetched, f"{why} ({detect_content_type(fetched).why})", minutes)
    except SourceError:
        return None


def _discovered_listing(
    kind: ListingKind, url: str, fetched: FetchedDocument, why: str, minutes: float
) -> DiscoveredSource:
    listing = parse_listing(kind, fetched)
    requested = min(listing.interval_minutes, MAX_INTERVAL_MINUTES)
    return DiscoveredSource(
        _new_source(kind, url, listing.title, minutes or max(DEFAULT_MINUTES[kind], requested)), why, fetched
    )


def _new_source(kind: SourceKind, url: str, title: str, minutes: float) -> Source:
    now = utc_now()
    return Source(url, kind, title, minutes or DEFAULT_MINUTES[kind], added=now, due=now)
