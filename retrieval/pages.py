"""Articles by the URL of their page, however it is linked: without fragment, tracking, `www.` and a last slash."""

from collections.abc import Iterator
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from retrieval.catalog import Catalog

# What newsletters, feeds and networks put behind a URL; the page is the same.
TRACKING = frozenset(
    "fbclid gclid dclid gbraid wbraid msclkid twclid yclid igshid mc_cid mc_eid ref ref_src cmpid ocid smid".split()
)
_NAMED = "SELECT a.id, v.url FROM versions v JOIN articles a ON a.id = v.article AND a.version = v.number"


def find_article(catalog: Catalog, named: str) -> str:
    """The id of the current article with this id or URL, empty where there is none."""
    if not named:
        return ""
    row = catalog.db.execute("SELECT id FROM articles WHERE id = ? AND version > 0", [named]).fetchone()
    return str(row["id"]) if row else _by_url(catalog, named)


def _by_url(catalog: Catalog, url: str) -> str:
    wanted = _page(url)
    if not wanted:
        return ""
    for base in _spellings(wanted):
        # The page itself, and the page with whatever a feed put behind it: `?` to `@` and `#` to `$` in the index.
        for first, beyond in ((base, f"{base}\0"), (f"{base}#", f"{base}$"), (f"{base}?", f"{base}@")):
            for row in catalog.db.execute(f"{_NAMED} WHERE v.url >= ? AND v.url < ?", [first, beyond]):
                if _page(row["url"]) == wanted:
                    return str(row["id"])
    return ""


def _page(url: str) -> str:
    """What two URLs of one page have in common: `example.org/news?id=7`; empty for what is no page on the web."""
    parts = _split(url)
    if parts is None or parts.scheme.lower() not in ("http", "https") or not parts.netloc:
        return ""
    asked = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if not _tracks(key)]
    query = f"?{urlencode(sorted(asked))}" if asked else ""
    return f"{parts.netloc.lower().removeprefix('www.')}{parts.path.rstrip('/')}{query}"


def _split(url: str) -> SplitResult | None:
    try:
        return urlsplit(url.strip())
    except ValueError:  # an unfinished IPv6 address
        return None


def _tracks(key: str) -> bool:
    return key.lower().startswith("utm_") or key.lower() in TRACKING


def _spellings(page: str) -> Iterator[str]:
    """The ways to begin a URL of this page."""
    place = page.partition("?")[0]
    for scheme in ("https", "http"):
        for host in ("", "www."):
            for end in ("", "/"):
                yield f"{scheme}://{host}{place}{end}"
