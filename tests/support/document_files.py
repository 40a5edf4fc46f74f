"""DOCX, ODT, EPUB and RTF files for tests, with no more in them than their formats ask for."""

import zipfile
from collections.abc import Iterable, Mapping
from io import BytesIO

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
ODF = "urn:oasis:names:tc:opendocument:xmlns"


def archive(members: Mapping[str, str | bytes]) -> bytes:
    """A ZIP archive."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in members.items():
            opened.writestr(name, content)
    return out.getvalue()


def docx(body: str, *, core: str = "", more: Mapping[str, str] | None = None) -> bytes:
    """A DOCX file with this body; `core` are its properties."""
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{style}"><w:name w:val="{name}"/></w:style>'
        for style, name in (("Title", "Title"), ("Heading1", "heading 1"))
    )
    members = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "word/document.xml": f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>',
        "word/styles.xml": f'<w:styles xmlns:w="{WORD}">{styles}</w:styles>',
        "docProps/core.xml": f'<p xmlns="urn:p" xmlns:dc="http://purl.org/dc/elements/1.1/">{core}</p>',
    }
    return archive(members | dict(more or {}))


def word_paragraph(text: str, style: str = "") -> str:
    """A paragraph of a DOCX file."""
    set_in = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f'<w:p>{set_in}<w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def word_table(rows: Iterable[Iterable[str]]) -> str:
    """A table of a DOCX file."""
    cells = ("".join(f"<w:tc>{word_paragraph(cell)}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def odt(text: str, *, styles: str = "", more: Mapping[str, str] | None = None) -> bytes:
    """An ODT file with these elements as its text."""
    namespaces = " ".join(f'xmlns:{name}="{ODF}:{name}:1.0"' for name in ("office", "text", "table", "style"))
    content = (
        f"<office:document-content {namespaces}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{text}</office:text></office:body></office:document-content>"
    )
    return archive({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content} | dict(more or {}))


def epub(pages: Mapping[str, str], *, metadata: str = "", more: Mapping[str, str] | None = None) -> bytes:
    """An EPUB file with these bodies of pages by name, in order; the page `nav` is its table of contents."""
    kind = "application/xhtml+xml"
    items = "".join(
        f'<item id="{name}" href="{name}.xhtml" media-type="{kind}" properties="{name}"/>' for name in pages
    )
    spine = "".join(f'<itemref idref="{name}"/>' for name in pages)
    members: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container><rootfile full-path="OEBPS/book.opf"/></container>',
        "OEBPS/book.opf": '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<metadata>{metadata}</metadata><manifest>{items}</manifest><spine>{spine}</spine></package>",
    }
    bodies = {
        f"OEBPS/{name}.xhtml": f"<html><head><title>{name}</title></head><body>{body}</body></html>"
        for name, body in pages.items()
    }
    return archive(members | bodies | dict(more or {}))
