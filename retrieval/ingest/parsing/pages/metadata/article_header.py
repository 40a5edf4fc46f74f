"""Find what belongs to the article in a page's markup: its headline, and the byline and date around it."""

import re
from collections.abc import Iterator
from functools import cached_property

from lxml.html import HtmlElement

from retrieval.ingest.parsing.markup.decoding import storable

MIN_PARAGRAPH_LENGTH = 80  # characters of a paragraph that is text of the article
_PARAGRAPHS = 2  # after the headline, among which a byline may stand
_MAX_ELEMENTS = 2_000  # that are looked at for one article
_MAX_AUTHORS = 50  # elements that are marked as an author
_MAX_LENGTH_BEFORE = 400  # characters before the headline in the block that holds its byline, and of the headline
_LEVELS_ABOVE = 4  # elements around the headline that may hold a byline or a date before it
_NOT_HEADER_TAGS = frozenset(
    "aside nav footer form button script style noscript template svg select textarea iframe figure figcaption rt "
    "rp".split()
)
# Tokens of classes and ids that say: other articles, comments, and what a site offers beside its article.
_OTHER_CONTENT = re.compile(
    r"(?:^|[\s_-])(?:comments?|respond|replies|related|teasers?|recommend\w*|popular|trending|mostread|most-read|latest|"
    r"newsletters?|promos?|sidebar|widgets?|share|sharing|social|carousel|more-(?:from|stories|on)|read-(?:next|more)|"
    r"ads?|advert\w*|sponsored|breadcrumbs?|menu|tooltip|modal|hidden|screen-reader-text|sr-only)(?=$|[\s_-])"
)
_LOGO = re.compile(r"(?:^|[\s_-])(?:logo|brand|branding|masthead|site-?(?:title|name|header))(?=$|[\s_-])")
_NAME_ATTRIBUTES = ("class", "id", "data-component", "data-testid", "data-qa")
_HEADLINES = ("h1", "h2", "h3")
_UNMARKED_HEADLINES = ("div", "p", "td", "th", "font", "b", "strong", "span", "h4", "dt")
_MAX_TITLE_LENGTH = 500  # characters
_NEAR_LEVELS = 4  # elements around one that tell whether it belongs to other content


def names_of(element: HtmlElement) -> str:
    """The class, the id and the names for scripts and tests of an element, in lower case."""
    return " ".join(element.get(name) or "" for name in _NAME_ATTRIBUTES).lower()


def visible_text(element: HtmlElement) -> str:
    """The text of an element on one line, without buttons, scripts and figures in it."""
    pieces = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str) and child.tag not in _NOT_HEADER_TAGS:
            text = visible_text(child)
            last = next(filter(None, reversed(pieces)), "")
            is_apart = last[-1:].islower() and text[:1].isupper()  # by their style: `<b>Lind</b><b>Reporter</b>`
            pieces.append(f"\n{text}" if is_apart else text)
            pieces.append("\n" if child.tag in ("br", "p", "div", "li") else "")
        pieces.append(child.tail or "")
    return "".join(pieces)


class ArticleHeader:
    """The headline of a page and the elements around it, without other articles, comments, menus and logos."""

    def __init__(self, page: HtmlElement) -> None:
        self._page = page
        self._elements: dict[str, list[HtmlElement]] = {}

    @cached_property
    def headings(self) -> list[tuple[str, str]]:
        """The tags and texts of the first three levels of headings, without logos and those of other content."""
        found = (
            (head, head.tag) for head in self._page.iter(*_HEADLINES) if not _is_logo(head) and not _is_other(head)
        )
        texts = ((tag, " ".join(storable(visible_text(head)).split())) for head, tag in found)
        return [(tag, text) for tag, text in texts if text]

    def elements(self, title: str) -> list[HtmlElement]:
        """The elements around the headline with this title, in order, up to the second paragraph after it.

        They begin in the block that holds the headline; where no heading has the title, with the first heading.
        """
        if title not in self._elements:
            headline = self._headline(title)
            self._elements[title] = [] if headline is None else list(_beside(headline))
        return self._elements[title]

    def marked_authors(self) -> list[HtmlElement]:
        """The elements anywhere on the page that are marked as the author, but for those of other articles."""
        marked = self._page.xpath("//*[@rel='author' or @itemprop='author' or contains(@class, 'vcard')]")
        return [element for element in marked[:_MAX_AUTHORS] if not _is_other(element) and not _is_in_teaser(element)]

    def _headline(self, title: str) -> HtmlElement | None:
        heads = [head for head in self._page.iter(*_HEADLINES) if not _is_logo(head)]
        wanted = _letters(title)
        for head in heads:
            letters = _letters("".join(head.itertext()))
            if letters and (letters == wanted or wanted.startswith(letters) or letters.startswith(wanted)):
                return head
        first = next((head for head in heads if head.tag == "h1"), None)
        return self._unmarked_headline(wanted) if first is None else first

    def _unmarked_headline(self, wanted: str) -> HtmlElement | None:
        """The element that is no heading but has the title as its text, as on old pages."""
        elements = (
            one for one in self._page.iter(*_UNMARKED_HEADLINES) if one.text and len(one.text) < _MAX_TITLE_LENGTH
        )
        return next((one for one in elements if wanted and _letters(one.text or "") == wanted), None)


def _beside(headline: HtmlElement) -> Iterator[HtmlElement]:
    paragraphs, is_after = 0, False
    for element in _walk(_block_of(headline), headline):
        is_after = is_after or element is headline
        if is_after and element.tag == "p" and len(visible_text(element)) >= MIN_PARAGRAPH_LENGTH:
            paragraphs += 1
            if paragraphs == _PARAGRAPHS:
                return
        yield element


def _walk(start: HtmlElement, headline: HtmlElement) -> Iterator[HtmlElement]:
    """The elements from `start` on in document order, and those after its end, without other content."""
    above = {headline, *headline.iterancestors()}
    queue, seen = [start], 0
    following = start
    while following.getnext() is not None or following.getparent() is not None:
        if following.getnext() is None:
            following = following.getparent()
            continue
        following = following.getnext()
        queue.append(following)
        if len(queue) > _MAX_ELEMENTS:
            break
    for one in queue:
        stack = [one]
        while stack and seen < _MAX_ELEMENTS:
            element = stack.pop()
            if not isinstance(element.tag, str) or (element not in above and _is_other_itself(element)):
                continue
            seen += 1
            yield element
            stack.extend(reversed(element))


def _block_of(headline: HtmlElement) -> HtmlElement:
    """The widest element around a headline that begins with it, but for a few short lines."""
    block = headline
    for above in list(headline.iterancestors())[:_LEVELS_ABOVE]:
        if above.tag in ("body", "html") or _has_text_before(above, headline):
            break
        block = above
    return block


def _has_text_before(block: HtmlElement, headline: HtmlElement) -> bool:
    """Whether a block has more before its headline than a date, a section and a byline."""
    count = 0
    for element in block.iter():
        count += len((element.text or "").strip())
        if element is headline or count > _MAX_LENGTH_BEFORE:
            break
    return count > _MAX_LENGTH_BEFORE


def _is_logo(head: HtmlElement) -> bool:
    """Whether a heading is the site's name: by its class, or because it links to the home page."""
    if _LOGO.search(names_of(head)) or any(_LOGO.search(names_of(one)) for one in list(head.iterancestors())[:2]):
        return True
    links = [*head.iter("a"), *(one for one in head.iterancestors("a"))]
    return any(
        (link.get("href") or "").rstrip("/").count("/") in (0, 2) and _is_home(link.get("href")) for link in links
    )


def _is_home(href: str | None) -> bool:
    address = (href or "").strip()
    return address == "/" or bool(re.fullmatch(r"https?://[^/?#]+/?", address))


def _is_other(element: HtmlElement) -> bool:
    around = list(element.iterancestors())[:_NEAR_LEVELS]
    return any(
        _is_other_itself(one) for one in (element, *around) if one.tag not in ("body", "html", "main", "article")
    )


def _is_other_itself(element: HtmlElement) -> bool:
    """Whether an element holds other content than the article."""
    if element.tag in _NOT_HEADER_TAGS or "comment" in (element.get("itemtype") or "").lower():
        return True
    return bool(_OTHER_CONTENT.search(names_of(element)))


def _is_in_teaser(element: HtmlElement) -> bool:
    """Whether an element is in a block whose heading links to another page."""
    for above in element.iterancestors("li", "article", "section", "div"):
        if above.find(".//h1") is not None or above.find(".//p/../p/../p") is not None:
            return False
        if any(head.find(".//a") is not None or head.getparent().tag == "a" for head in above.iter("h2", "h3", "h4")):
            return True
    return False


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
