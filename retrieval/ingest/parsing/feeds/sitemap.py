"""Parse sitemaps: XML, sitemap indexes, plain text, all of them also gzipped, and Google's news sitemaps.

https://www.sitemaps.org/protocol.html, https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
"""

from urllib.parse import urlsplit

from lxml import etree

from retrieval.ingest import decompression
from retrieval.ingest.parsing.entry import Entry, Listing
from retrieval.ingest.parsing.markup import inline_text
from retrieval.ingest.parsing.markup.decoding import decode_xml
from retrieval.ingest.parsing.markup.links import absolute_url
from retrieval.ingest.parsing.markup.xml import element_name, iter_elements
from retrieval.text.dates import to_iso
from retrieval.text.language import language_code

MAX_SITEMAP_BYTES = 50_000_000  # decompressed; the protocol allows 52,428,800
MAX_URLS = 50_000
_COMPLETE = frozenset({"url", "sitemap"})
_KINDS = {"urlset": "sitemap", "sitemapindex": "sitemap index"}

Fields = dict[str, str]


def parse_sitemap(content: bytes, url: str) -> Listing:
    """Parse a sitemap to its entries, or an index to its parts. Raises ValueError with the reason when it is neither.

    URLs on other hosts are skipped, as the protocol demands, except on a parent domain or subdomain of this one.
    """
    if content.startswith(decompression.GZIP_MAGIC):
        content = decompression.decompress_gzip(content, MAX_SITEMAP_BYTES)
    if len(content) > MAX_SITEMAP_BYTES:
        raise ValueError(f"is larger than {MAX_SITEMAP_BYTES:,} bytes, more than a sitemap may have")
    text = decode_xml(content).strip()
    if not text:
        raise ValueError("is empty")
    return _parse_xml(text, url) if text.startswith("<") else _parse_lines(text, url)


def _parse_xml(text: str, url: str) -> Listing:
    elements = iter_elements(text, url, _COMPLETE)
    root = element_name(next(elements))
    if root not in _KINDS:
        raise ValueError(f"is no sitemap: its first element is <{root[:60]}>")
    pages, parts = list[Fields](), list[Fields]()
    for element in elements:
        if len(pages) + len(parts) == MAX_URLS:
            break
        if element_name(element) in _COMPLETE:
            (pages if element_name(element) == "url" else parts).append(_fields(element, url))
    own_pages, own_parts = _on_own_site(pages, url), _on_own_site(parts, url)
    return Listing(
        kind="news sitemap" if any("news:title" in fields for fields in own_pages) else _KINDS[root],
        title=next((inline_text.unescaped(fields["news:name"]) for fields in own_pages if "news:name" in fields), ""),
        entries=tuple(_entry(fields) for fields in own_pages),
        further_urls=tuple(fields["loc"] for fields in own_parts),
        last_modified={fields["loc"]: day for fields in own_parts if (day := to_iso(fields.get("lastmod")))},
        warnings=_skipped_warnings(pages + parts, url),
    )


def _fields(element: etree._Element, url: str) -> Fields:
    """The child elements of a URL and of its news, without those of its pictures, videos and translations."""
    fields = {element_name(part): part.text.strip() for part in element.iterchildren(etree.Element) if part.text}
    news = (part for part in element.iter(etree.Element) if element_name(part).startswith("news:"))
    fields |= {element_name(part): part.text.strip() for part in news if part.text}
    return fields | {"loc": absolute_url(fields.get("loc"), url)}


def _parse_lines(text: str, url: str) -> Listing:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not all(line.startswith(("http://", "https://")) for line in lines):
        raise ValueError("is no sitemap: neither XML nor a web address on each line")
    pages = [{"loc": absolute_url(line, url)} for line in lines[:MAX_URLS]]
    own_pages = _on_own_site(pages, url)
    entries = tuple(_entry(fields) for fields in own_pages)
    return Listing("text sitemap", entries=entries, warnings=_skipped_warnings(pages, url))


def _entry(fields: Fields) -> Entry:
    return Entry(
        url=fields["loc"],
        title=inline_text.from_either(fields.get("news:title", "")),
        published=to_iso(fields.get("news:publication_date")),
        page_changed=to_iso(fields.get("lastmod")),
        language=language_code(fields.get("news:language", "")),
    )


def _on_own_site(rows: list[Fields], url: str) -> list[Fields]:
    """The rows on the sitemap's own host, a parent domain or a subdomain of it, each URL once."""
    own_host = _host(url)
    kept = {
        fields["loc"]: fields
        for fields in reversed(rows)
        if fields["loc"] and _is_related(_host(fields["loc"]), own_host)
    }
    return list(reversed(kept.values()))


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _is_related(host: str, own: str) -> bool:
    return host == own or host.endswith(f".{own}") or own.endswith(f".{host}")


def _skipped_warnings(rows: list[Fields], url: str) -> tuple[str, ...]:
    elsewhere = [
        fields["loc"] for fields in rows if fields["loc"] and not _is_related(_host(fields["loc"]), _host(url))
    ]
    if not elsewhere:
        return ()
    return (
        f"{len(elsewhere):,} of its addresses were left out, because a sitemap of {_host(url)} may not speak for "
        f"other hosts ({_host(elsewhere[0])})",
    )
