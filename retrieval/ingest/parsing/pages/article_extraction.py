"""Extract the paragraphs of a page's article with trafilatura, after pruning and followed by cleaning."""

import re
from collections.abc import Iterator

import trafilatura
from lxml.html import HtmlElement
from trafilatura.settings import Document

from retrieval.ingest.parsing.markup.paragraphs import Paragraph, join_paragraphs
from retrieval.ingest.parsing.pages.metadata import PageMetadata
from retrieval.ingest.parsing.pages.pruning import prune
from retrieval.ingest.parsing.pages.rejection import rejection_reason
from retrieval.text.boilerplate import is_boilerplate
from retrieval.text.sentences import Span

_BLOCK_TAGS = frozenset("p head list item quote table row div".split())
_BREAK_TAGS = frozenset(("lb", "cell"))
_LINE_SEPARATOR = "\u2028"
_EMPTY_LINE = re.compile(rf"{_LINE_SEPARATOR}\s*{_LINE_SEPARATOR}")  # how old pages separate paragraphs
_MAX_END_PARAGRAPHS = 3  # in which a page says that there is more for subscribers
_MAX_FAREWELLS = 5  # paragraphs at the end that may be calls to follow, subscribe or comment
_MAX_FAREWELL_LENGTH = 400  # characters
_FAREWELL = re.compile(
    r"(?:follow (?:him|her|us|them|me|@?\w+(?: \w+)?) on |(?:e-?mail|contact|reach) .{3,60}(?:@| at )|"
    r"have a (?:news )?tip|got a (?:news )?tip|sign up (?:for|to|here)|subscribe (?:to|now|here|today)|"
    r"get (?:the latest|the best|our|more) .{3,80}(?:inbox|newsletter|updates)|tell us what you think|"
    r"(?:download|get) (?:the|our) .{0,40}app\b|click here (?:to|for)|like us on|join (?:us|the conversation)|"
    r"read more (?:from|about|on)|photos?: |tags?:?\W*$|(?:copyright|©)|comments?\W*$|share this|"
    r"what do you think\?|let us know|more from )",
    re.IGNORECASE,
)


def article_text(page: HtmlElement, metadata: PageMetadata) -> tuple[str, tuple[Span, ...]]:
    """The text of a page's article and the spans of its headings. Raises ValueError with the reason if it has none."""
    try:
        extracted = extract_paragraphs(page)
    except RecursionError as exc:
        raise ValueError("is nested too deeply to be read") from exc
    paragraphs = clean_paragraphs(extracted, metadata.title)
    end = " ".join(text for text, _ in extracted[-_MAX_END_PARAGRAPHS:])
    if reason := rejection_reason(page, metadata, paragraphs, end=end):
        raise ValueError(reason)
    return join_paragraphs(paragraphs)


def extract_paragraphs(page: HtmlElement) -> list[Paragraph]:
    """Paragraphs and headings in order; empty when trafilatura finds no article. Raises RecursionError."""
    document = trafilatura.bare_extraction(
        prune(page), include_comments=False, include_tables=True, favor_precision=True
    )
    if not isinstance(document, Document) or document.body is None:
        return []
    return list(_tree_paragraphs(document.body))


def clean_paragraphs(paragraphs: list[Paragraph], title: str) -> list[Paragraph]:
    """Remove boilerplate, the repeated headline at the top, and links and farewells after the last paragraph."""
    kept = [part for part in paragraphs if not is_boilerplate(part[0])]
    return _without_farewell(_without_headline(kept, title))


def _without_headline(parts: list[Paragraph], title: str) -> list[Paragraph]:
    """Remove the title above the text: it is a field of its own."""
    title_letters = _letters(title)
    first = 0
    while title_letters and first < len(parts) - 1 and _letters(parts[first][0]) == title_letters:
        first += 1
    return parts[first:]


def _without_farewell(parts: list[Paragraph]) -> list[Paragraph]:
    """Remove headings without text and calls to follow, subscribe or comment at the end."""
    for _ in range(_MAX_FAREWELLS):
        if len(parts) < 2:
            break
        text, is_heading = parts[-1]
        if not is_heading and not (len(text) <= _MAX_FAREWELL_LENGTH and _FAREWELL.match(text)):
            break
        parts = parts[:-1]
    return parts


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _tree_paragraphs(body: HtmlElement) -> Iterator[Paragraph]:
    """The paragraphs of trafilatura's tree."""
    for element in body:
        if any(child.tag in _BLOCK_TAGS for child in element):
            yield from _paragraph(element.text or "", is_heading=False)
            yield from _tree_paragraphs(element)
        else:
            for text in _EMPTY_LINE.split(_inline_text(element)):
                yield from _paragraph(text, is_heading=element.tag == "head")
        yield from _paragraph(element.tail or "", is_heading=False)


def _paragraph(text: str, *, is_heading: bool) -> Iterator[Paragraph]:
    flat = " ".join(text.split())
    if flat:
        yield flat, is_heading


def _inline_text(element: HtmlElement) -> str:
    """All text of an element, with a line separator at each line break and table cell."""
    pieces = [element.text or ""]
    for child in element:
        pieces.append(_LINE_SEPARATOR if child.tag in _BREAK_TAGS else "")
        pieces.append(_inline_text(child))
        pieces.append(child.tail or "")
    return "".join(pieces)
