"""Which addresses are one site's, so that a page cannot take the place of another site's article."""

from urllib.parse import urljoin, urlsplit

_FRONTS = ("www.", "amp.", "m.", "mobile.", "edition.")


def host(url: str) -> str:
    """The host without `www.`, empty where there is none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def is_same(one: str, other: str) -> bool:
    """Whether two addresses are of one site: one host apart from `www.`, `amp.` or `m.`, or one under the other."""
    ours, theirs = _bare(host(one)), _bare(host(other))
    if not ours or not theirs:
        return False
    return ours == theirs or any(
        long.endswith(f".{short}") and "." in short for long, short in ((ours, theirs), (theirs, ours))
    )


def believed(canonical: str, url: str) -> str:
    """The canonical address that a page at `url` names, absolute, where it may be believed; else empty."""
    try:
        absolute = urljoin(url, canonical.strip())
        place, here = urlsplit(absolute), urlsplit(url)
    except ValueError:
        return ""
    if place.scheme not in ("http", "https") or not is_same(absolute, url):
        return ""
    # A template that names the front page on every page.
    return "" if place.path in ("", "/") and not place.query and here.path not in ("", "/") else absolute


def _bare(name: str) -> str:
    for front in _FRONTS:
        name = name.removeprefix(front)
    return name
