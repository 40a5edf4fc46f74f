"""Read EPUB books and magazines (https://www.w3.org/TR/epub-33/): each page with prose is an article of its own."""

import posixpath
from dataclasses import dataclass, replace
from urllib.parse import unquote
from zipfile import ZipFile

from lxml import etree

from retrieval.ingest.parsing.formats.parsed_document import ParsedDocument
from retrieval.ingest.parsing.formats.zip_archive import first_text, open_archive, read_member, read_xml, texts_of
from retrieval.ingest.parsing.markup.authors import person_names
from retrieval.ingest.parsing.markup.decoding import decode_html, normalised
from retrieval.ingest.parsing.markup.html import element_paragraphs, parse_html
from retrieval.ingest.parsing.markup.paragraphs import join_paragraphs
from retrieval.text.boilerplate import has_article, split_blocks
from retrieval.text.dates import to_iso
from retrieval.text.language import language_code

_PAGES = frozenset(("application/xhtml+xml", "text/html"))
_ENCRYPTED_TEXT = frozenset((".xhtml", ".html", ".htm"))


@dataclass(frozen=True, slots=True)
class _Package:
    """The package document: what it says of the whole, and the paths of its pages in reading order."""

    book: ParsedDocument
    pages: tuple[str, ...]


def parse_epub(content: bytes) -> tuple[ParsedDocument, ...]:
    """The chapters of an e-book. Raises ValueError with the reason when it cannot be read or has no text."""
    with open_archive(content) as archive:
        package = _read_package(archive)
        chapters = [_read_chapter(archive, path, package.book) for path in package.pages]
    chapters = [chapter for chapter in chapters if chapter.text]
    prose = [
        chapter
        for chapter in chapters
        if has_article(chapter.text, split_blocks(chapter.text, chapter.title, chapter.headings))
    ]
    if not chapters:
        raise ValueError("holds no text")
    if len(prose or chapters) == 1:
        (only,) = prose or chapters
        return (replace(only, title=package.book.title or only.title, section="", anchor=""),)
    return tuple(prose or chapters)


def _read_package(archive: ZipFile) -> _Package:
    container = read_xml(archive, "META-INF/container.xml")
    root_file = None if container is None else container.find(".//{*}rootfile")
    path = "" if root_file is None else root_file.get("full-path") or ""
    package = read_xml(archive, path)
    if package is None:
        raise ValueError("is a damaged EPUB file: it has no package document")
    _refuse_encrypted(archive)
    book = ParsedDocument(
        text="",
        title=normalised(first_text(package, "title")),
        authors=person_names(map(normalised, texts_of(package, "creator"))),
        outlet=normalised(first_text(package, "publisher")),
        published=to_iso(first_text(package, "date")),
        language=language_code(first_text(package, "language")),
    )
    return _Package(book, _spine(package, posixpath.dirname(path)))


def _refuse_encrypted(archive: ZipFile) -> None:
    """Raise ValueError when pages are encrypted; fonts may be."""
    encryption = read_xml(archive, "META-INF/encryption.xml")
    references = [] if encryption is None else encryption.iterfind(".//{*}CipherReference")
    if any(posixpath.splitext(one.get("URI") or "")[1].lower() in _ENCRYPTED_TEXT for one in references):
        raise ValueError("is encrypted by its publisher and cannot be read")


def _spine(package: etree._Element, folder: str) -> tuple[str, ...]:
    """The paths of the pages in reading order, without the table of contents."""
    items = {item.get("id"): item for item in package.iterfind("{*}manifest/{*}item")}
    listed = [items.get(reference.get("idref")) for reference in package.iterfind("{*}spine/{*}itemref")]
    return tuple(
        posixpath.normpath(posixpath.join(folder, unquote(item.get("href") or "")))
        for item in listed
        if item is not None and item.get("media-type") in _PAGES and "nav" not in (item.get("properties") or "").split()
    )


def _read_chapter(archive: ZipFile, path: str, book: ParsedDocument) -> ParsedDocument:
    content = read_member(archive, path)
    body = parse_html(normalised(decode_html(content))).find("body") if content.strip() else None
    text, headings = join_paragraphs(element_paragraphs(body) if body is not None else [])
    heading = next((text[start:end] for start, end in headings), "")
    return replace(
        book,
        text=text,
        headings=headings,
        title=heading or book.title,
        section=book.title,
        anchor=path,
    )
