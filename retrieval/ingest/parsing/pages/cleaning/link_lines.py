"""Drop lines and lists that lead away from the article: nothing but links, or a label and a link."""

import re

from lxml.html import HtmlElement

from retrieval.ingest.parsing.markup.html import HEADING_TAGS
from retrieval.ingest.parsing.pages.cleaning.elements import (
    drop,
    is_dropped,
    is_leaf_block,
    is_sentence,
    is_small,
    linked_length,
    remove_dropped,
    text_of,
)

_ALL_LINKS = 0.9  # minimum share of characters in links for a line or list of nothing but links
_MOSTLY_LINKS = 0.6  # the same for a line that is no sentence
_LINKS_IN_PROSE = 0.5  # maximum share in a list of facts, whose items may be links
_MIN_LINK_LENGTH = 10  # characters
_MAX_LABEL_WORDS = 5
_MAX_TEASER_LENGTH = 400  # characters
_MAX_TEASER_HEADINGS = 2  # a title and a line below it
_MIN_TEASERS = 3
_MAX_LABEL_LENGTH = 40  # characters of a line above links
_LABEL = re.compile(r"[^\w(]*((?:[^\W\d_]+[^\w:]+){0,4}[^\W\d_]+)\s*[:|>»–—]\s*")
_WORD = re.compile(r"[^\W_]+")
_QUOTATION_MARKS = tuple("\"“”„«»‘‚‹›'")


def drop_link_lines(page: HtmlElement) -> None:
    """Drop lists of nothing but links, link lines, and the labels above them; other lists keep their words only."""
    _drop_rows_of_teasers(page)
    for items in list(page.iter("ul", "ol", "dl")):
        text = text_of(items)
        if text and linked_length(items) >= _ALL_LINKS * len(text):
            _drop_with_label(items)
        elif linked_length(items) <= _LINKS_IN_PROSE * len(text) and next(items.iter(*HEADING_TAGS), None) is None:
            _unlink(items)
    for block in list(page.iter("p", "div", "h2", "h3", "h4", "h5", "h6")):
        if is_leaf_block(block) and _is_link_line(block):
            _drop_with_label(block)
    remove_dropped(page)


def _drop_rows_of_teasers(page: HtmlElement) -> None:
    """Drop three or more neighbours that each have a heading that is a link and little text."""
    teasers = dict[HtmlElement, dict[HtmlElement, None]]()
    for heading in page.iter(*HEADING_TAGS):
        if not text_of(heading) or linked_length(heading) < _ALL_LINKS * len(text_of(heading)):
            continue
        teaser = heading
        for around in heading.iterancestors():
            if not is_small(around, _MAX_TEASER_LENGTH):
                break
            if len(list(around.iter(*HEADING_TAGS))) > _MAX_TEASER_HEADINGS:
                break
            teaser = around
        parent = teaser.getparent()
        if parent is not None and teaser is not heading:
            teasers.setdefault(parent, {})[teaser] = None
    for row in teasers.values():
        if len(row) >= _MIN_TEASERS:
            for teaser in row:
                drop(teaser)
    remove_dropped(page)


def _unlink(items: HtmlElement) -> None:
    for link in items.iter("a"):
        link.tag = "span"


def _is_link_line(block: HtmlElement) -> bool:
    text, linked = text_of(block), linked_length(block)
    if linked < _MIN_LINK_LENGTH or "://" in text or next(block.iterancestors("blockquote"), None) is not None:
        return False  # an address that is written out belongs to the text, as all of a quotation does
    unlinked = _unlinked(block)
    if linked >= _ALL_LINKS * len(text) or not _WORD.search(unlinked):
        return True
    is_title_with_label = (
        not is_sentence(text)
        and linked >= _MOSTLY_LINKS * len(text)
        and len(_WORD.findall(unlinked)) <= _MAX_LABEL_WORDS
        and _is_title(text_of(next(block.iter("a"), block)))
    )
    return is_title_with_label or _is_labelled(text, linked)


def _is_labelled(text: str, linked: int) -> bool:
    """Whether a short label and a colon stand before links that are the rest: `Read more: Ferry fares rise again`."""
    label = _LABEL.match(text)
    if not label or len(_WORD.findall(label[1])) > _MAX_LABEL_WORDS:
        return False
    rest = text[label.end() :]
    return _is_title(rest) and linked >= _ALL_LINKS * len(rest)


def _is_title(text: str) -> bool:
    """Whether a text starts as a headline does, neither amid a sentence nor with a quotation."""
    return bool(text) and not text[0].islower() and not text.startswith(_QUOTATION_MARKS)


def _unlinked(block: HtmlElement) -> str:
    pieces = [block.text or ""]
    for element in block.iterdescendants():
        if element.tag != "a" and next(element.iterancestors("a"), None) is None:
            pieces.append(element.text or "")
        if element.tag == "a" or next(element.iterancestors("a"), None) is None:
            pieces.append(element.tail or "")
    return "".join(pieces)


def _drop_with_label(block: HtmlElement) -> None:
    """Drop links and the short line or heading above them that announces them."""
    text, around = text_of(block), block.getparent()
    drop(block)
    while (
        around is not None
        and around.tag != "body"
        and is_small(around, 2 * len(text) + _MAX_LABEL_LENGTH)
        and text_of(around) == text
    ):
        block, around = around, around.getparent()
    above, below = block.getprevious(), block.getnext()
    if above is None or is_dropped(above) or not is_leaf_block(above):
        return
    label = text_of(above)
    if above.tag in HEADING_TAGS:
        if below is None or below.tag not in ("p", "ul", "ol", "blockquote"):
            drop(above)
    elif label and len(label) <= _MAX_LABEL_LENGTH and not is_sentence(label) and not label.endswith(":"):
        drop(above)
