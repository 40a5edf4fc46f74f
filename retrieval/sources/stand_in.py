"""Stands in for retrieval/canonical.py until that is there; `page.py` and `live_blog.py` import it in one line each."""

from urllib.parse import parse_qsl, urlencode, urlsplit

from retrieval.pages import TRACKING


def canonical(url: str) -> str:
    """The address without fragment and tracking."""
    parts = urlsplit(url.strip())
    asked = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _tracks(k)]
    return parts._replace(fragment="", query=urlencode(asked)).geturl()


def key(url: str) -> str:
    """What the addresses of one page have in common."""
    parts = urlsplit(canonical(url))
    return f"{parts.netloc.lower().removeprefix('www.')}{parts.path.rstrip('/')}?{parts.query}".rstrip("?")


def _tracks(name: str) -> bool:
    return name.lower().startswith("utm_") or name.lower() in TRACKING
