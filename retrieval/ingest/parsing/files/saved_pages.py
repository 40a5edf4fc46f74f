"""HTML pages and PDF documents that were saved as files."""

from pathlib import Path

from retrieval.documents import Article, digest
from retrieval.ingest.parsing.files.file_names import source_name
from retrieval.ingest.parsing.markup.decoding import storable
from retrieval.ingest.parsing.markup.html import parse_html
from retrieval.ingest.parsing.pages.article_extraction import article_text
from retrieval.ingest.parsing.pages.metadata import page_metadata
from retrieval.ingest.parsing.pages.pdf import parse_pdf
from retrieval.text.canonical_url import without_credentials


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
    )


def read_pdf_file(path: Path, content: bytes) -> Article:
    """The article in one PDF file. Raises ValueError with the reason when it cannot be read or has no text."""
    document, url = parse_pdf(content), path.resolve().as_uri()
    return Article(
        id=digest(url)[:12],
        source=source_name(path),
        url=url,
        title=document.title or storable(path.stem),
        text=document.text,
        authors=document.authors,
        published=document.published,
        language=document.language,
    )
