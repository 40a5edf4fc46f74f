"""Parse a fetched document that lists articles, of any kind."""

from typing import Literal
from urllib.parse import parse_qs, urlsplit

from retrieval.errors import SourceError
from retrieval.ingest.fetched_document import FetchedDocument
from retrieval.ingest.parsing.entry import Listing
from retrieval.ingest.parsing.feeds import feed, sitemap, wordpress

ListingKind = Literal["feed", "sitemap", "wordpress"]


def parse_listing(kind: ListingKind, fetched: FetchedDocument) -> Listing:
    """Parse a document that lists articles. Raises SourceError when it is not of this kind or is damaged."""
    try:
        match kind:
            case "feed":
                return feed.parse_feed(fetched.content, fetched.url, fetched.charset)
            case "sitemap":
                return sitemap.parse_sitemap(fetched.content, fetched.url)
            case "wordpress":
                return wordpress.parse_wordpress_posts(
                    fetched.content, fetched.url, _page_count(fetched), _page_number(fetched.url)
                )
    except ValueError as exc:
        raise SourceError(fetched.url, str(exc)) from exc


def _page_count(fetched: FetchedDocument) -> int:
    total = fetched.headers.get("x-wp-totalpages", "")
    return int(total) if total.isdecimal() else 1


def _page_number(url: str) -> int:
    number = parse_qs(urlsplit(url).query).get("page", ["1"])[0]
    return int(number) if number.isdecimal() else 1
