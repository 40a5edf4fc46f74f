"""Reduce the markup within text to its words, so that no later step can lose or reorder them."""

import re
from collections.abc import Iterator

from lxml import etree
from lxml.html import HtmlElement

from retrieval.ingest.parsing.pages.cleaning.elements import (
    BLOCK_TAGS,
    drop,
    is_leaf_block,
    is_sentence,
    linked_length,
    remove_dropped,
    text_of,
)

_TEXT_TAGS = frozenset(("p", "li", "blockquote", "td", "th", "dd", "dt"))
_INLINE_TAGS = frozenset("span a b i em strong u font abbr small mark bdi label".split())
_STRUCK_OUT = ("del", "s", "strike")
_NO_TEXT = ("script", "style", "template", "svg", "noscript", "rt", "rp")  # rt: how characters are pronounced
_NOTE_MARK = re.compile(r"[\W\d_]{1,6}|[\[(]?[a-z][\])]?")  # `1`, `[12]`, `*`, `↩`, `¶`
_HOVER_CARD = re.compile(
    r"rollover|tool-?tip|popover|pop-?up|hover-?card|screen-?reader|visually-?hidden|\bsr-only\b", re.I
)
_QUOTATION_MARKS = "\"“”„«»‘’‚‹›'"
_LINE_BREAK = " "
_MAY_HOLD_LINES = frozenset(("div", "section", "article", "main", "body"))  # that are no paragraphs
_MIN_LINKED_SHARE = 0.5  # of a text; if less of it is links, they say nothing of what the text is


def drop_invisible(page: HtmlElement) -> None:
    """Drop scripts and the like, struck-out text, marks of notes, and in paragraphs hover cards and hidden elements.

    Other inline elements lose class and id, which could look like boilerplate.
    """
    for element in list(page.iter(*_NO_TEXT, *_STRUCK_OUT)):
        drop(element)
    for link in list(page.iter("a")):
        if "#" in (link.get("href") or "") and _NOTE_MARK.fullmatch(text_of(link)):
            drop(link)
    for element in list(_elements_in_text(page)):
        if element.tag not in _INLINE_TAGS:
            continue
        if _HOVER_CARD.search(element.get("class") or "") or element.get("hidden") is not None:
            drop(element)
        else:
            for name in ("class", "id", "style", "role", "data-component"):
                element.attrib.pop(name, None)
    remove_dropped(page)


def write_quotation_marks(page: HtmlElement) -> None:
    """Write the marks that browsers put around `q` elements, unless the author has written them too."""
    for element in list(page.iter("q")):
        inner = text_of(element)
        if inner and inner[0] not in _QUOTATION_MARKS and not _text_before(element).endswith(tuple(_QUOTATION_MARKS)):
            is_nested = next(element.iterancestors("q", "written-quotation"), None) is not None
            opening, closing = ("‘", "’") if is_nested else ("“", "”")
            element.text = opening + (element.text or "").lstrip()
            last = element[-1] if len(element) else None
            if last is None:
                element.text = element.text.rstrip() + closing
            else:
                last.tail = (last.tail or "").rstrip() + closing
        element.tag = "written-quotation"
    etree.strip_tags(page, "written-quotation")


def flatten_text_blocks(page: HtmlElement) -> None:
    """Leave of each text only its words, and its links only where they are most of it."""
    for block in page.iter(*BLOCK_TAGS):
        if not is_leaf_block(block) or not len(block):
            continue
        kept = {"a", "br"} if block.tag in _MAY_HOLD_LINES else {"a"}
        for line_break in block.iter("br") if "br" not in kept else ():
            line_break.tail = _LINE_BREAK + (line_break.tail or "")
        text = text_of(block)
        is_linked = linked_length(block) >= _MIN_LINKED_SHARE * len(text)
        keeps_links = is_linked and "://" not in text and not _is_prose_with_links(block, text)
        etree.strip_tags(block, *{str(child.tag) for child in block.iterdescendants()} - kept)
        if not keeps_links:
            etree.strip_tags(block, "a")


def _is_prose_with_links(block: HtmlElement, text: str) -> bool:
    """Whether a text is a sentence that goes on outside of its links."""
    return is_sentence(text) and len(text) - linked_length(block) >= 5


def _text_before(element: HtmlElement) -> str:
    previous, parent = element.getprevious(), element.getparent()
    if previous is not None:
        return previous.tail or ""
    return (parent.text or "") if parent is not None else ""


def _elements_in_text(page: HtmlElement) -> Iterator[HtmlElement]:
    """The elements within paragraphs, list items, cells and quotations, in order."""
    depth = 0
    for event, element in etree.iterwalk(page, events=("start", "end")):
        is_text = element.tag in _TEXT_TAGS
        if event == "start":
            if depth:
                yield element
            depth += is_text
        else:
            depth -= is_text
