"""Parse one file of any format into its article; which format it has, the end of its name says."""

from collections.abc import Callable
from pathlib import Path

from retrieval.documents import Article
from retrieval.ingest.parsing.files import markdown, plain_text, saved_pages
from retrieval.ingest.parsing.files.file_names import HTML, MARKDOWN, PDF
from retrieval.ingest.parsing.markup.decoding import decode_file


def parse_file(path: Path, content: bytes) -> Article:
    """The article in one file. Raises ValueError with the reason when there is none."""
    if path.suffix.lower() in PDF:
        return saved_pages.read_pdf_file(path, content)
    return _text_reader(path)(path, decode_file(content))


def _text_reader(path: Path) -> Callable[[Path, str], Article]:
    suffix = path.suffix.lower()
    if suffix in HTML:
        return saved_pages.read_html_file
    if suffix in MARKDOWN:
        return markdown.read_markdown
    return plain_text.read_plain_text
