"""Addresses as lists write them."""

import re
from urllib.parse import urljoin, urlsplit

from retrieval.ingest.parsing.markup.decoding import storable

LONGEST = 4_000  # characters
_LEFT_OUT = re.compile(r"[\t\n\r\x00-\x1f\x7f]")  # inside an address, as the WHATWG URL standard has it


def absolute_url(written: str | None, base: str) -> str:
    """The whole address on the web, empty if it is none (`tag:`, `mailto:`, broken, or LONGEST exceeded)."""
    link = _LEFT_OUT.sub("", storable((written or "").strip())).replace(" ", "%20")
    if not link or len(link) > LONGEST:
        return ""
    try:
        whole = urljoin(base, link)
        parts = urlsplit(whole)
        return whole if parts.scheme.lower() in ("http", "https") and parts.hostname else ""
    except ValueError:
        return ""
