"""Which addresses are one site's, so that a page cannot take the place of another site's article."""

from urllib.parse import urljoin, urlsplit

from tld import get_fld

_HOST_PREFIXES = ("www.", "amp.", "m.", "mobile.", "edition.")


def hostname(url: str) -> str:
    """The host without `www.`, empty where there is none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def is_same_site(one: str, other: str) -> bool:
    """Whether two addresses are of one site: one host apart from `www.`, `amp.` or `m.`, or one under the other.

    Hosts that are given out to anybody (`alice.github.io`) are sites of their own: https://publicsuffix.org.
    """
    ours, theirs = _without_prefixes(hostname(one)), _without_prefixes(hostname(other))
    if not ours or not theirs:
        return False
    is_under = any(long.endswith(f".{short}") for long, short in ((ours, theirs), (theirs, ours)))
    return ours == theirs or (is_under and _registered_domain(ours) == _registered_domain(theirs) != "")


def trusted_canonical_url(canonical: str, url: str) -> str:
    """The canonical address that a page at `url` names, absolute, where it may be believed; else empty."""
    try:
        absolute = urljoin(url, canonical.strip())
        place, here = urlsplit(absolute), urlsplit(url)
    except ValueError:
        return ""
    if place.scheme not in ("http", "https") or not is_same_site(absolute, url):
        return ""
    # A template that names the front page on every page.
    return "" if place.path in ("", "/") and not place.query and here.path not in ("", "/") else absolute


def _registered_domain(name: str) -> str:
    """The part of a host that somebody has registered, empty where it is nobody's alone."""
    return get_fld(f"https://{name}", fail_silently=True, search_private=True) or ""


def _without_prefixes(name: str) -> str:
    for front in _HOST_PREFIXES:
        name = name.removeprefix(front)
    return name
