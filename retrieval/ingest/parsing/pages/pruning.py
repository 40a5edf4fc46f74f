"""Remove from a page what is plainly not its article, before the article is extracted.

Each rule is general: it names a kind of markup, never a site. `python -m evals pages` measures their gain.
"""

import re
from collections.abc import Iterator
from copy import deepcopy

from lxml import etree
from lxml.html import HtmlElement

_LINKED_HEADING = ".//*[self::h1 or self::h2 or self::h3 or self::h4][.//a[@href] or ancestor::a[@href]]"
_MIN_OWN_TEXT = 250  # characters of an article besides the articles nested in it
_DROPPED = "dropped-part"  # the tag of elements that are to be removed, all at once, which takes linear time
_TEXT_TAGS = frozenset(("p", "li", "blockquote"))
_INLINE_TAGS = frozenset("span a b i em strong u font abbr small mark bdi label".split())
_HOVER_CARD = re.compile(
    r"rollover|tool-?tip|popover|pop-?up|hover-?card|screen-?reader|visually-?hidden|\bsr-only\b", re.I
)
_BODY_CLASS = re.compile(r"(?:article|story|post|entry)[-_]{0,2}(?:body|content|text)", re.I)
_EMBEDDED_POST = re.compile(r"twitter-tweet|instagram-media|bluesky-embed|mastodon-embed")
_BOILERPLATE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:newsletter|recirc|outbrain|taboola|breadcrumb|paywall|figcaption|"
    r"(?:related|read-?more|also-?read|more-stories|recommended|promo|author-?(?:bio|box|info|card)|about-?author|byline|"
    r"share|sharing|social|tags|tag-?list|comments?|caption|credit|pagination|cookies?|consent|subscribe|sign-?up)"
    r"(?![a-z]))",
    re.I,
)
_RELATED = re.compile(
    r"\W*(?:related|read (?:more|also|next)|also read|see (?:more|also)|more(?: on this)?|watch|don['’]?t miss|"
    r"recommended|click here|you may (?:also )?like|must read|further reading|in other news|mehr zum thema|"
    r"lire aussi|à lire aussi|lee también|leia (?:também|mais)|leggi anche|siehe auch)\b\W*",
    re.I,
)
_ALL_LINKS = 0.9  # minimum share of a list's characters in links for a list of nothing but links
_MOSTLY_LINKS = 0.6  # the same for what follows `Related:`
_MAX_BOILERPLATE_SHARE = 0.25  # of the characters in a page's paragraphs
_MAX_CLASS_LENGTH = 1_000  # characters of class and id that are matched
_MAX_BOILERPLATE_LENGTH = 600  # characters; a longer part may contain the article


def prune(page: HtmlElement) -> HtmlElement:
    """A copy of the page without nested articles, hover cards, captions and links to other pages."""
    page = deepcopy(page)
    _protect_inline_text(page)
    _split_at_empty_lines(page)
    _join_body_parts(page)
    _drop_inner_articles(page)
    _drop_other_articles(page)
    _keep_embedded_posts(page)
    _drop_boilerplate(page)
    _drop_links(page)
    return page


def text_of(element: HtmlElement) -> str:
    """All text of an element on one line."""
    return " ".join("".join(element.itertext()).split())


def _drop(element: HtmlElement) -> None:
    """Mark an element as one that `_remove_dropped` removes; the root stays."""
    if element.getparent() is not None:
        element.tag = _DROPPED


def _remove_dropped(page: HtmlElement) -> None:
    """Remove the marked elements, but not the text after them."""
    etree.strip_elements(page, _DROPPED, with_tail=False)


def _protect_inline_text(page: HtmlElement) -> None:
    """Drop hover cards in paragraphs; remove the class of other inline elements, which could look like boilerplate."""
    for element in list(_elements_in_text(page)):
        if element.tag not in _INLINE_TAGS:
            continue
        if _HOVER_CARD.search(element.get("class") or "") or element.get("hidden") is not None:
            _drop(element)
        else:
            for name in ("class", "id", "style", "role", "data-component"):
                element.attrib.pop(name, None)
    _remove_dropped(page)


def _elements_in_text(page: HtmlElement) -> Iterator[HtmlElement]:
    """The elements within paragraphs, list items and quotations, in order."""
    depth = 0
    for event, element in etree.iterwalk(page, events=("start", "end")):
        is_text = element.tag in _TEXT_TAGS
        if event == "start":
            if depth:
                yield element
            depth += is_text
        else:
            depth -= is_text


def _split_at_empty_lines(page: HtmlElement) -> None:
    """Split paragraphs at two line breaks, as old pages and careless editors write them."""
    for first in reversed(list(page.iter("br"))):
        second, paragraph = first.getnext(), first.getparent()
        if second is None or second.tag != "br" or paragraph.tag != "p" or (first.tail or "").strip():
            continue
        rest = paragraph.makeelement("p")
        rest.text = second.tail
        rest.extend(list(second.itersiblings()))
        paragraph.remove(second)
        paragraph.remove(first)
        paragraph.addnext(rest)


def _join_body_parts(page: HtmlElement) -> None:
    """Join an article that is split into containers of one class, with advertising between them."""
    first_of_class, headline_counts = dict[str, HtmlElement](), dict[HtmlElement, int]()
    for element in list(page.iter("div", "section")):
        name = element.get("class") or ""
        if not _BODY_CLASS.search(name) or element.find(".//p") is None or element.getparent() is None:
            continue
        first = first_of_class.setdefault(name, element)
        if (
            first is not element
            and first not in element.iterancestors()
            and _are_of_one_article(first, element, headline_counts)
        ):
            first.extend(list(element))


def _are_of_one_article(one: HtmlElement, other: HtmlElement, headline_counts: dict[HtmlElement, int]) -> bool:
    """Whether both belong to the same article; pages with infinite scrolling have several.

    `headline_counts` has the number of `h1` in the articles that were looked at; joining parts does not change it.
    """
    first, second = (next(element.iterancestors("article", "main"), None) for element in (one, other))
    if first is None or first is not second:
        return False
    if first not in headline_counts:
        headline_counts[first] = _count_headlines(first)
    return headline_counts[first] <= 1


def _count_headlines(article: HtmlElement) -> int:
    return sum(1 for _ in article.iter("h1"))


def _drop_inner_articles(page: HtmlElement) -> None:
    """Drop articles nested in an article whose heading is a link: they are teasers."""
    for outer in page.xpath("//article[not(ancestor::article)][.//article]"):
        inner = [one for one in outer.iter("article") if one is not outer and one.xpath(_LINKED_HEADING)]
        own_length = len(text_of(outer)) - sum(len(text_of(one)) for one in inner)
        if own_length >= _MIN_OWN_TEXT:
            for one in inner:
                _drop(one)
    _remove_dropped(page)


def _drop_other_articles(page: HtmlElement) -> None:
    """Drop the articles beside the only one that has the page's headline: they are teasers."""
    with_headline = [one for one in page.iter("article") if one.find(".//h1") is not None]
    if len(with_headline) != 1 or len(text_of(with_headline[0])) < _MIN_OWN_TEXT:
        return
    own = {*with_headline[0].iter("article"), *with_headline[0].iterancestors("article")}
    for one in list(page.iter("article")):
        if one not in own:
            _drop(one)
    _remove_dropped(page)


def _drop_boilerplate(page: HtmlElement) -> None:
    """Drop small parts whose class or id marks them as boilerplate, unless they have much of the page's text."""
    max_length = min(_MAX_BOILERPLATE_LENGTH, _MAX_BOILERPLATE_SHARE * sum(len(text_of(p)) for p in page.iter("p")))
    for element in list(page.iter("div", "section", "aside", "ul", "p", "form", "figcaption", "h2", "h3", "h4")):
        names = f"{element.get('class') or ''} {element.get('id') or ''}"[:_MAX_CLASS_LENGTH]
        if element.tag == "figcaption" or (
            _BOILERPLATE_CLASS.search(names) and element.find(".//h1") is None and len(text_of(element)) <= max_length
        ):
            _drop(element)
    _remove_dropped(page)


def _drop_links(page: HtmlElement) -> None:
    """Drop paragraphs and lists of nothing but links: they lead away from the article."""
    for element in list(page.iter("p", "ul", "ol", "h3", "h4", "h5", "h6")):
        text = text_of(element)
        if not text or element.find(".//a") is None:
            continue
        label = _RELATED.match(text)
        linked_length = sum(len(text_of(a)) for a in element.iter("a"))
        if (label and linked_length >= _MOSTLY_LINKS * len(text[label.end() :])) or (
            element.tag in ("ul", "ol") and linked_length >= _ALL_LINKS * len(text)
        ):
            _drop(element)
    _remove_dropped(page)


def _keep_embedded_posts(page: HtmlElement) -> None:
    """Remove the class of embedded posts that an article quotes, so that they are not dropped as boilerplate."""
    for quotation in page.iter("blockquote"):
        if _EMBEDDED_POST.search(quotation.get("class") or ""):
            for element in (quotation, *list(quotation.iterancestors("div", "figure", "section"))[:2]):
                element.attrib.pop("class", None)
