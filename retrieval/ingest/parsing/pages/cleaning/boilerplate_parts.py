"""Drop the parts of a page that are plainly not its article: forms, captions, pull quotes, named boxes, lines on top.

Form decides before names: what a part holds and where it stands. A name decides only over small parts.
"""

import re
from collections import Counter
from collections.abc import Iterator

from lxml.html import HtmlElement

from retrieval.ingest.parsing.markup.html import HEADING_TAGS
from retrieval.ingest.parsing.pages.cleaning.elements import (
    BLOCK_TAGS,
    TABLE_ROW,
    drop,
    is_dropped,
    is_leaf_block,
    is_sentence,
    is_small,
    linked_length,
    main_container,
    remove_dropped,
    text_of,
)

_NAME_ATTRIBUTES = ("class", "id", "data-component", "data-testid", "data-qa")
_NAMED = ("div", "section", "aside", "ul", "p", "h2", "h3", "h4")
_CONTROLS = ("button", "input", "select", "textarea", "fieldset")
_MEDIA = ("img", "picture", "video", "audio", "iframe", "object", "embed", "canvas")
_NAVIGATION = ("nav", "menu", "footer", "dialog", *_CONTROLS, *_MEDIA)
# Names of parts that hold no text of their own; one that holds sentences and nothing else is called so by chance.
_WIDGET = re.compile(
    r"(?:^|[\s_-])(?:breadcrumb|paywall|poll|byline|share|sharing|social|tags|tag-?list|comments?|pagination|page-?links)"
    r"(?![a-z])",
    re.I,
)
_BOX = re.compile(
    r"(?:^|[\s_-])(?:newsletter|recirc|outbrain|taboola|figcaption|"
    r"(?:related|read-?more|also-?read|more-stories|recommended|promo|author-?(?:bio|box|info|card)|"
    r"about-?(?:the-?)?(?:author|writer)|caption|credit|cookies?|consent|subscribe|sign-?up)(?![a-z]))",
    re.I,
)
_EMBEDDED_POST = re.compile(r"twitter-tweet|instagram-media|bluesky-embed|mastodon-embed")
_MAX_NAME_LENGTH = 1_000  # characters of names that are matched
_MAX_BOX_SHARE = 0.25  # of the characters in a page's paragraphs
_MAX_BOX_LENGTH = 600  # characters; a longer part may hold the article
_HOLDERS = ("figure", "div", "p", "li", "a", "span")
_TEXT_TAGS = ("p", "li", "blockquote", *HEADING_TAGS)
_MAX_CAPTION_LENGTH = 300  # characters
_MAX_LEAD_IN_LENGTH = 80  # characters of a line before the first sentence
_MAX_LAST_LINE_LENGTH = 40  # characters of one after the last sentence, if it has no figures
_LISTS = ("ul", "ol", "dl")
_FIGURE = re.compile(r"\d")
_DATE_OR_DURATION = re.compile(r"\b(?:19|20)\d\d\b|\d[:h]\d\d\b|\b\d{1,2}([./-])\d{1,2}\1|\d+\s*[-–]?\s*min", re.I)
_SHINGLE = 4  # words
_MIN_REPEATED_SHARE = 0.75  # of a quotation's shingles, for one that only repeats the text
_MAX_LINKED_SHARE = 0.3  # of a part that is prose
_WORD = re.compile(r"\w+")


def drop_boilerplate_parts(page: HtmlElement) -> None:
    """Drop all parts that are not the article but links and other articles."""
    keep_embedded_posts(page)
    max_length = min(_MAX_BOX_LENGTH, _MAX_BOX_SHARE * sum(len(text_of(p)) for p in page.iter("p")))
    _drop_form_boxes(page, max_length)
    _drop_named_parts(page, max_length)
    _drop_captions(page)
    _drop_repeated_quotations(page)
    _drop_navigation(page)
    _drop_lines_around_text(page)


def keep_embedded_posts(page: HtmlElement) -> None:
    """Remove the class of embedded posts that an article quotes, so that they are not dropped by their name."""
    for quotation in page.iter("blockquote"):
        if _EMBEDDED_POST.search(quotation.get("class") or ""):
            for element in (quotation, *list(quotation.iterancestors("div", "figure", "section"))[:2]):
                element.attrib.pop("class", None)


def is_prose(element: HtmlElement) -> bool:
    """Whether an element holds sentences and nothing else: no headings, lists, forms or many links."""
    leaves = [one for one in (element, *element.iterdescendants()) if is_leaf_block(one) and text_of(one)]
    if not leaves or any(one.tag in HEADING_TAGS or one.tag == "li" for one in leaves):
        return False
    if next(element.iter(*_CONTROLS, "form"), None) is not None:
        return False
    return all(is_sentence(text_of(one)) for one in leaves) and linked_length(element) <= _MAX_LINKED_SHARE * len(
        text_of(element)
    )


def _drop_form_boxes(page: HtmlElement, max_length: float) -> None:
    """Drop forms with the small boxes that they stand in: subscriptions, polls, searches."""
    for form in list(page.iter("form")):
        box = form
        if not is_small(box, max_length):
            continue
        for around in form.iterancestors():
            if around.tag in ("body", "article", "main") or not is_small(around, max_length):
                break
            if around.find(".//h1") is not None:
                break
            box = around
        drop(box)
    remove_dropped(page)


def _drop_named_parts(page: HtmlElement, max_length: float) -> None:
    for element in list(page.iter(*_NAMED)):
        names = " ".join(filter(None, map(element.get, _NAME_ATTRIBUTES)))[:_MAX_NAME_LENGTH]
        is_box = bool(_BOX.search(names))
        if not (is_box or _WIDGET.search(names)) or element.find(".//h1") is not None:
            continue
        if len(text_of(element)) <= max_length and (is_box or not is_prose(element)):
            drop(element)
    remove_dropped(page)


def _drop_captions(page: HtmlElement) -> None:
    """Drop captions and other short texts in a part with a picture; quotations and tables in figures stay."""
    for element in list(page.iter("figcaption")):
        drop(element)
    for media in list(page.iter(*_MEDIA)):
        caption = None
        for holder in media.iterancestors():
            if holder.tag not in _HOLDERS or not _is_caption(holder):
                break
            caption = holder
        if caption is not None and not is_dropped(caption):
            drop(caption)
    remove_dropped(page)
    for figure in list(page.iter("figure")):
        if figure.find(".//blockquote") is not None or figure.find(f".//p[@{TABLE_ROW}]") is not None:
            figure.tag = "div"
        else:
            drop(figure)
    remove_dropped(page)


def _is_caption(holder: HtmlElement) -> bool:
    """Whether an element with a picture holds only a short text, and if it is a paragraph, no sentence."""
    if not is_small(holder, _MAX_CAPTION_LENGTH) or any(map(text_of, holder.iterdescendants(*_TEXT_TAGS))):
        return False
    if holder.tag in ("p", "li"):
        return not is_sentence(text_of(holder))
    return sum(bool(text_of(one)) for one in holder.iter() if is_leaf_block(one)) <= 1


def _drop_repeated_quotations(page: HtmlElement) -> None:
    """Drop pull quotes: quotations that repeat words of the text around them."""
    quotations = [
        element
        for element in page.iter("blockquote", "aside", "div", "section", "p")
        if element.tag in ("blockquote", "aside") or "quote" in (element.get("class") or "").lower()
    ]
    if not quotations:
        return
    inner = {one for quotation in quotations for one in quotation.iter()}
    outside = Counter(shingle for p in page.iter("p", "li") if p not in inner for shingle in _shingles(text_of(p)))
    for quotation in quotations:
        found = list(_shingles(text_of(quotation)))
        if found and sum(shingle in outside for shingle in found) >= _MIN_REPEATED_SHARE * len(found):
            drop(quotation)
    remove_dropped(page)


def _shingles(text: str) -> Iterator[tuple[str, ...]]:
    words = _WORD.findall(text.casefold())
    return (tuple(words[at : at + _SHINGLE]) for at in range(len(words) - _SHINGLE + 1))


def _drop_navigation(page: HtmlElement) -> None:
    """Drop what holds no text of an article by its element; the footer of a quotation names who said it."""
    for footer in list(page.iter("footer")):
        if next(footer.iterancestors("blockquote"), None) is not None:
            footer.tag = "p"
    for element in list(page.iter(*_NAVIGATION)):
        drop(element)
    remove_dropped(page)


def _drop_lines_around_text(page: HtmlElement) -> None:
    """Drop short lines without a sentence before the first one and after the last: bylines, reading times, buttons."""
    container = main_container(page)
    if container is None:
        return
    parts = list(container)
    with_sentence = [at for at, part in enumerate(parts) if _has_sentence(part)]
    for at, part in enumerate(parts[: with_sentence[0]]):
        introduces_list = parts[at + 1].tag in _LISTS or parts[at + 1].get(TABLE_ROW) is not None
        text = text_of(part)
        is_fact = bool(_FIGURE.search(text)) and not _DATE_OR_DURATION.search(text)
        is_dated_list = part.tag in _LISTS and len(text) <= _MAX_LEAD_IN_LENGTH and _DATE_OR_DURATION.search(text)
        if is_dated_list or (_is_line(part, _MAX_LEAD_IN_LENGTH) and not introduces_list and not is_fact):
            drop(part)
    for part in reversed([*parts[with_sentence[-1] + 1 :], *_after(container)]):
        if _has_sentence(part):
            break
        if _is_last_line(part) or (len(part) and all(map(_is_last_line, part))):
            drop(part)
    remove_dropped(page)


def _after(container: HtmlElement) -> Iterator[HtmlElement]:
    """The elements after a container that belong to the same article."""
    for around in (container, *container.iterancestors()):
        if around.tag in ("article", "main", "body", "html"):
            return
        yield from around.itersiblings()


def _is_last_line(element: HtmlElement) -> bool:
    return _is_line(element, _MAX_LAST_LINE_LENGTH) and not _FIGURE.search(text_of(element))


def _has_sentence(element: HtmlElement) -> bool:
    return any(is_sentence(text_of(one)) for one in element.iter("p", "li", "blockquote"))


def _is_line(element: HtmlElement, max_length: int) -> bool:
    """Whether an element holds a short line, and no heading, list, quotation or row of a table."""
    if (
        element.tag not in BLOCK_TAGS
        or element.tag in (*HEADING_TAGS, *_LISTS, "blockquote", "header")
        or element.get(TABLE_ROW) is not None
    ):
        return False
    if next(element.iterdescendants(*HEADING_TAGS, "li", "dd", "blockquote"), None) is not None:
        return False
    if any(one.get(TABLE_ROW) is not None for one in element.iterdescendants("p")):
        return False
    return len(text_of(element)) <= max_length
