"""Parse HTML: whole pages to a tree, article bodies to paragraphs, fragments in feeds to safe HTML."""

import re
from collections.abc import Iterator
from html import escape

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring, fragment_fromstring, tostring
from lxml_html_clean import Cleaner

from retrieval.ingest.parsing.markup.decoding import storable
from retrieval.ingest.parsing.markup.paragraphs import Paragraph

MAX_FRAGMENT_LENGTH = 300_000  # characters; libxml2 takes quadratic time for a tag with very many attributes
MAX_DEPTH = 256  # elements in one another; those of newspapers have 35 at most
MAX_ATTRIBUTES = 500  # of one tag; those of newspapers have 64 at most
_LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{10000,}")  # characters, in which there may be more attributes
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
# Characters that an lxml tree cannot hold, literally or as a character reference.
_CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]|&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01])|[xX]0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]));"
)
_INLINE_IMAGE = re.compile(r"data:[\w/+.-]{1,80};base64,[\w/+=\s-]*")
# Besides scripts, frames, embedded objects and event handlers. Forms stay: they show what the text around them is for.
_CLEANER = Cleaner(style=True, forms=False)
_BLOCKS = frozenset(
    "address article aside blockquote body center dd details div dl dt footer header hr html li main ol p pre section "
    "table tbody td tfoot th thead tr ul h1 h2 h3 h4 h5 h6".split()
)
HEADING_TAGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_NO_TEXT = frozenset(
    "script style noscript iframe object embed svg form button input select textarea figcaption template video audio "
    "canvas head".split()
)
_EMPTY_LINE = re.compile(r"\n[ \t]*\n")


def parse_html(content: str) -> HtmlElement:
    """Parse a page to a tree. Raises ValueError when it is not HTML, or of a form that takes too long to read."""
    if any(len(_QUOTED.sub("", tag[0]).split()) > MAX_ATTRIBUTES for tag in _LONG_TAG.finditer(content)):
        raise ValueError(f"has a tag with more than {MAX_ATTRIBUTES:,} attributes")
    try:
        parser = HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
        page = document_fromstring(_CONTROLS.sub(" ", content).encode("utf-8", "replace"), parser=parser)
    except etree.XMLSyntaxError as exc:  # libxml2 repairs everything except what it has no memory for
        raise ValueError("is too large to be parsed") from exc
    except (etree.ParserError, ValueError, AssertionError) as exc:
        raise ValueError("is not an HTML page") from exc
    if _is_deeper(page, MAX_DEPTH):
        raise ValueError("is nested too deeply to be read")
    return page


def _is_deeper(page: HtmlElement, depth: int) -> bool:
    """Whether more than `depth` elements are in one another."""
    current = 0
    for event, _ in etree.iterwalk(page, events=("start", "end")):
        current += 1 if event == "start" else -1
        if current > depth:
            return True
    return False


def clean_fragment(html: str, base_url: str) -> str:
    """Remove scripts, styles and frames from HTML in a feed, and make its links absolute.

    Text without markup is returned as it is; HTML longer than MAX_FRAGMENT_LENGTH or that cannot be parsed as "".
    """
    html = _INLINE_IMAGE.sub("", storable(html)).strip()
    if len(html) > MAX_FRAGMENT_LENGTH:
        return ""
    if "<" not in html:
        return html
    try:
        parent = fragment_fromstring(html, create_parent="div")
        _CLEANER(parent)
        parent.make_links_absolute(base_url, handle_failures="discard")
        return str(tostring(parent, encoding="unicode")).removeprefix("<div>").removesuffix("</div>").strip()
    except (etree.LxmlError, ValueError, AssertionError, TypeError):  # what lxml raises for empty or broken HTML
        return ""


def inner_html(element: etree._Element) -> str:
    """The content of a feed's element as HTML, whether it was escaped, in CDATA or written as elements."""
    if len(element) == 0:
        return element.text or ""
    for part in element.iter(etree.Element):  # lxml would serialise their namespace prefixes
        part.tag = etree.QName(part).localname
    etree.cleanup_namespaces(element)
    inner = (etree.tostring(child, encoding="unicode", method="html") for child in element)
    return escape(element.text or "", quote=False) + "".join(inner)


def plain_paragraphs(text: str) -> list[Paragraph]:
    """The lines of plain text."""
    return [(" ".join(line.split()), False) for line in text.splitlines() if line.strip()]


def element_paragraphs(element: HtmlElement) -> list[Paragraph]:
    """The paragraphs and headings in an element."""
    return list(_group_pieces(_text_pieces(element)))


def _text_pieces(body: HtmlElement) -> Iterator[tuple[str, bool]]:
    """Pieces of text with whether they are in a heading; "" marks the end of a paragraph, "\\n" a line break."""
    heading_depth, skipped_depth = 0, 0
    for event, element in etree.iterwalk(body, events=("start", "end")):
        step, tag = (1 if event == "start" else -1), element.tag
        skipped_depth += step * (tag in _NO_TEXT)
        heading_depth += step * (tag in HEADING_TAGS)
        if tag in _BLOCKS:
            yield "", False
        if event == "start" and tag == "br":
            yield "\n", bool(heading_depth)
        text = element.text if event == "start" else element.tail
        if text and not skipped_depth:
            yield text.replace("\n", " "), bool(heading_depth)


def _group_pieces(pieces: Iterator[tuple[str, bool]]) -> Iterator[Paragraph]:
    buffer, is_heading = list[str](), False
    for text, heading in (*pieces, ("", False)):
        if text:
            buffer.append(text)
            is_heading = is_heading or heading
            continue
        for line in _EMPTY_LINE.split("".join(buffer)):
            if line.strip():
                yield " ".join(line.split()), is_heading
        buffer, is_heading = [], False
