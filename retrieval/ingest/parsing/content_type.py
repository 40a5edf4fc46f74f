"""Detect what a document from the web is: by its bytes first, by the Content-Type header if these leave it open."""

import json
import re
from dataclasses import dataclass
from typing import Literal

from retrieval.ingest import decompression
from retrieval.ingest.fetched_document import FetchedDocument
from retrieval.ingest.parsing.feeds import json_feed, wordpress
from retrieval.ingest.parsing.formats.detection import FORMAT_NAMES, describe_binary, detect_format
from retrieval.ingest.parsing.markup.decoding import decode_xml

DocumentKind = Literal["page", "feed", "sitemap", "wordpress", "document", "other"]

_SNIFFED_BYTES = 65_536  # enough for the prolog and the first element
_BINARY_CHECK_BYTES = 1_024
_UTF_16_STARTS = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
_MAX_JSON_BYTES = 20_000_000  # JSON has to be parsed whole to see what it is
_NO_ARTICLES = "not something that holds articles"
_ELEMENT = re.compile(r"<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_PAGE_ELEMENTS = set("html head body title meta link script div article main p h1 section".split())
_VERSION = re.compile(r"""\sversion\s*=\s*["']([\d.]{1,5})["']""")
_PAGE_TYPES = {"text/html", "application/xhtml+xml"}


@dataclass(frozen=True, slots=True)
class DetectedContent:
    """What a document is, and what tells so: `why` is the rest of a sentence that begins with "is"."""

    kind: DocumentKind
    why: str


def detect_content_type(fetched: FetchedDocument) -> DetectedContent:
    """Detect the kind of a fetched document; never raises."""
    content = fetched.content
    if content.startswith(decompression.GZIP_MAGIC):
        return _detect_gzip(fetched)
    if not content[:_SNIFFED_BYTES].strip():
        return DetectedContent("other", "empty")
    if document_format := detect_format(content):
        return DetectedContent("document", f"a file of the format {FORMAT_NAMES[document_format]}: its bytes say so")
    if description := describe_binary(content):
        return DetectedContent("other", f"{description}, {_NO_ARTICLES}")
    if b"\x00" in content[:_BINARY_CHECK_BYTES] and not content.startswith(_UTF_16_STARTS):
        return DetectedContent("other", f"a binary file, {_NO_ARTICLES}")
    text = decode_xml(content[:_SNIFFED_BYTES], fetched.charset).lstrip()
    if text.startswith(("{", "[")) and (found := _detect_json(content, fetched.charset)):
        return found
    return _detect_markup(text, fetched.content_type) or _detect_text(text, fetched.content_type)


def _detect_gzip(fetched: FetchedDocument) -> DetectedContent:
    try:
        inside = decompression.decompress_gzip_start(fetched.content, _SNIFFED_BYTES)
    except ValueError:
        return DetectedContent("other", f"a compressed file (application/gzip) that cannot be opened, {_NO_ARTICLES}")
    found = (
        detect_content_type(FetchedDocument(fetched.url, inside))
        if not inside.startswith(decompression.GZIP_MAGIC)
        else None
    )
    if found and found.kind == "sitemap":
        return DetectedContent("sitemap", f"compressed, and inside {found.why}")
    return DetectedContent("other", f"a compressed file (application/gzip), {_NO_ARTICLES}")


def _detect_json(content: bytes, charset: str) -> DetectedContent | None:
    """None when the content only begins like JSON, as a text in brackets does."""
    if len(content) > _MAX_JSON_BYTES:
        return DetectedContent("other", f"a large JSON document, {_NO_ARTICLES}")
    try:
        value = json.loads(decode_xml(content, charset))
    except (ValueError, RecursionError):
        return None
    if json_feed.is_json_feed(value):
        return DetectedContent("feed", 'a JSON Feed: its "version" says so')
    if value and wordpress.is_wordpress_posts(value):
        return DetectedContent("wordpress", "a list of posts from the API of WordPress")
    if isinstance(value, dict) and str(value.get("code", "")).startswith("rest_"):
        return DetectedContent("other", "a refusal by the API of WordPress")
    return DetectedContent("other", "a JSON document, but neither a JSON Feed nor posts of WordPress")


def _detect_markup(text: str, content_type: str) -> DetectedContent | None:
    """Detect XML and HTML by the first element; None when there is none."""
    found = _ELEMENT.search(text, _first_element(text))
    if not found:
        return None
    element, start_tag = found[2].lower(), text[found.start() : found.start() + 2_000].partition(">")[0]
    shown = f"its first element is <{found[0][1:60]}>"
    if element == "rss":
        version = _VERSION.search(start_tag)
        return DetectedContent("feed", f"an RSS {version[1] if version else '2.0'} feed: {shown}")
    if (element == "rdf" and found[1] and "purl.org/rss/" in text) or "netscape.com/rdf/simple" in start_tag:
        return DetectedContent("feed", f"an RSS 1.0 feed: {shown}")
    if element == "feed" or (element == "entry" and "/Atom" in start_tag):
        return DetectedContent("feed", f"an Atom feed: {shown}")
    if element in ("urlset", "sitemapindex"):
        return DetectedContent("sitemap", f"a sitemap{' index' * (element == 'sitemapindex')}: {shown}")
    is_html = content_type in _PAGE_TYPES or "<!doctype html" in text[: found.start()].lower()
    if element in _PAGE_ELEMENTS or is_html:
        return DetectedContent("page", f"a web page: {shown}")
    if element == "opml":
        return DetectedContent("other", "a list of feeds (OPML); name the feeds in it instead")
    if element == "svg":
        return DetectedContent("other", f"a picture (image/svg+xml), {_NO_ARTICLES}")
    return DetectedContent("other", f"an XML document that is neither feed nor sitemap nor page: {shown}")


def _first_element(text: str) -> int:
    """Index of the first element, after white space, declarations, comments and any text before the first `<`."""
    at = text.find("<")
    while at >= 0:
        if text.startswith("<!--", at):
            end, length = text.find("-->", at), 3
        elif text.startswith("<!", at):
            bracket, close = text.find("[", at), text.find(">", at)
            subset = 0 <= bracket < close
            end, length = (text.find("]", bracket) if subset else close), 1
        elif text.startswith("<?", at):
            end, length = text.find(">", at), 1
        else:
            return at
        at = text.find("<", end + length) if end >= 0 else -1
    return len(text)


def _detect_text(text: str, content_type: str) -> DetectedContent:
    lines = [line.strip() for line in text.splitlines()[:1_000] if line.strip()][:-1] or [text.strip()]
    if all(line.startswith(("http://", "https://")) and " " not in line for line in lines):
        return DetectedContent("sitemap", "a sitemap as text: a web address on each line")
    if content_type in _PAGE_TYPES:
        return DetectedContent("page", f"a web page: the server calls it {content_type}")
    if content_type and not content_type.startswith("text/"):
        return DetectedContent("other", f"a file the server calls {content_type[:60]}, {_NO_ARTICLES}")
    return DetectedContent("other", "plain text without any markup, neither page nor feed nor sitemap")
