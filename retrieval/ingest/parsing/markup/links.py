"""Resolve links in feeds and sitemaps."""

import re
from urllib.parse import urljoin, urlsplit

from retrieval.ingest.parsing.markup.decoding import storable
from retrieval.text.canonical_url import without_credentials

MAX_LINK_LENGTH = 4_000  # characters
_STRIPPED = re.compile(r"[\t\n\r\x00-\x1f\x7f]")  # anywhere in a URL, as in the WHATWG URL standard


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
