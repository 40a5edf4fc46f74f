"""Tell whether URLs belong to one site, so that a page cannot replace another site's article."""

from urllib.parse import urljoin, urlsplit

from tld import get_fld

_HOST_PREFIXES = ("www.", "amp.", "m.", "mobile.", "edition.")


def hostname(url: str) -> str:
    """The host of a URL without `www.`, empty if it has none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def is_same_site(one: str, other: str) -> bool:
    """Whether two URLs belong to one site: same host apart from `www.`, `amp.` or `m.`, or one is a subdomain.

    Hosts under a public suffix (`alice.github.io`) are sites of their own: https://publicsuffix.org.
    """
    a, b = _without_prefixes(hostname(one)), _without_prefixes(hostname(other))
    if not a or not b:
        return False
    is_subdomain = a.endswith(f".{b}") or b.endswith(f".{a}")
    return a == b or (is_subdomain and _registered_domain(a) == _registered_domain(b) != "")


def trusted_canonical_url(canonical: str, url: str) -> str:
    """The canonical URL that the page at `url` declares, made absolute; empty if it cannot be trusted.

    Trusted are http(s) URLs of the same site, except the front page.
    """
    try:
        absolute = urljoin(url, canonical.strip())
        declared, actual = urlsplit(absolute), urlsplit(url)
    except ValueError:
        return ""
    if declared.scheme not in ("http", "https") or not is_same_site(absolute, url):
        return ""
    # Some templates declare the front page on every page.
    is_front_page = declared.path in ("", "/") and not declared.query and actual.path not in ("", "/")
    return "" if is_front_page else absolute


def _registered_domain(name: str) -> str:
    """The registered domain of a host, empty if the host is a public suffix or has none."""
    return get_fld(f"https://{name}", fail_silently=True, search_private=True) or ""


def _without_prefixes(name: str) -> str:
    for front in _HOST_PREFIXES:
        name = name.removeprefix(front)
    return name
