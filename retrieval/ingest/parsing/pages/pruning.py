"""A page without what is plainly not its article, before the article is looked for.

Each rule is general: it names a kind of markup, never a site. What they gain is measured by `python -m evals pages`.
"""

import re
from copy import deepcopy

from lxml.html import HtmlElement

_LINKED_HEADING = ".//*[self::h1 or self::h2 or self::h3 or self::h4][.//a[@href] or ancestor::a[@href]]"
_FEWEST_OWN = 250  # characters of paragraphs that an article must have besides the articles inside it
_INLINE = frozenset("span a b i em strong u font abbr small mark bdi label".split())
_HOVER = re.compile(r"rollover|tool-?tip|popover|pop-?up|hover-?card|screen-?reader|visually-?hidden|\bsr-only\b", re.I)
_BODY = re.compile(r"(?:article|story|post|entry)[-_]{0,2}(?:body|content|text)", re.I)
_TWEET = re.compile(r"twitter-tweet|instagram-media|bluesky-embed|mastodon-embed")
_AROUND = re.compile(
    r"(?:^|[\s_-])(?:newsletter|recirc|outbrain|taboola|breadcrumb|paywall|figcaption|"
    r"(?:related|read-?more|also-?read|more-stories|recommended|promo|author-?(?:bio|box|info|card)|about-?author|byline|"
    r"share|sharing|social|tags|tag-?list|comments?|caption|credit|pagination|cookies?|consent|subscribe|sign-?up)"
    r"(?![a-z]))",
    re.I,
)
_LEAD = re.compile(
    r"\W*(?:related|read (?:more|also|next)|also read|see (?:more|also)|more(?: on this)?|watch|don['’]?t miss|"
    r"recommended|click here|you may (?:also )?like|must read|further reading|in other news|mehr zum thema|"
    r"lire aussi|à lire aussi|lee también|leia (?:também|mais)|leggi anche|siehe auch)\b\W*",
    re.I,
)
_LINKED = 0.9  # share of a list's characters in links from which it is nothing but links
_MOSTLY_LINKED = 0.6  # the same for what follows `Related:`
_MOST_OF_IT = 0.25  # of the characters in a page's paragraphs
_LONGEST_NAME = 1_000  # characters of classes that are looked at
_LONGEST_AROUND = 600  # characters; what is longer may hold the article


def pruned(page: HtmlElement) -> HtmlElement:
    """A copy of the page without other articles inside its own, hover cards, links to other pages and captions."""
    page = deepcopy(page)
    _keep_inline_text(page)
    _split_at_empty_lines(page)
    _join_bodies(page)
    _drop_inner_articles(page)
    _drop_other_articles(page)
    _free_quotations(page)
    _drop_around(page)
    _drop_links(page)
    return page


def text_of(element: HtmlElement) -> str:
    return " ".join("".join(element.itertext()).split())


def drop(element: HtmlElement) -> None:
    """Take an element out, but not the text behind it."""
    if element.getparent() is not None:
        element.drop_tree()


def _keep_inline_text(page: HtmlElement) -> None:
    """A word is no furniture for the class of its link, and a card that hovers over a name is no text."""
    for element in list(page.xpath("//p//*|//li//*|//blockquote//*")):
        if element.tag not in _INLINE:
            continue
        if _HOVER.search(element.get("class") or "") or element.get("hidden") is not None:
            drop(element)
        else:
            for name in ("class", "id", "style", "role", "data-component"):
                element.attrib.pop(name, None)


def _split_at_empty_lines(page: HtmlElement) -> None:
    """Two line breaks end a paragraph: so old pages and careless editors write."""
    for first in reversed(page.xpath("//p/br[following-sibling::*[1][self::br]]")):
        second, paragraph = first.getnext(), first.getparent()
        if second is None or second.tag != "br" or (first.tail or "").strip():  # of three, two are gone already
            continue
        rest = paragraph.makeelement("p")
        rest.text = second.tail
        rest.extend(list(second.itersiblings()))
        paragraph.remove(second)
        paragraph.remove(first)
        paragraph.addnext(rest)


def _join_bodies(page: HtmlElement) -> None:
    """An article cut into containers of one class, with advertising between them, is one again."""
    seen: dict[str, HtmlElement] = {}
    for element in list(page.iter("div", "section")):
        name = element.get("class") or ""
        if not _BODY.search(name) or element.find(".//p") is None or element.getparent() is None:
            continue
        first = seen.setdefault(name, element)
        if first is not element and first not in element.iterancestors() and _share(first, element):
            first.extend(list(element))


def _share(one: HtmlElement, other: HtmlElement) -> bool:
    """Whether both belong to the same article, where pages that scroll on hold several."""
    ours, theirs = (next(element.iterancestors("article", "main"), None) for element in (one, other))
    return ours is theirs and ours is not None and len(list(ours.iter("h1"))) <= 1


def _drop_inner_articles(page: HtmlElement) -> None:
    """Articles inside an article, headed by a link, are teasers of others."""
    for outer in page.xpath("//article[not(ancestor::article)][.//article]"):
        inner = [one for one in outer.iter("article") if one is not outer and one.xpath(_LINKED_HEADING)]
        own = len(text_of(outer)) - sum(len(text_of(one)) for one in inner)
        if own >= _FEWEST_OWN:
            for one in inner:
                drop(one)


def _drop_other_articles(page: HtmlElement) -> None:
    """Beside the one article that has the page's headline, others are teasers."""
    headed = [one for one in page.iter("article") if one.find(".//h1") is not None]
    if len(headed) != 1 or len(text_of(headed[0])) < _FEWEST_OWN:
        return
    own = {*headed[0].iter("article"), *headed[0].iterancestors("article")}
    for one in list(page.iter("article")):
        if one not in own:
            drop(one)


def _drop_around(page: HtmlElement) -> None:
    """Small parts whose class or id says that they are no part of the story, unless they hold much of it."""
    most = min(_LONGEST_AROUND, _MOST_OF_IT * sum(len(text_of(p)) for p in page.iter("p")))
    for element in list(page.iter("div", "section", "aside", "ul", "p", "form", "figcaption", "h2", "h3", "h4")):
        named = f"{element.get('class') or ''} {element.get('id') or ''}"[:_LONGEST_NAME]
        if element.tag == "figcaption" or (
            _AROUND.search(named) and element.find(".//h1") is None and len(text_of(element)) <= most
        ):
            drop(element)


def _drop_links(page: HtmlElement) -> None:
    """Paragraphs and lists of nothing but links lead away from the article."""
    for element in list(page.iter("p", "ul", "ol", "h3", "h4", "h5", "h6")):
        whole = text_of(element)
        if not whole or element.find(".//a") is None:
            continue
        lead = _LEAD.match(whole)
        linked = sum(len(text_of(a)) for a in element.iter("a"))
        if (lead and linked >= _MOSTLY_LINKED * len(whole[lead.end() :])) or (
            element.tag in ("ul", "ol") and linked >= _LINKED * len(whole)
        ):
            drop(element)


def _free_quotations(page: HtmlElement) -> None:
    """Posts that an article quotes stay, though they stand in embedding markup."""
    for quotation in page.iter("blockquote"):
        if _TWEET.search(quotation.get("class") or ""):
            for element in (quotation, *list(quotation.iterancestors("div", "figure", "section"))[:2]):
                element.attrib.pop("class", None)
