"""The paragraphs of a page's article, without what stands around it: trafilatura, with care of our own around it."""

import re
from collections.abc import Iterator

import trafilatura
from lxml.html import HtmlElement
from trafilatura.settings import Document

from retrieval.ingest.parsing.pages.pruning import pruned
from retrieval.text.boilerplate import is_boilerplate

Paragraph = tuple[str, bool]  # its text, whether it is a heading
_BLOCKS = frozenset("p head list item quote table row div".split())
_BREAKS = frozenset(("lb", "cell"))
_LINE = "\u2028"
_EMPTY_LINE = re.compile(rf"{_LINE}\s*{_LINE}")  # how old pages write paragraphs
_LAST = 5  # paragraphs, among which pages take leave of their readers
_LONGEST_LEAVE = 400  # characters
_LEAVE = re.compile(
    r"(?:follow (?:him|her|us|them|me|@?\w+(?: \w+)?) on |(?:e-?mail|contact|reach) .{3,60}(?:@| at )|"
    r"have a (?:news )?tip|got a (?:news )?tip|sign up (?:for|to|here)|subscribe (?:to|now|here|today)|"
    r"get (?:the latest|the best|our|more) .{3,80}(?:inbox|newsletter|updates)|tell us what you think|"
    r"(?:download|get) (?:the|our) .{0,40}app\b|click here (?:to|for)|like us on|join (?:us|the conversation)|"
    r"read more (?:from|about|on)|photos?: |tags?:?\W*$|(?:copyright|©)|comments?\W*$|share this|"
    r"what do you think\?|let us know|more from )",
    re.IGNORECASE,
)


def paragraphs(page: HtmlElement) -> list[Paragraph]:
    """Paragraphs and headings in order; empty where trafilatura finds no article. Raises RecursionError."""
    found = trafilatura.bare_extraction(pruned(page), include_comments=False, include_tables=True, favor_precision=True)
    if not isinstance(found, Document) or found.body is None:
        return []
    return list(_parts(found.body))


def trimmed(parts: list[Paragraph], title: str) -> list[Paragraph]:
    """Paragraphs without furniture, the headline above them and the leave that the page takes below them."""
    kept = [part for part in parts if not is_boilerplate(part[0])]
    return _without_leave(_without_headline(kept, title))


def _without_headline(parts: list[Paragraph], title: str) -> list[Paragraph]:
    """The title is a fact of its own; a page repeats it above its text."""
    wanted = _letters(title)
    while parts and wanted and len(parts) > 1 and _letters(parts[0][0]) == wanted:
        parts = parts[1:]
    return parts


def _without_leave(parts: list[Paragraph]) -> list[Paragraph]:
    """Without headings over nothing and what asks readers to follow, subscribe or comment, at the end."""
    for _ in range(_LAST):
        if len(parts) < 2:
            break
        text, is_heading = parts[-1]
        if not is_heading and not (len(text) <= _LONGEST_LEAVE and _LEAVE.match(text)):
            break
        parts = parts[:-1]
    return parts


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _parts(body: HtmlElement) -> Iterator[Paragraph]:
    """Paragraphs of trafilatura's tree, and whether each is a heading."""
    for element in body:
        if any(child.tag in _BLOCKS for child in element):
            yield from _paragraph(element.text or "", is_heading=False)
            yield from _parts(element)
        else:
            for text in _EMPTY_LINE.split(_inline(element)):
                yield from _paragraph(text, is_heading=element.tag == "head")
        yield from _paragraph(element.tail or "", is_heading=False)


def _paragraph(text: str, *, is_heading: bool) -> Iterator[Paragraph]:
    flat = " ".join(text.split())
    if flat:
        yield flat, is_heading


def _inline(element: HtmlElement) -> str:
    """All text of an element, with a line separator where the page breaks a line or begins a cell."""
    pieces = [element.text or ""]
    for child in element:
        pieces.append(_LINE if child.tag in _BREAKS else "")
        pieces.append(_inline(child))
        pieces.append(child.tail or "")
    return "".join(pieces)
