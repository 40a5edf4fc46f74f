"""Whatever a document, a question or an update is made of, reading it ends with a value or a refusal.

A hundred inputs a reader here, tens of thousands with `make fuzz`. What it finds becomes a test beside the reader.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Update

from bot.answering.messages import Turn
from bot.answering.questions.question_rewriting import rewrite_question
from bot.telegram.storage.json_updates import first_update_id, load_json
from retrieval.errors import OnRecordError
from retrieval.ingest.fetched_document import FetchedDocument
from retrieval.ingest.fetching.robots import parse_robots
from retrieval.ingest.fetching.safety.url import parse_url
from retrieval.ingest.parsing.content_type import detect_content_type
from retrieval.ingest.parsing.feeds.feed import parse_feed
from retrieval.ingest.parsing.feeds.json_feed import parse_json_feed
from retrieval.ingest.parsing.feeds.sitemap import parse_sitemap
from retrieval.ingest.parsing.feeds.wordpress import parse_wordpress_posts
from retrieval.ingest.parsing.files.file_formats import parse_file
from retrieval.ingest.parsing.pages.page import discover_links, parse_page
from retrieval.quotes.extraction import extract_quotes
from retrieval.search.quote_intent import parse_quote_intent
from retrieval.text.boilerplate import split_blocks
from retrieval.text.chunking import chunk_article
from retrieval.text.dates import days_in_question

URL = "https://post.example/news"
TODAY = date(2026, 11, 29)
MARKUP = (
    "<p> </p> <br> <table> <td> <!-- <![CDATA[ ]]> &#0; &amp; <rss> <item> https:// @ %00 0x7f.1 [::1] 0 5 é".split()
)
SIGNS = '" [ ] { } \\ , : “ ” ** `'.split()
PHRASES = (
    "<?xml ?>",
    "---\n",
    "title: ",
    "# ",
    "\n",
    "\n\n",
    " ",
    "\t",
    "\u0000",
    "%PDF-1.4\n",
    "stream\n",
    "User-agent: *",
    "Disallow: /",
    "he said",
    "Ada Okafor",
    "Mr.",
    "what did",
    "who said",
    "according to",
    "on 31 April",
    "yesterday",
    "\u202e",
    "\ufeff",
    "😀",
    "a" * 300,
)
TEXT = st.lists(st.one_of(st.sampled_from((*MARKUP, *SIGNS, *PHRASES)), st.text(max_size=8)), max_size=40).map("".join)
CONTENT = st.one_of(TEXT.map(lambda text: text.encode("utf-8", "replace")), st.binary(max_size=400))

BYTES_READERS: dict[str, Callable[[bytes], object]] = {
    "HTML file": lambda content: parse_file(Path("a.html"), content),
    "Markdown file": lambda content: parse_file(Path("a.md"), content),
    "text file": lambda content: parse_file(Path("a.txt"), content),
    "PDF file": lambda content: parse_file(Path("a.pdf"), content),
    "RTF file": lambda content: parse_file(Path("a.rtf"), b"{\\rtf1 " + content),
    "WebVTT file": lambda content: parse_file(Path("a.vtt"), b"WEBVTT\n\n00:01.000 --> 00:02.000\n" + content),
    "DOCX file": lambda content: parse_file(Path("a.docx"), content),
    "page": lambda content: parse_page(FetchedDocument(URL, content)),
    "links of a page": lambda content: discover_links(FetchedDocument(URL, content)),
    "content type": lambda content: detect_content_type(FetchedDocument(URL, content)),
    "feed": lambda content: parse_feed(content, URL),
    "sitemap": lambda content: parse_sitemap(content, URL),
    "WordPress posts": lambda content: parse_wordpress_posts(content, URL, 1, 1),
    "robots.txt": parse_robots,
    "first id of updates": first_update_id,
}
TEXT_READERS: dict[str, Callable[[str], object]] = {
    "JSON feed": lambda text: parse_json_feed(text, URL),
    "URL": parse_url,
    "quotes": extract_quotes,
    "passages": lambda text: chunk_article(text, split_blocks(text)),
    "quote intent": parse_quote_intent,
    "days": lambda text: days_in_question(text, TODAY),
    "follow-up": lambda text: rewrite_question(text, [Turn(text, text, text, "answered")]),
    "JSON of an update": load_json,
}


@pytest.mark.parametrize("reader", BYTES_READERS)
@given(content=CONTENT)
def test_bytes_are_read_or_refused(reader: str, content: bytes) -> None:
    with suppress(ValueError, OnRecordError):
        BYTES_READERS[reader](content)


@pytest.mark.parametrize("reader", TEXT_READERS)
@given(text=TEXT)
def test_text_is_read_or_refused(reader: str, text: str) -> None:
    with suppress(ValueError, OnRecordError):
        TEXT_READERS[reader](text)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(Update.ALL_TYPES), inner, max_size=3),
    max_leaves=8,
)


@given(update=VALUES)
def test_an_update_of_any_shape_has_an_id_or_none(update: object) -> None:
    found = first_update_id(json.dumps({"ok": True, "result": [update]}).encode())
    assert found is None or isinstance(found, int)
