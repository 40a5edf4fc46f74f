"""Canonical URLs of pages, and a key that is the same for all URLs of a page.

Conservative on purpose: a page stored twice is found twice, but two pages taken for one lose an article.
"""

import re
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit, urlunsplit

# Query parameters that newsletters, feeds and social networks add; they do not change the page.
TRACKING_PARAMETERS = frozenset(
    "fbclid gclid dclid gbraid wbraid msclkid twclid yclid igshid mc_cid mc_eid ref ref_src cmpid ocid smid".split()
)
# The AMP or print variant of a page. `?amp=2` and `?print=letters` have meanings of their own on some sites.
_VARIANT_PARAMETER = re.compile(r"(?:amp|print)(?:=(?:1|true|yes)?)?|outputType=amp|view=print", re.IGNORECASE)
_VARIANT_SEGMENTS = ("amp", "print")
_MAX_AMP_NESTING = 4  # URLs of an AMP viewer that show another one's; more are nobody's
_GOOGLE_HOST = re.compile(r"(?:www\.)?google\.[a-z]{2,3}(?:\.[a-z]{2})?")
_AMP_VIEWER_PATH = re.compile(r"/amp/(?P<tls>s/)?(?P<page>[^/]+\..*)")
_AMP_CACHE_HOST = ".cdn.ampproject.org"
_AMP_CACHE_PATH = re.compile(r"/[cv]/(?P<tls>s/)?(?P<page>[^/]+\..*)")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
_MOBILE_PREFIXES = ("m.", "mobile.")
_CREDENTIALS = re.compile(r"(\s*(?:https?|ftp):[/\\]*)[^/?#\\]*@", re.IGNORECASE)


def without_credentials(url: str) -> str:
    """The URL without user name and password, however it is written; anything but a URL of the web unchanged."""
    return _CREDENTIALS.sub(r"\1", url, count=1) if _CREDENTIALS.match(url) else url


def canonical_url(url: str) -> str:
    """The URL to store and to link to: without credentials, fragment, tracking parameters and AMP or print variant.

    Anything but an http(s) URL is returned as it is. AMP URLs: https://developers.google.com/amp/cache/overview.
    """
    parts = _split_web_url(url)
    for _ in range(_MAX_AMP_NESTING):
        original = _amp_origin(parts) if parts else ""
        if original:
            url, parts = original, _split_web_url(original)
    if parts is None:
        return url.strip()
    host = _without_prefix(parts.netloc.removesuffix(_DEFAULT_PORTS[parts.scheme]), ("amp.",))
    query = "&".join(item for item in parts.query.split("&") if item and not _is_irrelevant_parameter(item))
    return urlunsplit((parts.scheme, host, _without_variant(parts.path), query, _route_fragment(parts.fragment)))


def url_key(url: str) -> str:
    """A key that all URLs of one page share, such as `example.org/news?id=7`; empty for anything but an http(s) URL.

    It ignores scheme, `www.`, `m.`, a trailing slash and the order of query parameters.
    """
    parts = _split_web_url(canonical_url(url))
    if parts is None:
        return ""
    host = _without_prefix(parts.netloc.removeprefix("www."), _MOBILE_PREFIXES)
    query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True)))
    route = f"#{parts.fragment}" if parts.fragment else ""
    return f"{host}{parts.path.rstrip('/')}{'?' if query else ''}{query}{route}"


def _split_web_url(url: str) -> SplitResult | None:
    """The parts of an http(s) URL, scheme and host in lower case; None for anything else."""
    try:
        parts = urlsplit(without_credentials(url.strip()))
    except ValueError:  # an unclosed IPv6 address
        return None
    if parts.scheme.lower() not in ("http", "https") or not parts.netloc:
        return None
    return parts._replace(scheme=parts.scheme.lower(), netloc=parts.netloc.lower())


def _amp_origin(parts: SplitResult) -> str:
    """The URL of the page that a URL of Google's AMP viewer or cache shows; empty for other URLs."""
    pattern = (
        _AMP_CACHE_PATH
        if parts.netloc.endswith(_AMP_CACHE_HOST)
        else _AMP_VIEWER_PATH
        if _is_google(parts.netloc)
        else None
    )
    found = pattern.fullmatch(parts.path) if pattern else None
    if not found:
        return ""
    query = f"?{parts.query}" if parts.query else ""
    return f"{'https' if found['tls'] else 'http'}://{found['page']}{query}"


def _is_google(host: str) -> bool:
    return bool(_GOOGLE_HOST.fullmatch(host))


def _without_prefix(host: str, prefixes: tuple[str, ...]) -> str:
    """The host without one of the prefixes, unless that leaves only a registry suffix: `amp.dev` is a site."""
    for prefix in prefixes:
        rest = host.removeprefix(prefix)
        labels = rest.split(".")
        registry = len(labels) == 2 and len(labels[0]) <= 3 and len(labels[1]) == 2  # co.uk, com.au
        if rest != host and len(labels) >= 2 and not registry:
            return rest
    return host


def _is_irrelevant_parameter(item: str) -> bool:
    """Whether a query parameter does not select the page: it tracks the visit, or selects a variant."""
    name = unquote(item.partition("=")[0]).lower()
    return name.startswith("utm_") or name in TRACKING_PARAMETERS or bool(_VARIANT_PARAMETER.fullmatch(item))


def _without_variant(path: str) -> str:
    """The path without `/amp` or `/print` after an article; `/guitars/amp` is a page of its own."""
    parts = path.removesuffix("/").split("/")
    kept = len(parts)
    while kept > 2 and parts[kept - 1].lower() in _VARIANT_SEGMENTS:
        kept -= 1
    page = "/".join(parts[:kept])
    if kept == len(parts) or len(page) < 2 or not page.startswith("/"):
        return path
    segments = page.strip("/").split("/")
    return page if len(segments) > 1 or re.search(r"[\d-]", segments[0]) else path


def _route_fragment(fragment: str) -> str:
    """The fragment if it selects a page (`#!/news/7`) rather than a position in one, else empty."""
    return fragment if fragment.startswith(("!", "/")) else ""
