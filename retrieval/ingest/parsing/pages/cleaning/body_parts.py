"""Keep the parts of an article that extraction would drop by their name or element although they are its text.

They are standfirsts in headers, fact boxes, corrections, and prose in containers of any name.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import cast

from lxml.html import HtmlElement
from trafilatura.xpaths import OVERALL_DISCARD_XPATH, PRECISION_DISCARD_XPATH, TEASER_DISCARD_XPATH

from retrieval.ingest.parsing.markup.html import HEADING_TAGS
from retrieval.ingest.parsing.pages.cleaning.boilerplate_parts import is_prose
from retrieval.ingest.parsing.pages.cleaning.elements import (
    MIN_PROSE_LENGTH,
    is_leaf_block,
    is_own_sentence,
    linked_length,
    text_of,
)

_NAME_ATTRIBUTES = ("id", "style", "role", "aria-hidden", "data-component")
_BODY_NAME = re.compile(r"(?!.*teaser).*(?:content|body|article|story|post|entry|text)", re.I)
_MIN_PROSE_SHARE = 0.7  # of the text of a container of prose
_MAIN_SHARE = 0.5  # of the prose of a page; what holds more holds its article
_MAX_NEIGHBOURS = 8  # on each side of an element, and paragraphs in each, that are looked at
_CORRECTION = re.compile(r"(?:^|[\s_-])(?:corrections?|errat(?:um|a)|korrektur|rectificati(?:f|on))(?=$|[\s_-])", re.I)
_MAX_CORRECTIONS, _MAX_CORRECTION_LENGTH = 10, 1_000  # characters
_MAX_FOLLOWING = 100  # paragraphs after a header, the first long one of which is where the text begins
_MIN_FACTS = 2  # items of a list in a box


def keep_body_parts(page: HtmlElement) -> None:
    """Unmark containers of prose and fact boxes within the text, and move standfirsts and corrections to it."""
    _move_standfirsts(page)
    _move_corrections(page)
    _keep_fact_boxes(page)
    _unmark_prose(page)


def _move_standfirsts(page: HtmlElement) -> None:
    """Move the sentences of an article's header, which extraction drops as a whole, above the first of its text."""
    for header in list(page.iter("header")):
        is_own = next(header.iterancestors("article", "main"), None) is not None or header.find(".//h1") is not None
        if not is_own or header.find(".//nav") is not None:
            continue
        found = [one for one in header.iter("p", "h2", "h3", "h4", "div") if not len(one) and is_own_sentence(one)]
        if not found:
            continue
        below = next((p for p in _following(header) if _is_long_sentence(p)), None)
        for sentence in found if below is not None else reversed(found):
            sentence.tag, sentence.tail = "p", None
            if below is None:
                header.addnext(sentence)
            else:
                below.addprevious(sentence)


def _move_corrections(page: HtmlElement) -> None:
    """Move boxes that are called corrections and hold sentences, which may stand anywhere, below the text."""
    boxes = [one for one in page.iter("div", "section", "aside", "p") if _CORRECTION.search(one.get("class") or "")]
    for box in boxes[:_MAX_CORRECTIONS]:
        if len(text_of(box)) > _MAX_CORRECTION_LENGTH or not any(map(is_own_sentence, (box, *box.iter("p")))):
            continue
        above = _sentence_above(box, page)
        if above is not None and above not in box.iterancestors():
            box.attrib.clear()
            box.tag, box.tail = ("p" if is_leaf_block(box) else "div"), None
            above.addnext(box)


def _sentence_above(box: HtmlElement, page: HtmlElement) -> HtmlElement | None:
    """The last long sentence before an element."""
    found = None
    for element in page.iter("p", box.tag):
        if element is box:
            break
        found = element if _is_long_sentence(element) else found
    return found


def _following(element: HtmlElement) -> Iterator[HtmlElement]:
    """The paragraphs after an element and outside of it."""
    levels = (element, *element.iterancestors())
    found = (p for around in levels for one in around.itersiblings() for p in one.iter("p"))
    return islice(found, _MAX_FOLLOWING)


def _keep_fact_boxes(page: HtmlElement) -> None:
    for aside in list(page.iter("aside")):
        facts = [item for item in aside.iter("li") if not linked_length(item)]
        if _stands_in_text(aside) and (len(facts) >= _MIN_FACTS or is_prose(aside)):
            aside.tag = "div"


def _unmark_prose(page: HtmlElement) -> None:
    """Take the names from prose for which extraction would drop it, but for those that say that it is a body."""
    total = sum(len(text_of(p)) for p in page.iter("p") if _is_long_sentence(p))
    for element in list(_marked(page)):
        if element.tag == "p" and not is_own_sentence(element):
            continue
        if element.tag == "p" or _prose_length(element) > _MAIN_SHARE * total or _is_body_part(element):
            for name in _NAME_ATTRIBUTES:
                element.attrib.pop(name, None)
            names = [name for name in (element.attrib.pop("class", None) or "").split() if _BODY_NAME.match(name)]
            if names and element.tag != "p":
                element.set("class", " ".join(names))


def _marked(page: HtmlElement) -> Iterator[HtmlElement]:
    """The elements that extraction would drop for their names."""
    for path in (*OVERALL_DISCARD_XPATH, *TEASER_DISCARD_XPATH):
        found = cast("list[HtmlElement]", path(page))
        yield from (element for element in found if element.tag in ("p", "div", "section", "span"))
    for path in PRECISION_DISCARD_XPATH:  # a paragraph with a border is no part of the text
        found = cast("list[HtmlElement]", path(page))
        yield from (element for element in found if element.tag in ("div", "section"))


def _is_body_part(element: HtmlElement) -> bool:
    """Whether a container amid the text holds prose: no boxes of links, no form, no linked headings."""
    if element.find(".//form") is not None or any(one.find(".//a") is not None for one in element.iter(*HEADING_TAGS)):
        return False
    return _prose_length(element) >= _MIN_PROSE_SHARE * max(len(text_of(element)), 1) and _stands_in_text(element)


def _prose_length(element: HtmlElement) -> int:
    """How many characters are sentences; 0 if none is a long one."""
    sentences = [p for p in element.iter("p") if is_own_sentence(p)]
    return sum(len(text_of(p)) for p in sentences) if any(map(_is_long_sentence, sentences)) else 0


def _stands_in_text(element: HtmlElement) -> bool:
    """Whether a neighbour is prose, by itself or in a container of its own; for more than a sentence, in two."""
    paths = ("./p", "./*/p") if sum(map(_is_long_sentence, element.iter("p"))) > 1 else ("./p",)
    before, after = element.itersiblings(preceding=True), element.itersiblings()
    neighbours = (*islice(before, _MAX_NEIGHBOURS), *islice(after, _MAX_NEIGHBOURS))
    return any(
        _is_long_sentence(one) or any(map(_is_long_sentence, islice(one.iterfind(path), _MAX_NEIGHBOURS)))
        for one in neighbours
        for path in paths
    )


def _is_long_sentence(element: HtmlElement) -> bool:
    return element.tag == "p" and is_own_sentence(element, MIN_PROSE_LENGTH)
