"""Read ODT documents (https://docs.oasis-open.org/office/OpenDocument/v1.3/): paragraphs, headings, tables, notes.

Deleted text that is still tracked and comments are left out; notes stand after the text.
"""

from collections.abc import Iterator

from lxml import etree

from retrieval.ingest.parsing.formats.office.office_document import build_document
from retrieval.ingest.parsing.formats.parsed_document import ParsedDocument
from retrieval.ingest.parsing.formats.zip_archive import open_archive, read_xml
from retrieval.ingest.parsing.markup.decoding import normalised
from retrieval.ingest.parsing.markup.paragraphs import Paragraph
from retrieval.ingest.parsing.markup.tables import row_lines

_SKIPPED = frozenset(("tracked-changes", "annotation", "annotation-end", "note", "text-box", "table-of-content"))
_SPACE = {"s": " ", "tab": " ", "line-break": " "}
_TITLE_STYLES = frozenset(("Title", "Subtitle"))
_STYLE_NAME = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}style-name"


def parse_odt(content: bytes) -> ParsedDocument:
    """Parse an ODT document. Raises ValueError with the reason when it cannot be read or has no text."""
    with open_archive(content) as archive:
        manifest = read_xml(archive, "META-INF/manifest.xml")
        if manifest is not None and manifest.find(".//{*}encryption-data") is not None:
            raise ValueError("is encrypted; save it without a password")
        root, meta = read_xml(archive, "content.xml"), read_xml(archive, "meta.xml")
    body = None if root is None else root.find(".//{*}body/{*}text")
    if root is None or body is None:
        raise ValueError("is a damaged ODT file: it has no text part")
    titles = _TITLE_STYLES | _styles_based_on_title(root)
    paragraphs = list(_paragraphs(body, titles))
    for aside in body.iterfind(".//{*}note-body"):
        paragraphs += _paragraphs(aside, frozenset())
    return build_document(paragraphs, meta, "initial-creator", "creator")


def _styles_based_on_title(root: etree._Element) -> frozenset[str]:
    """The automatic styles (`P1`) of paragraphs that were set in a title's style."""
    found = set[str]()
    for style in root.iterfind(".//{*}automatic-styles/{*}style"):
        names = {etree.QName(name).localname: value for name, value in style.attrib.items()}
        if names.get("parent-style-name") in _TITLE_STYLES:
            found.add(str(names.get("name")))
    return frozenset(found)


def _paragraphs(parent: etree._Element, titles: frozenset[str]) -> Iterator[Paragraph]:
    """The paragraphs below an element, those of text boxes after the one that they are anchored to."""
    for child in parent.iterchildren(etree.Element):
        name = etree.QName(child).localname
        if name in ("p", "h"):
            if text := _inline_text(child):
                yield text, name == "h" or child.get(_STYLE_NAME) in titles
            for box in child.iterfind(".//{*}text-box"):
                yield from _paragraphs(box, titles)
        elif name == "table":
            yield from ((line, False) for line in _table_lines(child))
        elif name not in _SKIPPED:
            yield from _paragraphs(child, titles)


def _inline_text(paragraph: etree._Element) -> str:
    return " ".join(normalised("".join(_pieces(paragraph))).split())


def _pieces(element: etree._Element) -> Iterator[str]:
    yield element.text or ""
    for child in element.iterchildren(etree.Element):
        name = etree.QName(child).localname
        if name in _SPACE:
            yield _SPACE[name]
        elif name not in _SKIPPED:
            yield from _pieces(child)
        yield child.tail or ""


def _table_lines(table: etree._Element) -> list[str]:
    """A line for each row of a table, with the headers of its columns."""
    rows = [
        [" ".join(text for text, _ in _paragraphs(cell, frozenset())) for cell in row.iterfind("{*}table-cell")]
        for row in table.iterfind(".//{*}table-row")
    ]
    headers = rows[0] if len(rows) > 1 and len(rows[0]) > 1 and all(rows[0]) else []
    return list(row_lines(headers, rows[1:] if headers else rows))
