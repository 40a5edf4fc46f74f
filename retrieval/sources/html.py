"""An HTML page: the article in it, without what stands around it, found by trafilatura."""

from collections.abc import Iterator
from pathlib import Path

import trafilatura
from lxml import etree
from lxml.html import HtmlElement, document_fromstring
from trafilatura.settings import Document

from retrieval.dates import iso
from retrieval.documents import Article, digest
from retrieval.sources.markdown import join, people

_UPDATED = (
    "//meta[@property='article:modified_time' or @property='og:updated_time' or @itemprop='dateModified']/@content"
)
_CANONICAL = "//link[@rel='canonical']/@href"
_LANGUAGE = "/html/@lang"
_BLOCKS = {"p", "head", "list", "item", "quote", "table", "row", "div"}
_BREAKS = {"lb", "cell"}


def read(path: Path, content: str) -> Article:
    """The article in one HTML file. Raises ValueError when there is none in it."""
    try:
        page = document_fromstring(content.encode("utf-8"), parser=etree.HTMLParser(encoding="utf-8", huge_tree=True))
    except (etree.ParserError, ValueError) as exc:
        raise ValueError("is not an HTML page") from exc
    found = trafilatura.bare_extraction(content, include_comments=False, include_tables=True, with_metadata=True)
    if not isinstance(found, Document) or found.body is None:
        raise ValueError("holds no article, only a notice, a form or links")
    text, headings = join(list(_parts(found.body)))
    if not text:
        raise ValueError("holds no article, only a notice, a form or links")
    canonical = _first(page, _CANONICAL)
    url = canonical if canonical.startswith(("http://", "https://")) else path.resolve().as_uri()
    return Article(
        id=digest(url)[:12],
        source=str(path),
        url=url,
        title=found.title or path.stem,
        text=text,
        authors=people(found.author),
        outlet=found.sitename or "",
        published=iso(found.date),
        updated=iso(_first(page, _UPDATED)),
        language=_first(page, _LANGUAGE)[:2],
        headings=headings,
    )


def _first(page: HtmlElement, path: str) -> str:
    found = page.xpath(path)
    return str(found[0]).strip() if found else ""


def _parts(body: HtmlElement) -> Iterator[tuple[str, bool]]:
    """Paragraphs of trafilatura's tree, and whether each is a heading."""
    for element in body:
        if any(child.tag in _BLOCKS for child in element):
            yield from _paragraph(element.text or "", is_heading=False)
            yield from _parts(element)
        else:
            yield from _paragraph(_inline(element), is_heading=element.tag == "head")
        yield from _paragraph(element.tail or "", is_heading=False)


def _paragraph(text: str, *, is_heading: bool) -> Iterator[tuple[str, bool]]:
    flat = " ".join(text.split())
    if flat:
        yield flat, is_heading


def _inline(element: HtmlElement) -> str:
    """All text of an element, with a space where the page breaks a line or begins a cell."""
    pieces = [element.text or ""]
    for child in element:
        pieces.append(" " if child.tag in _BREAKS else "")
        pieces.append(_inline(child))
        pieces.append(child.tail or "")
    return "".join(pieces)
