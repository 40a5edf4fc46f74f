"""Measure and remove elements of a page's tree; the rules of this room decide by these measures."""

import re
from collections import Counter

from lxml import etree
from lxml.html import HtmlElement

BLOCK_TAGS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre section summary "
    "table tbody td tfoot th thead tr ul".split()
)
MIN_PROSE_LENGTH = 60  # characters of a sentence that shows that the text around it is prose
TABLE_ROW = "data-table-row"  # an attribute of the paragraph that a row of a table has become
_DROPPED = "dropped-part"  # the tag of elements that are to be removed, all at once, which takes linear time
_MAX_ELEMENTS = 200  # in a small element
_MIN_SENTENCE_WORDS = 4
_MIN_SENTENCE_LENGTH = 12  # characters, for languages that write no spaces
# No ellipsis, with which teasers end, and no abbreviation: `By Mara Lind, 3 March, 11:08 a.m.`
_SENTENCE_END = re.compile(r"(?<!\.\.)(?<!\b\w\.\w)[.!?。！？؟।][\"'’”“»«›)\]*]*$")


def text_of(element: HtmlElement) -> str:
    """All text of an element on one line."""
    return " ".join("".join(element.itertext()).split())


def is_small(element: HtmlElement, max_length: float) -> bool:
    """Whether an element has at most so many characters and few elements; takes no longer than that for large ones."""
    length = -len((element.tail or "").strip())
    for count, one in enumerate(element.iter()):
        length += len((one.text or "").strip()) + len((one.tail or "").strip())
        if count > _MAX_ELEMENTS or length > max_length:
            return False
    return True


def linked_length(element: HtmlElement) -> int:
    """How many characters of an element's text are links."""
    if next(element.iterancestors("a"), None) is not None:
        return len(text_of(element))
    return sum(len(text_of(link)) for link in element.iter("a"))


def is_sentence(text: str) -> bool:
    """Whether a text ends as a sentence does and is longer than an exclamation."""
    return bool(_SENTENCE_END.search(text)) and (
        len(text.split()) >= _MIN_SENTENCE_WORDS or (not text.isascii() and len(text) >= _MIN_SENTENCE_LENGTH)
    )


def is_own_sentence(element: HtmlElement, min_length: int = 0) -> bool:
    """Whether an element's text is a sentence of so many characters, half of it linked at most."""
    text = text_of(element)
    return len(text) >= min_length and is_sentence(text) and linked_length(element) <= len(text) / 2


def is_leaf_block(element: HtmlElement) -> bool:
    """Whether a block has no other block within."""
    return element.tag in BLOCK_TAGS and not any(child.tag in BLOCK_TAGS for child in element.iterdescendants())


def main_container(page: HtmlElement) -> HtmlElement | None:
    """The element whose own paragraphs have the most text in sentences."""
    lengths = Counter[HtmlElement]()
    for paragraph in page.iter("p"):
        text, parent = text_of(paragraph), paragraph.getparent()
        if parent is not None and is_sentence(text):
            lengths[parent] += len(text)
    return max(lengths, key=lambda one: lengths[one]) if lengths else None


def drop(element: HtmlElement) -> None:
    """Mark an element as one that `remove_dropped` removes; the root stays."""
    if element.getparent() is not None:
        element.tag = _DROPPED


def is_dropped(element: HtmlElement) -> bool:
    """Whether an element is marked, or lies within one that is."""
    return element.tag == _DROPPED or next(element.iterancestors(_DROPPED), None) is not None


def remove_dropped(page: HtmlElement) -> None:
    """Remove the marked elements, but not the text after them."""
    etree.strip_elements(page, _DROPPED, with_tail=False)
