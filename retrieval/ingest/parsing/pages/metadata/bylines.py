"""Find who wrote a page's article.

JSON-LD comes first, then meta elements, the entry of the feed, and the byline beside the headline, else at the end of
the article. Authors of other articles on the page, and those who comment, are none.
"""

import re
from collections.abc import Iterable

from lxml.html import HtmlElement

from retrieval.ingest.parsing.markup.authors import person_names
from retrieval.ingest.parsing.markup.decoding import storable
from retrieval.ingest.parsing.pages.metadata.article_header import names_of, visible_text
from retrieval.ingest.parsing.pages.metadata.sources import MetadataSources
from retrieval.quotes.speakers.given_names import is_given_name
from retrieval.quotes.speakers.names import fold

_AUTHOR_METAS = (
    "author",
    "article:author",
    "og:article:author",
    "parsely-author",
    "sailthru.author",
    "byl",
    "dc.creator",
    "dcterms.creator",
    "article_author",
    "analyticsattributes.author",
)
_BYLINE_NAME = re.compile(
    r"(?:^|[\s_-]|article|post|entry|meta|story)(?:byline|authors?|author-?name|writers?|autor(?:es)?|auteurs?|autore|forfatter|"
    r"skribent|verfasser)(?:$|[\s_-])|(?<=[a-z])(?:Byline|Author)",
    re.IGNORECASE,
)
_NAME_PART = re.compile(r"(?:^|[\s_-])(?:fn|name)(?=$|[\s_-])|name$|author-?name|byline-?name")
_AUTHOR_LINK = re.compile(
    r"/(?:authors?|autor(?:es)?|auteurs?|people|profiles?|staff|by|contributors?|journalists?|reporters?|writers?|"
    r"redakteur\w*|team|columnists?|correspondents?)/",
    re.IGNORECASE,
)
_BEFORE_NAMES = re.compile(
    r"^\s*(?:written |posted |reported |submitted )?(?:by|von|par|por|door|av|af)\s+", re.IGNORECASE
)
_AFTER_NAMES = re.compile(
    r"\s*(?:\||•|·|(?<!\w)\d|@|\n|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\bpublished\b|\bupdated\b|\bposted\b).*$",
    re.IGNORECASE | re.DOTALL,
)
_MAX_BYLINE_LENGTH = 200  # characters
_LEVELS_AROUND = 3  # elements around a link to an author that may be its byline
_SECTIONS = frozenset(("article", "main", "body", "section", "aside", "header", "td", "li"))


def page_authors(sources: MetadataSources, title: str, outlet: str) -> tuple[str, ...]:
    """The people who wrote the article; empty where no source names any."""
    candidates = (
        lambda: sources.json_ld_people(),
        lambda: sources.meta(*_AUTHOR_METAS[:3]),
        lambda: sources.meta(*_AUTHOR_METAS[3:]),
        lambda: sources.entry.authors,
        lambda: _byline(sources.header.elements(title), outlet),
        lambda: _byline(sources.header.marked_authors(), outlet),
    )
    return next((names for lines in candidates if (names := person_names(lines(), outlet))), ())


def _byline(elements: Iterable[HtmlElement], outlet: str) -> list[str]:
    """The lines of the first element that is marked as a byline and names people."""
    for element in elements:
        if _is_byline(element):
            whole = _whole_byline(element)
            written = person_names(_byline_text(whole), outlet)
            for lines in (_linked_names(whole), _marked_names(element), _byline_text(element)):
                names = person_names(lines, outlet)
                names = written if set(names) < set(written) else names  # others may stand beside the links
                if any(" " in name or is_given_name(fold(name)) for name in names):
                    return _byline_text(whole) if names == written else lines
        elif lines := _lines_after_by(element, outlet) or _lines_in_link(element, outlet):
            return lines
    return []


def _is_byline(element: HtmlElement) -> bool:
    if element.get("rel") == "author" or "author" in (element.get("itemprop") or "").split():
        return True
    return element.tag not in ("article", "main", "body") and bool(_BYLINE_NAME.search(names_of(element)))


def _whole_byline(element: HtmlElement) -> HtmlElement:
    """The line that a link to an author stands in, where others may stand beside it."""
    for above in list(element.iterancestors())[:_LEVELS_AROUND]:
        text = visible_text(above).strip()
        if above.tag in _SECTIONS or len(text) > _MAX_BYLINE_LENGTH or any(True for _ in above.iter("h1", "h2", "h3")):
            break
        element = above
    return element


def _linked_names(element: HtmlElement) -> list[str]:
    """Texts of the links to authors in a byline."""
    links = (link for link in element.iter("a") if "author" in (link.get("rel") or "") or _is_author_link(link))
    return [text for text in map(_line, links) if text]


def _is_author_link(link: HtmlElement) -> bool:
    return bool(_AUTHOR_LINK.search(f"{link.get('href') or ''}/"))


def _marked_names(element: HtmlElement) -> list[str]:
    """Texts of what is marked as a name in a byline."""
    marked = (one for one in element.iter() if isinstance(one.tag, str) and _is_name(one))
    return [text for text in map(_line, marked) if text]


def _is_name(element: HtmlElement) -> bool:
    return "name" in (element.get("itemprop") or "").split() or bool(_NAME_PART.search(names_of(element)))


def _byline_text(element: HtmlElement) -> list[str]:
    """The text of a byline without what follows the names; `By`, which may stand in a line of its own, is kept."""
    text = storable(visible_text(element)).strip()
    before = _BEFORE_NAMES.match(text)
    start = before.end() if before else 0
    line = f"{' '.join(text[:start].split())} {_AFTER_NAMES.sub('', text[start:])}"
    return [line] if len(text) <= _MAX_BYLINE_LENGTH else []


def _lines_after_by(element: HtmlElement, outlet: str) -> list[str]:
    """The line of an unmarked element that begins as a byline does, with `By` and a given name."""
    if not _BEFORE_NAMES.match(f"{element.text or ''} "):
        return []
    names = person_names(lines := _byline_text(element), outlet)
    return lines if names and is_given_name(fold(names[0].split()[0])) else []


def _lines_in_link(element: HtmlElement, outlet: str) -> list[str]:
    """The links in the line around an unmarked link to an author, by its address and a given name."""
    if element.tag != "a" or not _is_author_link(element):
        return []
    names = person_names(lines := _linked_names(_whole_byline(element)), outlet)
    return lines if names and is_given_name(fold(names[0].split()[0])) else []


def _line(element: HtmlElement) -> str:
    return " ".join(storable(visible_text(element)).split())
