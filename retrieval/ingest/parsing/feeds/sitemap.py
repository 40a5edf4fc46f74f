"""Sitemaps to the articles they list: XML, their indexes, text, all of them gzipped too, and Google's news sitemaps.

https://www.sitemaps.org/protocol.html, https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
"""

from urllib.parse import urlsplit

from lxml import etree

from retrieval.ingest import decompression
from retrieval.ingest.parsing.entry import Entry, Listing
from retrieval.ingest.parsing.markup import inline_text
from retrieval.ingest.parsing.markup.feed_dates import parse_feed_date
from retrieval.ingest.parsing.markup.links import absolute_url
from retrieval.ingest.parsing.markup.xml import decoded, elements, name

LARGEST = 50_000_000  # bytes when decompressed, as the protocol has it; it counts 52,428,800
MOST_ADDRESSES = 50_000
_WHOLE = frozenset({"url", "sitemap"})
_KINDS = {"urlset": "sitemap", "sitemapindex": "sitemap index"}

Facts = dict[str, str]


def parse_sitemap(content: bytes, url: str) -> Listing:
    """The articles of a sitemap, or the parts of an index. Raises ValueError with the reason when it is none.

    What is on another host is left out, as the protocol demands, except on a host above or below this one.
    """
    if content.startswith(decompression.GZIP_MAGIC):
        content = decompression.decompress_gzip(content, LARGEST)
    if len(content) > LARGEST:
        raise ValueError(f"is larger than {LARGEST:,} bytes, more than a sitemap may have")
    text = decoded(content).strip()
    if not text:
        raise ValueError("is empty")
    return _xml(text, url) if text.startswith("<") else _lines(text, url)


def _xml(text: str, url: str) -> Listing:
    parts = elements(text, url, _WHOLE)
    root = name(next(parts))
    if root not in _KINDS:
        raise ValueError(f"is no sitemap: its first element is <{root[:60]}>")
    listed, of_index = list[Facts](), list[Facts]()
    for element in parts:
        if len(listed) + len(of_index) == MOST_ADDRESSES:
            break
        if name(element) in _WHOLE:
            (listed if name(element) == "url" else of_index).append(_facts(element, url))
    here, parts_here = _here(listed, url), _here(of_index, url)
    return Listing(
        kind="news sitemap" if any("news:title" in facts for facts in here) else _KINDS[root],
        title=next((inline_text.unescaped(facts["news:name"]) for facts in here if "news:name" in facts), ""),
        entries=tuple(_entry(facts) for facts in here),
        more=tuple(facts["loc"] for facts in parts_here),
        changed={facts["loc"]: day for facts in parts_here if (day := parse_feed_date(facts.get("lastmod")))},
        remarks=_left_out(listed + of_index, url),
    )


def _facts(element: etree._Element, url: str) -> Facts:
    """What an address says of itself and of its news; not of its pictures, videos and translations."""
    facts = {name(part): part.text.strip() for part in element.iterchildren(etree.Element) if part.text}
    news = (part for part in element.iter(etree.Element) if name(part).startswith("news:"))
    facts |= {name(part): part.text.strip() for part in news if part.text}
    return facts | {"loc": absolute_url(facts.get("loc"), url)}


def _lines(text: str, url: str) -> Listing:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not all(line.startswith(("http://", "https://")) for line in lines):
        raise ValueError("is no sitemap: neither XML nor a web address on each line")
    listed = [{"loc": absolute_url(line, url)} for line in lines[:MOST_ADDRESSES]]
    here = _here(listed, url)
    return Listing("text sitemap", entries=tuple(_entry(facts) for facts in here), remarks=_left_out(listed, url))


def _entry(facts: Facts) -> Entry:
    return Entry(
        url=facts["loc"],
        title=inline_text.from_either(facts.get("news:title", "")),
        published=parse_feed_date(facts.get("news:publication_date")),
        updated=parse_feed_date(facts.get("lastmod")),
        language=inline_text.language(facts.get("news:language")),
    )


def _here(found: list[Facts], url: str) -> list[Facts]:
    """Those on the sitemap's own host or on one above or below it, each address once."""
    own = _host(url)
    kept = {facts["loc"]: facts for facts in reversed(found) if facts["loc"] and _is_related(_host(facts["loc"]), own)}
    return list(reversed(kept.values()))


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _is_related(host: str, own: str) -> bool:
    return host == own or host.endswith(f".{own}") or own.endswith(f".{host}")


def _left_out(found: list[Facts], url: str) -> tuple[str, ...]:
    elsewhere = [facts["loc"] for facts in found if facts["loc"] and not _is_related(_host(facts["loc"]), _host(url))]
    if not elsewhere:
        return ()
    return (
        f"{len(elsewhere):,} of its addresses were left out, because a sitemap of {_host(url)} may not speak for "
        f"other hosts ({_host(elsewhere[0])})",
    )
