"""What a document is: told by its bytes, whatever the server calls it."""

import gzip
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.ingest.fetched_document import FetchedDocument
from retrieval.ingest.parsing.content_type import DetectedContent, detect_content_type

RSS = '<rss version="2.0"><channel/></rss>'
PAGE = "<!doctype html><html><head><title>Pier</title></head><body><p>Closed.</p></body></html>"
XHTML = '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body/></html>'
SITEMAP = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"/>'
RDF = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"/>'
FEED = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": []})
POSTS = json.dumps([{"link": "https://post.example/a", "title": {"rendered": "A"}}])


def what(content: str | bytes, content_type: str = "") -> DetectedContent:
    return detect_content_type(
        FetchedDocument(
            "https://post.example/", content if isinstance(content, bytes) else content.encode(), content_type
        )
    )


@pytest.mark.parametrize(
    ("content", "content_type", "kind", "why"),
    [
        (RSS, "text/html", "feed", "an RSS 2.0 feed: its first element is <rss>"),
        (f"\ufeff\n<!-- <html> --><?xml-stylesheet href='x'?>{RSS}", "text/plain", "feed", "RSS 2.0"),
        (RSS.encode("utf-16"), "", "feed", "RSS 2.0"),
        ("<!DOCTYPE rss [<!ELEMENT x (y)>]><rss version='0.91'>", "", "feed", "RSS 0.91"),
        (RDF, "application/xml", "feed", "RSS 1.0"),
        ('<feed xmlns="http://www.w3.org/2005/Atom"/>', "text/html", "feed", "an Atom feed"),
        (FEED, "application/json", "feed", "a JSON Feed"),
        (POSTS, "text/html", "wordpress", "posts from the API of WordPress"),
        (SITEMAP, "text/html", "sitemap", "a sitemap: its first element is <urlset>"),
        ("<sitemapindex>", "", "sitemap", "a sitemap index"),
        (gzip.compress(SITEMAP.encode(), mtime=0), "application/gzip", "sitemap", "compressed, and inside a sitemap"),
        ("https://post.example/a\nhttps://post.example/b\n", "text/plain", "sitemap", "a web address on each line"),
        (PAGE, "application/xml", "page", "a web page"),
        (XHTML, "application/xml", "page", "a web page"),
        ("<p>A piece of a page", "text/html", "page", "a web page"),
        (f"<custom-page>{RSS}", "text/html", "page", "a web page"),
        ("[sic] A page without markup", "text/html", "page", "the server calls it text/html"),
        (b"%PDF-1.7\n", "text/html", "document", "the format PDF"),
        (b"{\\rtf1 hello}", "text/plain", "document", "the format RTF"),
        (b"WEBVTT\n", "text/plain", "document", "the format WebVTT"),
    ],
)
def test_bytes_say_what_a_document_is(content: str | bytes, content_type: str, kind: str, why: str) -> None:
    found = what(content, content_type)
    assert (found.kind, why in found.why) == (kind, True), found


@pytest.mark.parametrize(
    ("content", "content_type", "why"),
    [
        (b"", "text/html", "empty"),
        (b"\x89PNG\r\n\x1a\n", "text/html", "a picture (image/png), not something that holds articles"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "", "a picture (image/webp)"),
        (b"\x00\x00\x00\x18ftypmp42", "", "a film (video/mp4)"),
        (b"PK\x03\x04", "", "an archive or an office document"),
        (b"\x00\x01\x02\x03", "", "a binary file"),
        (gzip.compress(PAGE.encode(), mtime=0), "", "a compressed file"),
        (gzip.compress(gzip.compress(SITEMAP.encode(), mtime=0), mtime=0), "", "a compressed file"),
        (b"\x1f\x8bbroken", "", "cannot be opened"),
        (b'{"code": "rest_no_route"}', "", "a refusal by the API of WordPress"),
        (b'{"a": 1}', "", "neither a JSON Feed nor posts"),
        (b"<opml><body/></opml>", "text/xml", "a list of feeds (OPML)"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "", "a picture (image/svg+xml)"),
        (b"<catalog/>", "application/xml", "first element is <catalog>"),
        (b"just words", "text/plain", "plain text"),
        (b"a,b\n1,2\n", "application/csv", "a file the server calls application/csv"),
    ],
)
def test_what_holds_no_articles_is_called_by_its_name(content: bytes, content_type: str, why: str) -> None:
    found = what(content, content_type)
    assert (found.kind, why in found.why) == ("other", True), found


@settings(max_examples=300)
@given(
    st.sampled_from([RSS, PAGE, SITEMAP, FEED, POSTS, "", "<!--", "<![", "<?"]),
    st.binary(max_size=40),
    st.integers(0, 40),
    st.sampled_from(["", "text/html", "application/json"]),
)
def test_any_bytes_are_something(seed: str, new: bytes, at: int, content_type: str) -> None:
    content = seed.encode()
    assert what(content[:at] + new + content[at + len(new) :], content_type).why
    assert what(b"\x1f\x8b" + new, content_type).kind == "other"
