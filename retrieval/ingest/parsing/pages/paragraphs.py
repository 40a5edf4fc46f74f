"""HTML without a page around it, as feeds and APIs carry it, to paragraphs."""

import re
from collections.abc import Iterator

from lxml import etree
from lxml.html import HtmlElement

from retrieval.ingest.parsing.pages.html import parse
from retrieval.text.boilerplate import is_furniture

Paragraph = tuple[str, bool]  # its text, whether it is a heading

_BLOCKS = frozenset(
    "address article aside blockquote body center dd details div dl dt footer header hr html li main ol p pre section "
    "table tbody td tfoot th thead tr ul h1 h2 h3 h4 h5 h6".split()
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_NO_TEXT = frozenset(
    "script style noscript iframe object embed svg form button input select textarea figcaption template video audio "
    "canvas head".split()
)
_CREDIT = re.compile(
    r"(?:the post .{1,300} (?:first )?appeared (?:first )?on .{1,100}|(?:source|via):.{0,100})", re.IGNORECASE
)
_EMPTY_LINE = re.compile(r"\n[ \t]*\n")


def body(html: str) -> list[Paragraph]:
    """The paragraphs of an article's text in HTML, without credits and what belongs to a page. Raises ValueError."""
    return [part for part in paragraphs(html) if not _CREDIT.fullmatch(part[0]) and not is_furniture(part[0])]


def paragraphs(html: str) -> list[Paragraph]:
    """Paragraphs and headings of some HTML, or of plain text at its line ends. Raises ValueError."""
    if "<" not in html:
        return [(" ".join(line.split()), False) for line in html.splitlines() if line.strip()]
    return list(_grouped(_pieces(parse(f"<div>{html}</div>"))))


def _pieces(body: HtmlElement) -> Iterator[tuple[str, bool]]:
    """Text in order with whether it is a heading's; an empty text where a paragraph ends, a line end for a break."""
    heading, skipped = 0, 0
    for event, element in etree.iterwalk(body, events=("start", "end")):
        step, tag = (1 if event == "start" else -1), element.tag
        skipped += step * (tag in _NO_TEXT)
        heading += step * (tag in _HEADINGS)
        if tag in _BLOCKS:
            yield "", False
        if event == "start" and tag == "br":
            yield "\n", bool(heading)
        text = element.text if event == "start" else element.tail
        if text and not skipped:
            yield text.replace("\n", " "), bool(heading)


def _grouped(pieces: Iterator[tuple[str, bool]]) -> Iterator[Paragraph]:
    gathered, is_heading = list[str](), False
    for text, heading in (*pieces, ("", False)):
        if text:
            gathered.append(text)
            is_heading = is_heading or heading
            continue
        for line in _EMPTY_LINE.split("".join(gathered)):
            if line.strip():
                yield " ".join(line.split()), is_heading
        gathered, is_heading = [], False
