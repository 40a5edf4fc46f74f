"""HTML pages and documents (PDF, DOCX and others) that were saved as files."""

from pathlib import Path
from urllib.parse import quote

from retrieval.documents import Article, digest
from retrieval.ingest.parsing.files.file_names import source_name
from retrieval.ingest.parsing.files.plain_text import facts_above
from retrieval.ingest.parsing.formats.detection import FileFormat
from retrieval.ingest.parsing.formats.parsed_document import ParsedDocument
from retrieval.ingest.parsing.formats.reading import read_document
from retrieval.ingest.parsing.markup.authors import split_names
from retrieval.ingest.parsing.markup.decoding import storable
from retrieval.ingest.parsing.markup.html import parse_html
from retrieval.ingest.parsing.pages.article_extraction import article_text
from retrieval.ingest.parsing.pages.metadata import page_metadata
from retrieval.text.addresses.canonical_url import without_credentials
from retrieval.text.dates import date_convention, date_problem, to_iso


def read_html_file(path: Path, content: str) -> Article:
    """The article in one HTML file. Raises ValueError with the reason when there is none."""
    page = parse_html(content)
    metadata = page_metadata(page, "")
    text, headings = article_text(page, metadata)
    url = without_credentials(metadata.canonical) or path.resolve().as_uri()
    return Article(
        id=digest(url)[:12],
        source=source_name(path),
        url=url,
        title=metadata.title or storable(path.stem),
        text=text,
        authors=metadata.authors,
        outlet=metadata.outlet,
        published=metadata.published,
        updated=metadata.updated,
        language=metadata.language,
        section=metadata.section,
        headings=headings,
        warnings=metadata.warnings,
    )


def read_document_file(path: Path, document_format: FileFormat, content: bytes) -> tuple[Article, ...]:
    """The articles in a document. Raises ValueError with the reason when it cannot be read or has no text."""
    return tuple(_build_article(path, document) for document in read_document(document_format, content))


def _build_article(path: Path, document: ParsedDocument) -> Article:
    url = path.resolve().as_uri() + (f"#{quote(document.anchor)}" if document.anchor else "")
    above, convention = facts_above(document.text), date_convention(language=document.language)
    return Article(
        id=digest(url)[:12],
        source=source_name(path),
        url=url,
        title=document.title or storable(path.stem),
        text=document.text,
        authors=document.authors or split_names(above["authors"]),
        outlet=document.outlet,
        published=to_iso(above["date"], convention) or document.published,
        updated=to_iso(above["updated"], convention),
        language=document.language,
        section=document.section,
        headings=document.headings,
        warnings=tuple(filter(None, [date_problem(above["date"], convention)])),
    )
