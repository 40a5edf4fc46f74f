"""Read PDF documents: paragraphs rebuilt from the lines on the pages, and the document's metadata."""

import re
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO

from pypdf import PdfReader
from pypdf.errors import LimitReachedError, PyPdfError

from retrieval.ingest.parsing.markup.authors import person_names
from retrieval.ingest.parsing.markup.decoding import storable
from retrieval.text.dates import to_iso

MAX_PAGES = 300
MAX_CHARACTERS = 5_000_000
_MIN_PAGE_CHARACTERS = 20  # on average; below it the pages are pictures
_EDGE_LINES = 2  # at the top and bottom of a page, which may be running headers and page numbers
_MIN_REPEATS = 3  # pages with the same edge line, for a running header
_FULL_LINE_SHARE = 0.75  # of the usual width; a shorter line that ends a sentence ends its paragraph
_MAX_PARAGRAPH_LENGTH = 20_000  # characters
_PAGE_NUMBER = re.compile(
    r"(?:(?:page|seite|p\.)\s*)?[-–—]?\s*\d{1,4}\s*[-–—]?(?:\s*(?:of|/|von)\s*\d{1,4})?", re.IGNORECASE
)
_HYPHEN = re.compile(r"(?<=[a-zà-ÿ])[-\u2010\u00ad]$")
_SENTENCE_END = re.compile(r"[.!?:…][\"'’”»)\]]*$")
_FILE_NAME = re.compile(
    r"\.(?:docx?|pdf|indd|tex|odt|pptx?|qxd|rtf)$|^(?:microsoft word|untitled|document\d*\b)|[_/\\]", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class PdfDocument:
    """Text and metadata of a PDF document; a title that a program made up is left out."""

    text: str
    title: str = ""
    authors: tuple[str, ...] = ()
    published: str = ""
    language: str = ""


def parse_pdf(content: bytes) -> PdfDocument:
    """Parse a PDF document. Raises ValueError with the reason when it cannot be read or has no text."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _document(PdfReader(BytesIO(content)))
    except LimitReachedError as exc:  # pypdf's limits against decompression bombs
        raise ValueError("unpacks to more than can be read") from exc
    except PyPdfError as exc:
        raise ValueError("is a damaged PDF file") from exc
    except (ArithmeticError, AssertionError, AttributeError, LookupError, NotImplementedError, TypeError) as exc:
        raise ValueError("is a damaged PDF file") from exc  # exceptions that pypdf leaves uncaught for damaged files
    except RecursionError as exc:
        raise ValueError("is nested too deeply to be read") from exc


def _document(reader: PdfReader) -> PdfDocument:
    if reader.is_encrypted and not reader.decrypt(""):
        raise ValueError("is encrypted; save it without a password")
    page_count = len(reader.pages)
    if page_count > MAX_PAGES:
        raise ValueError(f"has {page_count:,} pages, more than {MAX_PAGES}")
    pages = list(_page_lines(reader))
    text = "\n\n".join(_paragraphs(_without_running_headers(pages)))
    if len(text) < _MIN_PAGE_CHARACTERS * page_count:
        raise ValueError("holds pictures of pages and no text; it would need character recognition")
    metadata = reader.metadata
    title = " ".join((metadata.title or "").split()) if metadata else ""
    return PdfDocument(
        text=text,
        title=_title(storable(title), text),
        authors=person_names([storable(metadata.author)]) if metadata and metadata.author else (),
        published=to_iso(metadata.creation_date) if metadata and metadata.creation_date else "",
        language=str(reader.root_object.get("/Lang") or "")[:2].lower(),
    )


def _page_lines(reader: PdfReader) -> Iterator[list[str]]:
    characters = 0
    for page in reader.pages:
        text = storable(page.extract_text())
        characters += len(text)
        if characters > MAX_CHARACTERS:
            raise ValueError(f"has more than {MAX_CHARACTERS:,} characters")
        yield [line.rstrip() for line in text.splitlines()]


def _title(title: str, text: str) -> str:
    """The title in the metadata; if a program made it from a file name, the first line of the text."""
    if 5 <= len(title) <= 200 and not _FILE_NAME.search(title):
        return title
    first = text.partition("\n\n")[0]
    return first if 5 <= len(first) <= 200 and not _SENTENCE_END.search(first) else ""


def _without_running_headers(pages: Sequence[list[str]]) -> Iterator[list[str]]:
    """The lines of each page without page numbers, running headers and footers."""
    non_empty = [[line for line in lines if line.strip()] for lines in pages]
    edges = Counter(
        edge
        for lines in non_empty
        for edge in {_without_digits(line) for line in lines[:_EDGE_LINES] + lines[-_EDGE_LINES:]}
    )
    for lines, all_lines in zip(non_empty, pages, strict=True):
        at_edge = {*lines[:_EDGE_LINES], *lines[-_EDGE_LINES:]}
        yield [
            line
            for line in all_lines
            if line not in at_edge
            or not (
                _PAGE_NUMBER.fullmatch(line.strip())
                or edges[_without_digits(line)] >= max(_MIN_REPEATS, len(pages) // 3)
            )
        ]


def _without_digits(line: str) -> str:
    return re.sub(r"\d+", "0", line.strip())


def _paragraphs(pages: Iterator[list[str]]) -> Iterator[str]:
    """Split lines into paragraphs: at an empty or indented line, or after a short line that ends a sentence.

    The end of a page does not end a paragraph.
    """
    lines = [line for page in pages for line in page]
    widths = sorted(len(line) for line in lines if len(line) > _MIN_PAGE_CHARACTERS)
    full_width = widths[len(widths) * 3 // 4] * _FULL_LINE_SHARE if widths else 0
    paragraph = ""
    for line in lines:
        bare = " ".join(line.split())
        if paragraph and (not bare or line.startswith(("   ", "\t"))):
            yield paragraph
            paragraph = ""
        paragraph = _join_lines(paragraph, bare)
        is_last = 0 < len(bare) < full_width and (_SENTENCE_END.search(bare) or _is_heading(paragraph))
        if is_last or len(paragraph) > _MAX_PARAGRAPH_LENGTH:
            yield paragraph
            paragraph = ""
    if paragraph:
        yield paragraph


def _is_heading(paragraph: str) -> bool:
    """Whether a short line is a heading: it begins in upper case and does not break off."""
    return paragraph[:1].isupper() and len(paragraph) <= 60 and not paragraph.endswith((",", "-", "and", "the", "of"))


def _join_lines(before: str, line: str) -> str:
    """Join two lines of a paragraph; a hyphen at the end is removed if the next line goes on in lower case."""
    if not before or not line:
        return before or line
    if _HYPHEN.search(before, len(before) - 1) and line[0].islower():
        return before[:-1] + line
    return f"{before} {line}"
