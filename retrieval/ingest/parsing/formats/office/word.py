"""Read DOCX documents: mammoth turns them into HTML, insertions accepted, deletions and comments left out."""

from io import BytesIO
from xml.parsers.expat import ExpatError
from zipfile import BadZipFile

import mammoth
from lxml.html import HtmlElement, fragment_fromstring, tostring

from retrieval.ingest.parsing.formats.office.office_document import build_document
from retrieval.ingest.parsing.formats.parsed_document import ParsedDocument
from retrieval.ingest.parsing.formats.zip_archive import open_archive, read_member, read_xml
from retrieval.ingest.parsing.markup.decoding import normalised
from retrieval.ingest.parsing.markup.html import element_paragraphs, parse_html
from retrieval.ingest.parsing.markup.tables import row_lines

_STYLES = "p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => h2:fresh"
_NOTE_MARKS = (
    "//sup[a[starts-with(@id, 'footnote-ref') or starts-with(@id, 'endnote-ref')]]"
    "| //a[starts-with(@href, '#footnote-ref') or starts-with(@href, '#endnote-ref')]"
)


def parse_docx(content: bytes) -> ParsedDocument:
    """Parse a DOCX document. Raises ValueError with the reason when it cannot be read or has no text."""
    with open_archive(content) as archive:
        for member in archive.namelist():
            if member.endswith((".xml", ".rels")):
                read_member(archive, member)  # says what is wrong with a damaged or encrypted one
        core = read_xml(archive, "docProps/core.xml")
    try:
        html = mammoth.convert_to_html(
            BytesIO(content),
            style_map=_STYLES,
            include_embedded_style_map=False,
            convert_image=mammoth.images.img_element(lambda image: {"src": ""}),
        ).value
    except (AttributeError, BadZipFile, ExpatError, KeyError, OSError, TypeError, UnicodeError) as exc:
        raise ValueError("is a damaged DOCX file") from exc
    paragraphs = element_paragraphs(parse_html(_simplified(normalised(html))))
    return build_document(paragraphs, core, "creator")


def _simplified(html: str) -> str:
    """The HTML with a line for each row of a table, and without the marks of notes."""
    body = fragment_fromstring(html, create_parent="div")
    for mark in body.xpath(_NOTE_MARKS):
        mark.drop_tree()
    for table in reversed(body.xpath("//table")):  # inner ones first
        _flatten(table)
    return str(tostring(body, encoding="unicode"))


def _flatten(table: HtmlElement) -> None:
    """Make each row of a table a paragraph; a table of one column stays as it is."""
    rows = [[" ".join(cell.text_content().split()) for cell in row.xpath("./td|./th")] for row in table.iter("tr")]
    if max(map(len, rows), default=0) < 2:
        return
    headers = rows[0] if len(rows) > 1 and all(rows[0]) else []
    lines = list(row_lines(headers, rows[1:] if headers else rows))
    for child in list(table):
        table.remove(child)
    table.text = None
    for line in lines:
        paragraph = table.makeelement("p")
        paragraph.text = line
        table.append(paragraph)
