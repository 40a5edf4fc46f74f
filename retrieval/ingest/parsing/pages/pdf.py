"""A PDF file: its text as paragraphs, rebuilt from the lines on its pages, and what its metadata says."""

import re
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader
from pypdf.errors import LimitReachedError, PyPdfError

from retrieval.documents import Article, digest
from retrieval.ingest.parsing.markup.authors import persons
from retrieval.ingest.parsing.markup.decoding import storable
from retrieval.text.dates import to_iso

MOST_PAGES = 300
MOST_CHARACTERS = 5_000_000
_FEWEST_A_PAGE = 20  # characters on average; below it the pages are pictures
_EDGE = 2  # lines at the top and bottom of a page where running headers and numbers stand
_FEWEST_REPEATS = 3  # pages
_FULL = 0.75  # of the usual width; a shorter line that ends a sentence ends its paragraph
_LONGEST = 20_000  # characters of a paragraph
_NUMBER = re.compile(
    r"(?:(?:page|seite|p\.)\s*)?[-–—]?\s*\d{1,4}\s*[-–—]?(?:\s*(?:of|/|von)\s*\d{1,4})?", re.IGNORECASE
)
_HYPHEN = re.compile(r"(?<=[a-zà-ÿ])[-\u2010\u00ad]$")
_SENTENCE_END = re.compile(r"[.!?:…][\"'’”»)\]]*$")
_FILE_NAME = re.compile(
    r"\.(?:docx?|pdf|indd|tex|odt|pptx?|qxd|rtf)$|^(?:microsoft word|untitled|document\d*\b)|[_/\\]", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class PdfDocument:
    """What a PDF file holds; empty where its metadata does not say or says what nobody wrote."""

    text: str
    title: str = ""
    authors: tuple[str, ...] = ()
    published: str = ""
    language: str = ""


def read_pdf_file(path: Path, content: bytes) -> Article:
    """The article in one PDF file. Raises ValueError with the reason when there is none in it."""
    found, url = parse_pdf(content), path.resolve().as_uri()
    return Article(
        id=digest(url)[:12],
        source=str(path),
        url=url,
        title=found.title or path.stem,
        text=found.text,
        authors=found.authors,
        published=found.published,
        language=found.language,
    )


def parse_pdf(content: bytes) -> PdfDocument:
    """The text and facts of a PDF file. Raises ValueError with the reason when it cannot be read or has no text."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _document(PdfReader(BytesIO(content)))
    except LimitReachedError as exc:  # pypdf's own bounds against files that unpack without end
        raise ValueError("unpacks to more than can be read") from exc
    except PyPdfError as exc:
        raise ValueError("is a damaged PDF file") from exc
    except (ArithmeticError, AssertionError, AttributeError, LookupError, NotImplementedError, TypeError) as exc:
        raise ValueError("is a damaged PDF file") from exc  # what pypdf meets in broken files as it is
    except RecursionError as exc:
        raise ValueError("is nested too deeply to be read") from exc


def _document(reader: PdfReader) -> PdfDocument:
    if reader.is_encrypted and not reader.decrypt(""):
        raise ValueError("is encrypted; save it without a password")
    pages = len(reader.pages)
    if pages > MOST_PAGES:
        raise ValueError(f"has {pages:,} pages, more than {MOST_PAGES}")
    lines = list(_pages(reader))
    text = "\n\n".join(_paragraphs(_without_running(lines)))
    if len(text) < _FEWEST_A_PAGE * pages:
        raise ValueError("holds pictures of pages and no text; it would need character recognition")
    about = reader.metadata
    title = " ".join((about.title or "").split()) if about else ""
    return PdfDocument(
        text=text,
        title=_title(storable(title), text),
        authors=persons([storable(about.author)]) if about and about.author else (),
        published=to_iso(about.creation_date) if about and about.creation_date else "",
        language=str(reader.root_object.get("/Lang") or "")[:2].lower(),
    )


def _pages(reader: PdfReader) -> Iterator[list[str]]:
    characters = 0
    for page in reader.pages:
        text = storable(page.extract_text())
        characters += len(text)
        if characters > MOST_CHARACTERS:
            raise ValueError(f"has more than {MOST_CHARACTERS:,} characters")
        yield [line.rstrip() for line in text.splitlines()]


def _title(title: str, text: str) -> str:
    """The title that somebody wrote; a program's is the name of the file, then the first line of the text is better."""
    if 5 <= len(title) <= 200 and not _FILE_NAME.search(title):
        return title
    first = text.partition("\n\n")[0]
    return first if 5 <= len(first) <= 200 and not _SENTENCE_END.search(first) else ""


def _without_running(pages: Sequence[list[str]]) -> Iterator[list[str]]:
    """The lines of each page without numbers, headers and footers that run through the pages."""
    filled = [[line for line in lines if line.strip()] for lines in pages]
    edges = Counter(mark for lines in filled for mark in {_mark(line) for line in lines[:_EDGE] + lines[-_EDGE:]})
    for lines, all_lines in zip(filled, pages, strict=True):
        at_edge = {*lines[:_EDGE], *lines[-_EDGE:]}
        yield [
            line
            for line in all_lines
            if line not in at_edge
            or not (_NUMBER.fullmatch(line.strip()) or edges[_mark(line)] >= max(_FEWEST_REPEATS, len(pages) // 3))
        ]


def _mark(line: str) -> str:
    return re.sub(r"\d+", "0", line.strip())


def _paragraphs(pages: Iterator[list[str]]) -> Iterator[str]:
    """Paragraphs end at an empty line, an indented one, or a short line that ends a sentence; pages do not end them."""
    lines = [line for page in pages for line in page]
    widths = sorted(len(line) for line in lines if len(line) > _FEWEST_A_PAGE)
    full = widths[len(widths) * 3 // 4] * _FULL if widths else 0
    gathered = ""
    for line in lines:
        bare = " ".join(line.split())
        if gathered and (not bare or line.startswith(("   ", "\t"))):
            yield gathered
            gathered = ""
        gathered = _joined(gathered, bare)
        is_last = 0 < len(bare) < full and (_SENTENCE_END.search(bare) or _is_heading(gathered))
        if is_last or len(gathered) > _LONGEST:
            yield gathered
            gathered = ""
    if gathered:
        yield gathered


def _is_heading(gathered: str) -> bool:
    """A paragraph that begins with a short line in title's clothes: it goes no further."""
    return gathered[:1].isupper() and len(gathered) <= 60 and not gathered.endswith((",", "-", "and", "the", "of"))


def _joined(before: str, line: str) -> str:
    """Lines of one paragraph; a word divided at a line's end is whole again where it goes on in lower case."""
    if not before or not line:
        return before or line
    if _HYPHEN.search(before) and line[0].islower():
        return before[:-1] + line
    return f"{before} {line}"
