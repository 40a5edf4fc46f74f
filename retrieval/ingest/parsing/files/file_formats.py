"""Parse one file of any format into its articles; which format it has, the end of its name says."""

from collections.abc import Callable
from pathlib import Path

from retrieval.documents import Article
from retrieval.ingest.parsing.files import markdown, plain_text, saved_pages
from retrieval.ingest.parsing.files.file_names import DOCUMENTS, HTML, MARKDOWN, SUPPORTED
from retrieval.ingest.parsing.formats.detection import describe_binary, detect_format
from retrieval.ingest.parsing.markup.decoding import decode_file


def parse_file(path: Path, content: bytes) -> tuple[Article, ...]:
    """The articles in one file: one, or the chapters of an e-book. Raises ValueError with the reason for none."""
    suffix = path.suffix.lower()
    # A file without one of our suffixes is only read when it was named, so its bytes may say what it is.
    document_format = DOCUMENTS.get(suffix) or (None if suffix in SUPPORTED else detect_format(content))
    if document_format:
        return saved_pages.read_document_file(path, document_format, content)
    if description := describe_binary(content):
        raise ValueError(f"is {description}, which OnRecord does not read{_remedy(description)}")
    return (_text_reader(suffix)(path, decode_file(content)),)


def _remedy(description: str) -> str:
    return "; as a PDF file a scan is read, by Tesseract" if description.startswith("a picture") else ""


def _text_reader(suffix: str) -> Callable[[Path, str], Article]:
    if suffix in HTML:
        return saved_pages.read_html_file
    if suffix in MARKDOWN:
        return markdown.read_markdown
    return plain_text.read_plain_text
