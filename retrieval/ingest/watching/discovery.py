"""What an address is: a page, a feed, a sitemap, a WordPress site, or a page that leads to one of them."""

from dataclasses import dataclass, field

from retrieval.catalog.database import utc_now
from retrieval.errors import SourceError
from retrieval.ingest.fetched_document import FetchedDocument
from retrieval.ingest.fetching.fetcher import Fetcher
from retrieval.ingest.parsing.content_type import detect_content_type
from retrieval.ingest.parsing.feeds.listing import Kind as Listed
from retrieval.ingest.parsing.feeds.listing import read_listing as listed
from retrieval.ingest.parsing.feeds.wordpress import posts_url
from retrieval.ingest.parsing.sandbox.parser_process import ParserProcess
from retrieval.ingest.watching.source import LONGEST_INTERVAL, MINUTES, Kind, Source


@dataclass(frozen=True, slots=True)
class DiscoveredSource:
    """A source, why it is taken for what it is, and the document that told."""

    source: Source
    why: str
    fetched: FetchedDocument = field(repr=False)


def discover_source(url: str, fetcher: Fetcher, reader: ParserProcess, *, minutes: float = 0.0) -> DiscoveredSource:
    """What to watch for an address, every so many minutes if they are given. Raises SourceError."""
    fetched = fetcher.get(url)
    found = detect_content_type(fetched)
    match found.kind:
        case "feed" | "sitemap" | "wordpress":
            return _listing(found.kind, url, fetched, found.why, minutes)
        case "pdf":
            return DiscoveredSource(_source("page", url, "", minutes), found.why, fetched)
        case "page":
            return _page(url, fetched, fetcher, reader, minutes)
    raise SourceError(url, f"is {found.why}")


def _page(
    url: str, fetched: FetchedDocument, fetcher: Fetcher, reader: ParserProcess, minutes: float
) -> DiscoveredSource:
    try:
        announced = reader.announced(fetched)
    except ValueError as exc:
        raise SourceError(url, str(exc)) from exc
    if announced.is_article:
        return DiscoveredSource(_source("page", url, "", minutes), "a page with an article", fetched)
    candidates: list[tuple[Listed, str, str]] = [
        *(("feed", feed, "the feed that the page announces") for feed in announced.feeds),
        *(("sitemap", sitemap, "the sitemap that robots.txt names") for sitemap in fetcher.sitemaps(url)),
    ]
    if announced.wordpress:
        candidates.insert(0, ("wordpress", posts_url(announced.wordpress, 1), "WordPress, which the page announces"))
    for kind, address, why in candidates:
        if identified := _candidate(kind, address, why, fetcher, minutes):
            return identified
    raise SourceError(url, "is no article, and announces no feed, no sitemap and no WordPress")


def _candidate(kind: Listed, address: str, why: str, fetcher: Fetcher, minutes: float) -> DiscoveredSource | None:
    """None where what a page announces is not there, or is something else."""
    try:
        fetched = fetcher.get(address)
        if detect_content_type(fetched).kind != kind:
            return None
        return _listing(kind, address, fetched, f"{why} ({detect_content_type(fetched).why})", minutes)
    except SourceError:
        return None


def _listing(kind: Listed, url: str, fetched: FetchedDocument, why: str, minutes: float) -> DiscoveredSource:
    listing = listed(kind, fetched)
    asked = min(listing.minutes, LONGEST_INTERVAL)
    return DiscoveredSource(_source(kind, url, listing.title, minutes or max(MINUTES[kind], asked)), why, fetched)


def _source(kind: Kind, url: str, title: str, minutes: float) -> Source:
    moment = utc_now()
    return Source(url, kind, title, minutes or MINUTES[kind], added=moment, due=moment)
