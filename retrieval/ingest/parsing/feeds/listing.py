"""A fetched document that lists articles, of whichever kind, to its listing."""

from typing import Literal
from urllib.parse import parse_qs, urlsplit

from retrieval.errors import SourceError
from retrieval.ingest.fetching.response import FetchedDocument
from retrieval.ingest.parsing.entry import Listing
from retrieval.ingest.parsing.feeds import feed, sitemap, wordpress

Kind = Literal["feed", "sitemap", "wordpress"]


def read_listing(kind: Kind, fetched: FetchedDocument) -> Listing:
    """What a document lists. Raises SourceError when it is not of this kind, or broken."""
    try:
        match kind:
            case "feed":
                return feed.parse_feed(fetched.content, fetched.url, fetched.content_type, fetched.charset)
            case "sitemap":
                return sitemap.parse_sitemap(fetched.content, fetched.url)
            case "wordpress":
                return wordpress.parse_wordpress_posts(
                    fetched.content, fetched.url, _pages(fetched), _page(fetched.url)
                )
    except ValueError as exc:
        raise SourceError(fetched.url, str(exc)) from exc


def _pages(fetched: FetchedDocument) -> int:
    total = fetched.headers.get("x-wp-totalpages", "")
    return int(total) if total.isdecimal() else 1


def _page(url: str) -> int:
    number = parse_qs(urlsplit(url).query).get("page", ["1"])[0]
    return int(number) if number.isdecimal() else 1
