"""Resolve links in feeds, sitemaps and between the pages of one article."""

import re
from html import unescape
from urllib.parse import urljoin, urlsplit

from retrieval.ingest.parsing.markup.decoding import storable
from retrieval.text.addresses.canonical_url import without_credentials

MAX_LINK_LENGTH = 4_000  # characters
_STRIPPED = re.compile(r"[\t\n\r\x00-\x1f\x7f]")  # anywhere in a URL, as in the WHATWG URL standard


# Where the URL of a later page has its number: `?page=2`, `/2`, `/page/2`.
_PAGE_NUMBERS = tuple(map(re.compile, (r"[?&]\w{1,20}=(\d{1,2})$", r"/(\d{1,2})/?$", r"/[a-z]{1,20}/(\d{1,2})/?$")))
_LINK_TAG = re.compile(rb"<(?:link|a)\b[^<>]{1,1000}>", re.IGNORECASE)
_NEXT = re.compile(rb"\brel\s*=\s*[\"']?next\b", re.IGNORECASE)
_HREF = re.compile(rb"\bhref\s*=\s*[\"']?([^\"'\s<>]{1,1000})", re.IGNORECASE)


def next_page_url(content: bytes, url: str) -> str:
    """The URL of the next page of the article at `url`, as its HTML names it (`rel=next`); empty if it has none.

    A link to another article is told apart by its URL, which differs in more than the number of a page.
    """
    here = page_numbers(url)
    for tag in _LINK_TAG.finditer(content):
        link = _HREF.search(tag[0]) if _NEXT.search(tag[0]) else None
        following = absolute_url(unescape(link[1].decode("utf-8", "replace")), url) if link else ""
        if any(here.get(first, 0) == number - 1 > 0 for first, number in page_numbers(following).items()):
            return following
    return ""


def page_numbers(url: str) -> dict[str, int]:
    """The number of the page at `url` for each URL that the first page may have; 1 for the URL itself."""
    found = ((pattern.search(url), url) for pattern in _PAGE_NUMBERS)
    later = {url[: match.start()].rstrip("/"): int(match[1]) for match, url in found if match and int(match[1]) > 1}
    return {url.rstrip("/"): 1} | later


def absolute_url(link: str | None, base_url: str) -> str:
    """Resolve a link to an http or https URL without user name and password.

    Empty for other schemes, broken links and those longer than MAX_LINK_LENGTH.
    """
    link = _STRIPPED.sub("", storable((link or "").strip())).replace(" ", "%20")
    if not link or len(link) > MAX_LINK_LENGTH:
        return ""
    try:
        url = without_credentials(urljoin(base_url, link))
        parts = urlsplit(url)
        return url if parts.scheme.lower() in ("http", "https") and parts.hostname else ""
    except ValueError:
        return ""
