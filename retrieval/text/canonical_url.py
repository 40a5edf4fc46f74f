"""The address to keep of a page, and what all its addresses have in common.

Conservative on purpose: a page that is kept twice is found twice, two pages taken for one lose an article.
"""

import re
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit, urlunsplit

# What newsletters, feeds and networks put behind a URL; the page is the same.
TRACKING_PARAMETERS = frozenset(
    "fbclid gclid dclid gbraid wbraid msclkid twclid yclid igshid mc_cid mc_eid ref ref_src cmpid ocid smid".split()
)
# The same page for phones or for paper. `?amp=2` and `?print=letters` are somebody's own.
_VARIANT_PARAMETER = re.compile(r"(?:amp|print)(?:=(?:1|true|yes)?)?|outputType=amp|view=print", re.IGNORECASE)
_VARIANT_PATH = re.compile(r"(?P<page>/.+?)(?:/(?:amp|print))+/?", re.IGNORECASE)
_GOOGLE_HOST = re.compile(r"(?:www\.)?google\.[a-z]{2,3}(?:\.[a-z]{2})?")
_AMP_VIEWER_PATH = re.compile(r"/amp/(?P<tls>s/)?(?P<page>[^/]+\..*)")
_AMP_CACHE_HOST = ".cdn.ampproject.org"
_AMP_CACHE_PATH = re.compile(r"/[cv]/(?P<tls>s/)?(?P<page>[^/]+\..*)")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
_MOBILE_PREFIXES = ("m.", "mobile.")


def canonical_url(url: str) -> str:
    """The address to keep and to link: without fragment, tracking, and what makes it a page for phones or for paper.

    What is no address on the web comes back as it is. AMP addresses: https://developers.google.com/amp/cache/overview.
    """
    parts = _split_web_url(url)
    if parts is None:
        return url.strip()
    if inner := _amp_origin(parts):
        return canonical_url(inner)
    host = _without_prefix(parts.netloc.removesuffix(_DEFAULT_PORTS[parts.scheme]), ("amp.",))
    asked = "&".join(item for item in parts.query.split("&") if item and not _is_irrelevant_parameter(item))
    return urlunsplit((parts.scheme, host, _without_variant(parts.path), asked, _route_fragment(parts.fragment)))


def url_key(url: str) -> str:
    """What all addresses of one page have in common: `example.org/news?id=7`; empty for what is no page on the web.

    Scheme, `www.`, `m.`, a last slash and the order of the query do not count.
    """
    parts = _split_web_url(canonical_url(url))
    if parts is None:
        return ""
    host = _without_prefix(parts.netloc.removeprefix("www."), _MOBILE_PREFIXES)
    asked = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True)))
    route = f"#{parts.fragment}" if parts.fragment else ""
    return f"{host}{parts.path.rstrip('/')}{'?' if asked else ''}{asked}{route}"


def _split_web_url(url: str) -> SplitResult | None:
    """The parts of an address on the web, scheme and host in lower case; None for anything else."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:  # an unfinished IPv6 address
        return None
    if parts.scheme.lower() not in ("http", "https") or not parts.netloc:
        return None
    return parts._replace(scheme=parts.scheme.lower(), netloc=parts.netloc.lower())


def _amp_origin(parts: SplitResult) -> str:
    """The address that Google's AMP viewer or cache shows, empty where it is neither."""
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


def _without_prefix(host: str, beginnings: tuple[str, ...]) -> str:
    """The host without its first label, where a name and what it is registered under remain: `amp.dev` is a site."""
    for beginning in beginnings:
        rest = host.removeprefix(beginning)
        labels = rest.split(".")
        registry = len(labels) == 2 and len(labels[0]) <= 3 and len(labels[1]) == 2  # co.uk, com.au
        if rest != host and len(labels) >= 2 and not registry:
            return rest
    return host


def _is_irrelevant_parameter(item: str) -> bool:
    """Whether one item of a query is none of the page's: it tells who linked, or asks for another form of it."""
    name = unquote(item.partition("=")[0]).lower()
    return name.startswith("utm_") or name in TRACKING_PARAMETERS or bool(_VARIANT_PARAMETER.fullmatch(item))


def _without_variant(path: str) -> str:
    """Without `/amp` and `/print` behind an article; `/guitars/amp` is a page of its own."""
    found = _VARIANT_PATH.fullmatch(path)
    if not found:
        return path
    segments = found["page"].strip("/").split("/")
    return found["page"] if len(segments) > 1 or re.search(r"[\d-]", segments[0]) else path


def _route_fragment(fragment: str) -> str:
    """A fragment that names a page (`#!/news/7`), not a place in one."""
    return fragment if fragment.startswith(("!", "/")) else ""
