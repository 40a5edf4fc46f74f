"""Join an article that is divided into parts, and drop the other articles on its page."""

import re

from lxml.html import HtmlElement

from retrieval.ingest.parsing.pages.cleaning.elements import drop, remove_dropped, text_of

_LINKED_HEADING = ".//*[self::h1 or self::h2 or self::h3 or self::h4][.//a[@href] or ancestor::a[@href]]"
_MIN_OWN_TEXT = 250  # characters of an article besides the articles nested in it
_BODY_CLASS = re.compile(r"(?:article|story|post|entry)[-_]{0,2}(?:body|content|text)", re.I)


def join_body_parts(page: HtmlElement) -> None:
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


def drop_inner_articles(page: HtmlElement) -> None:
    """Drop articles nested in an article whose heading is a link: they are teasers."""
    for outer in page.xpath("//article[not(ancestor::article)][.//article]"):
        inner = [one for one in outer.iter("article") if one is not outer and one.xpath(_LINKED_HEADING)]
        own_length = len(text_of(outer)) - sum(len(text_of(one)) for one in inner)
        if own_length >= _MIN_OWN_TEXT:
            for one in inner:
                drop(one)
    remove_dropped(page)


def drop_other_articles(page: HtmlElement) -> None:
    """Drop the articles beside the only one that has the page's headline: they are teasers."""
    with_headline = [one for one in page.iter("article") if one.find(".//h1") is not None]
    if len(with_headline) != 1 or len(text_of(with_headline[0])) < _MIN_OWN_TEXT:
        return
    own = {*with_headline[0].iter("article"), *with_headline[0].iterancestors("article")}
    for one in list(page.iter("article")):
        if one not in own:
            drop(one)
    remove_dropped(page)
