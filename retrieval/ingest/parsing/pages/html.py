"""An HTML page as a tree, and the article in a page that was saved as a file."""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from retrieval.documents import Article, digest
from retrieval.ingest.parsing.markup.decoding import decode, storable
from retrieval.ingest.parsing.markup.markdown import join
from retrieval.ingest.parsing.pages import rejection
from retrieval.ingest.parsing.pages.article_extraction import paragraphs, trimmed
from retrieval.ingest.parsing.pages.metadata import PageMetadata, page_metadata
from retrieval.text.boilerplate import is_furniture

_DECLARED = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE
)
_LAST = 3  # paragraphs, in which a page says that there is more for subscribers
_HEAD = 4096  # bytes, in which a page declares its encoding
# What a tree of lxml cannot hold, as it is or as a reference.
_CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]|&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01])|[xX]0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]));"
)
_ESCAPED = b"\x1b"  # in Japanese and Korean encodings that look like ASCII
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Latin 1 is declared for what is Windows-1252 (https://encoding.spec.whatwg.org/#names-and-labels).
_MEANT = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252"}


def read_html_file(path: Path, content: str) -> Article:
    """The article in one HTML file. Raises ValueError with the reason when there is none in it."""
    page = parse_html(content)
    facts = page_metadata(page, "")
    text, headings = article_text(page, facts)
    url = facts.canonical or path.resolve().as_uri()
    return Article(
        id=digest(url)[:12],
        source=str(path),
        url=url,
        title=facts.title or path.stem,
        text=text,
        authors=facts.authors,
        outlet=facts.outlet,
        published=facts.published,
        updated=facts.updated,
        language=facts.language,
        section=facts.section,
        headings=headings,
    )


def parse_html(content: str) -> HtmlElement:
    """The page as a tree. Raises ValueError when it is none."""
    try:
        parser = HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
        return document_fromstring(_CONTROLS.sub(" ", content).encode("utf-8", "replace"), parser=parser)
    except etree.XMLSyntaxError as exc:  # libxml2 forgives all but what it has no memory for
        raise ValueError("is too large to be parsed") from exc
    except (etree.ParserError, ValueError, AssertionError) as exc:
        raise ValueError("is not an HTML page") from exc


def article_text(page: HtmlElement, facts: PageMetadata) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The article's paragraphs and the spans of its headings. Raises ValueError with the reason when there is none."""
    try:
        found = paragraphs(page)
    except RecursionError as exc:
        raise ValueError("is nested too deeply to be read") from exc
    parts = trimmed(found, facts.title)
    if reason := rejection.rejection_reason(page, facts, parts, end=" ".join(text for text, _ in found[-_LAST:])):
        raise ValueError(reason)
    return join(parts)


def decoded(content: bytes, charset: str = "") -> str:
    """The text of a page that was served as `charset`. Raises ValueError when it is empty or binary.

    Valid UTF-8 is UTF-8 whatever is declared: hardly any text in another encoding is valid by chance.
    """
    if not content.startswith(_MARKS) and _ESCAPED not in content:
        try:
            return storable(content.decode("utf-8")) if content.strip() else decode(content)
        except UnicodeDecodeError:
            pass
    found = _DECLARED.search(content[:_HEAD])
    for name in (charset, found[1].decode("ascii", "replace") if found else ""):
        if name and not content.startswith(_MARKS) and (text := _in(content, name.strip().lower())):
            return storable(text)
    return decode(content)


def _in(content: bytes, charset: str) -> str:
    try:
        return content.decode(_MEANT.get(charset, charset), "replace")
    except (LookupError, ValueError):  # no encoding, or one that turns no bytes into text
        return ""


Paragraph = tuple[str, bool]  # its text, whether it is a heading


_BLOCKS = frozenset(
    "address article aside blockquote body center dd details div dl dt footer header hr html li main ol p pre section "
    "table tbody td tfoot th thead tr ul h1 h2 h3 h4 h5 h6".split()
)


_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))


_NO_TEXT = frozenset(
    "script style noscript iframe object embed svg form button input select textarea figcaption template video audio "
    "canvas head".split()
)


_CREDIT = re.compile(
    r"(?:the post .{1,300} (?:first )?appeared (?:first )?on .{1,100}|(?:source|via):.{0,100})", re.IGNORECASE
)


_EMPTY_LINE = re.compile(r"\n[ \t]*\n")


def body(html: str) -> list[Paragraph]:
    """The paragraphs of an article's text in HTML, without credits and what belongs to a page. Raises ValueError."""
    return [part for part in paragraphs_of(html) if not _CREDIT.fullmatch(part[0]) and not is_furniture(part[0])]


def paragraphs_of(html: str) -> list[Paragraph]:
    """Paragraphs and headings of some HTML, or of plain text at its line ends. Raises ValueError."""
    if "<" not in html:
        return [(" ".join(line.split()), False) for line in html.splitlines() if line.strip()]
    return list(_grouped(_pieces(parse_html(f"<div>{html}</div>"))))


def _pieces(body: HtmlElement) -> Iterator[tuple[str, bool]]:
    """Text in order with whether it is a heading's; an empty text where a paragraph ends, a line end for a break."""
    heading, skipped = 0, 0
    for event, element in etree.iterwalk(body, events=("start", "end")):
        step, tag = (1 if event == "start" else -1), element.tag
        skipped += step * (tag in _NO_TEXT)
        heading += step * (tag in _HEADINGS)
        if tag in _BLOCKS:
            yield "", False
        if event == "start" and tag == "br":
            yield "\n", bool(heading)
        text = element.text if event == "start" else element.tail
        if text and not skipped:
            yield text.replace("\n", " "), bool(heading)


def _grouped(pieces: Iterator[tuple[str, bool]]) -> Iterator[Paragraph]:
    gathered, is_heading = list[str](), False
    for text, heading in (*pieces, ("", False)):
        if text:
            gathered.append(text)
            is_heading = is_heading or heading
            continue
        for line in _EMPTY_LINE.split("".join(gathered)):
            if line.strip():
                yield " ".join(line.split()), is_heading
        gathered, is_heading = [], False
