"""What a document costs to be parsed grows with its length and no faster, whatever it is like."""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from retrieval.ingest.parsing.feeds.feed import parse_feed
from retrieval.ingest.parsing.feeds.wordpress import parse_wordpress_posts
from retrieval.ingest.parsing.files.file_formats import parse_file
from retrieval.ingest.parsing.files.front_matter import split_front_matter
from retrieval.ingest.parsing.files.jsonl import read_jsonl
from retrieval.ingest.parsing.files.rows.article_row import article_from_row
from retrieval.ingest.parsing.formats.pdf.layout import Line
from retrieval.ingest.parsing.formats.pdf.paragraphs import build_paragraphs
from retrieval.ingest.parsing.markup.authors import person_names
from retrieval.ingest.parsing.markup.decoding import decode_file, decode_html, decode_xml
from retrieval.ingest.parsing.markup.html import clean_fragment
from retrieval.ingest.parsing.pages.article_extraction import fragment_paragraphs
from retrieval.text.boilerplate import has_article, is_boilerplate, split_blocks
from tests.support.cpu_growth import MAX_GROWTH, cpu_growth, growth_cases
from tests.support.markup_shapes import MARKDOWN_SHAPES, PAGE_SHAPES
from tests.support.text_shapes import TEXT_SHAPES

TITLE = "Pier closes for repairs"
URL = "https://post.example/news"
SHAPES = TEXT_SHAPES | MARKDOWN_SHAPES


def _read(name: str) -> Callable[[str], object]:
    def read(text: str) -> None:
        with suppress(ValueError):
            parse_file(Path(name), text.encode("utf-8", "replace"))

    return read


def _split(text: str) -> object:
    blocks = split_blocks(text, TITLE)
    return has_article(text, blocks), is_boilerplate(text)


def _split_at_headings(text: str) -> object:
    lines, start, headings = text.split("\n"), 0, []
    for line in lines:
        headings.append((start, start + len(line)))
        start += len(line) + 1
    return split_blocks(text, TITLE, headings)


def _split_below_title(text: str) -> object:
    return split_blocks("Pier closes for repairs\n\n" * 20, text)


def _read_front_matter(text: str) -> None:
    with suppress(ValueError):
        split_front_matter(f"---\ntitle: {text}\n---\n{TITLE}")


def _read_row(text: str) -> object:
    return article_from_row("news.jsonl:1", {"text": TITLE} | dict.fromkeys(("url", "title", "authors", "date"), text))


def _parse_feed(text: str) -> object:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    item = f"<item><title>{escaped}</title><author>{escaped}</author><description>{escaped}</description></item>"
    return parse_feed(f"<rss version='2.0'><channel>{item}</channel></rss>".encode("utf-8", "replace"), URL)


def _parse_posts(text: str) -> object:
    post = {"link": URL, "title": {"rendered": text}, "content": {"rendered": f"[a b={text}"}, "date": text}
    return parse_wordpress_posts(json.dumps([post]).encode(), URL, 1, 1)


def _parse_fragment(text: str) -> None:
    clean_fragment(text, URL)
    with suppress(ValueError):
        fragment_paragraphs(f"<p>{text}</p>")


def _decode(text: str) -> None:
    for decode in (decode_html, decode_xml, decode_file):
        with suppress(ValueError):
            decode(text.encode("utf-8", "replace"))


def _build_paragraphs(text: str) -> object:
    lines = [line for line in text.splitlines() if line.strip()]
    placed = [Line(line, 60, 60 + 5 * len(line), -14.0 * at, 10, 20) for at, line in enumerate(lines)]
    return build_paragraphs([[placed]]) if placed else []


STEPS: dict[str, tuple[Callable[[str], object], int]] = {
    "Markdown": (_read("pier.md"), 15_000),
    "plain text": (_read("pier.txt"), 60_000),
    "blocks": (_split, 40_000),
    "blocks with headings": (_split_at_headings, 40_000),
    "blocks below a title": (_split_below_title, 40_000),
    "front matter": (_read_front_matter, 20_000),
    "row": (_read_row, 60_000),
    "feed": (_parse_feed, 60_000),
    "posts": (_parse_posts, 60_000),
    "fragment": (_parse_fragment, 40_000),
    "decoding": (_decode, 100_000),
    "authors": (lambda text: person_names([text]), 60_000),
    "lines of a PDF page": (_build_paragraphs, 60_000),
}


@pytest.mark.parametrize(("step", "shape"), growth_cases(STEPS, SHAPES))
def test_twice_the_text_costs_twice_the_time(step: str, shape: str) -> None:
    run, size = STEPS[step]
    assert cpu_growth(run, SHAPES[shape], size) <= MAX_GROWTH


@pytest.mark.parametrize(("step", "shape"), growth_cases(["page"], PAGE_SHAPES))
def test_twice_the_page_costs_twice_the_time(step: str, shape: str) -> None:
    assert cpu_growth(_read("pier.html"), PAGE_SHAPES[shape], 15_000) <= MAX_GROWTH


def test_a_line_of_json_costs_twice_the_time_for_twice_its_length(tmp_path: Path) -> None:
    def read(text: str) -> None:
        (tmp_path / "news.jsonl").write_text(f'{{"text": "{TITLE}", "x": [{text}0]}}\n', "utf-8")
        list(read_jsonl(tmp_path / "news.jsonl", largest=10_000_000))

    assert cpu_growth(read, lambda size: '{"a": 0},' * (size // 9), 1_000_000) <= MAX_GROWTH
