"""Sitemaps, their indexes, news sitemaps and text, compressed or not, to the articles they list."""

import gzip
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.ingest import decompression
from retrieval.ingest.parsing.entry import Entry, Listing
from retrieval.ingest.parsing.feeds import sitemap

URL = "https://www.post.example/sitemap.xml"
XMLNS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
IMAGE = 'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'


def read(content: str | bytes, url: str = URL) -> Listing:
    return sitemap.parse_sitemap(content.encode() if isinstance(content, str) else content, url)


def urls(*addresses: str, told: str = XMLNS) -> str:
    return f"<urlset {told}>{''.join(f'<url><loc>{address}</loc></url>' for address in addresses)}</urlset>"


def test_a_sitemap_lists_addresses_and_when_they_changed() -> None:
    listing = read(
        f"""<?xml version="1.0"?><urlset {XMLNS} {IMAGE}><url><image:image><image:loc>https://www.post.example/a.png
        </image:loc></image:image><loc> https://www.post.example/a?x=1&amp;y=2 </loc>
        <lastmod>2026-03-03T08:00+01:00</lastmod></url><url><loc>/b</loc><lastmod>2026-03</lastmod></url><url><lastmod>2026</lastmod></url></urlset>"""
    )
    assert listing == Listing(
        kind="sitemap",
        entries=(
            Entry("https://www.post.example/a?x=1&y=2", page_changed="2026-03-03T08:00:00+01:00"),
            Entry("https://www.post.example/b", page_changed="2026-03"),
        ),
    )


def test_an_index_names_its_parts_and_when_they_changed() -> None:
    listing = read(
        f"""<sitemapindex {XMLNS}><sitemap><loc>https://www.post.example/1.xml.gz</loc><lastmod>2026-03-03</lastmod>
        </sitemap><sitemap><loc>https://www.post.example/2.xml</loc></sitemap></sitemapindex>"""
    )
    assert (listing.kind, listing.entries) == ("sitemap index", ())
    assert listing.further_urls == ("https://www.post.example/1.xml.gz", "https://www.post.example/2.xml")
    assert listing.last_modified == {"https://www.post.example/1.xml.gz": "2026-03-03"}


@pytest.mark.parametrize("declared", [NEWS, ""])
def test_a_news_sitemap_knows_headlines_and_days(declared: str) -> None:
    listing = read(
        f"""<urlset {XMLNS} {declared}><url><loc>https://www.post.example/a</loc><news:news><news:publication>
        <news:name>Harbour Post</news:name><news:language>en-gb</news:language></news:publication>
        <news:publication_date>2026-03-03T08:00:00Z</news:publication_date><news:title>Salt &amp; Sons</news:title>
        </news:news></url></urlset>"""
    )
    (found,) = listing.entries
    assert (listing.kind, listing.title) == ("news sitemap", "Harbour Post")
    assert (found.title, found.published, found.language) == ("Salt & Sons", "2026-03-03T08:00:00+00:00", "en")


@pytest.mark.parametrize(
    "content",
    [
        urls("https://www.post.example/a", told=""),
        urls("https://www.post.example/a", told='xmlns="http://www.google.com/schemas/sitemap/0.84"'),
        urls("https://www.post.example/a")
        .replace("loc>", "s:loc>")
        .replace("url", "s:url")
        .replace("xmlns", "xmlns:s"),
        "\n <!-- made today -->" + urls("https://www.post.example/a", "https://www.post.example/a"),
        urls("https://www.post.example/a")[:-3],
        "\ufeffhttps://www.post.example/a\r\n\r\nhttps://www.post.example/a",
        urls("https://www.post.example/a").encode("utf-16"),
        gzip.compress(urls("https://www.post.example/a").encode(), mtime=0),
        gzip.compress(b"https://www.post", mtime=0) + gzip.compress(b".example/a\n", mtime=0),
    ],
)
def test_sitemaps_are_read_however_they_are_written(content: str | bytes) -> None:
    assert [entry.url for entry in read(content).entries] == ["https://www.post.example/a"]


def test_a_bare_ampersand_stays_in_its_address() -> None:
    assert read(urls("https://www.post.example/?a=1&b=2")).entries[0].url == "https://www.post.example/?a=1&b=2"


def test_other_hosts_are_left_out_and_said_but_not_the_ones_above_and_below() -> None:
    kept = ["https://post.example/a", "https://news.post.example/b", "http://www.post.example/c"]
    listing = read(urls(*kept, "https://other.example/d", "https://notpost.example/e", "ftp://post.example/f"))
    assert [entry.url for entry in listing.entries] == kept
    (remark,) = listing.warnings
    assert remark.startswith("2 of its addresses") and "other.example" in remark


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "is empty"),
        ("<rss><channel/></rss>", "its first element is <rss>"),
        ("some words\nhttps://www.post.example/a", "neither XML nor"),
        (f'<!DOCTYPE urlset [<!ENTITY a "ha">]>{urls("&a;")}', "declares XML entities"),
        (f'<!DOCTYPE u [<!ENTITY a SYSTEM "file:///etc/passwd">]>{urls("https://www.post.example/&a;")}', "entities"),
        (gzip.compress(b"x" * 100, mtime=0)[:-20], "its end is missing"),
        (b"\x1f\x8b\x00broken", "damaged"),
        (b"\x00\x01\x02", "neither XML nor"),
    ],
)
def test_what_is_no_sitemap_is_refused_with_the_reason(content: str | bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read(content)


def test_a_gigabyte_in_a_megabyte_is_refused_without_being_unpacked() -> None:
    bomb = gzip.compress(bytes(64_000_000)) * 16
    tracemalloc.start()
    with pytest.raises(ValueError, match="50,000,000 bytes when decompressed"):
        read(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 250_000_000


def test_no_more_is_unpacked_than_asked_for() -> None:
    assert decompression.decompress_gzip_start(gzip.compress(b"x" * 1_000_000), 10) == b"x" * 10


def test_no_more_than_fifty_thousand_addresses_are_taken() -> None:
    listing = read(urls(*(f"https://www.post.example/{number}" for number in range(sitemap.MAX_URLS + 5))))
    assert len(listing.entries) == sitemap.MAX_URLS


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 9), st.binary(max_size=6)), max_size=6), st.booleans())
def test_any_bytes_are_read_or_refused(changes: list[tuple[int, int, bytes]], compressed: bool) -> None:
    content = urls("https://www.post.example/a").encode()
    content = gzip.compress(content) if compressed else content
    for at, length, new in changes:
        content = content[:at] + new + content[at + length :]
    try:
        assert all(entry.url.startswith("http") for entry in read(content).entries)
    except ValueError as exc:
        assert not isinstance(exc, UnicodeError)  # noqa: PT017
