"""Read PDF documents: paragraphs rebuilt from the words on the pages, and the document's metadata.

The pages are read by PDFium, the engine of Chromium, because it opens what files in the field have: AES-256 with an
empty password, damaged tables of objects, fonts without names for their letters. Columns, paragraphs and divided words
are our own work, in `layout` and `paragraphs`.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from retrieval.documents import RECOGNISED_SECTION
from retrieval.ingest.parsing.formats.parsed_document import ParsedDocument
from retrieval.ingest.parsing.formats.pdf.layout import columns
from retrieval.ingest.parsing.formats.pdf.paragraphs import TextBlock, body_size, build_paragraphs, ends_sentence
from retrieval.ingest.parsing.formats.pdf.recognition import recognise_paragraphs
from retrieval.ingest.parsing.formats.pdf.running_lines import split_running_lines
from retrieval.ingest.parsing.formats.pdf.words import Word, page_words
from retrieval.ingest.parsing.markup.authors import person_names
from retrieval.ingest.parsing.markup.decoding import normalised
from retrieval.ingest.parsing.markup.paragraphs import join_paragraphs
from retrieval.quotes.speakers.names import is_thing
from retrieval.text.boilerplate import guess_headline
from retrieval.text.dates import to_iso
from retrieval.text.language import language_code

MAX_PAGES = 300
MAX_CHARACTERS = 5_000_000
_MIN_PAGE_CHARACTERS = 20  # on average; below it the pages are pictures
_LARGER = 1.12  # than the size of most letters; headings and titles are
_MIN_TITLE_LENGTH, _MAX_TITLE_LENGTH, _MAX_HEADING_LENGTH = 5, 250, 200  # characters
_FILE_NAME = re.compile(
    r"\.(?:docx?|pdf|indd|tex|odt|pptx?|qxd|rtf)$|^(?:microsoft word|untitled|document\d*\b)|[_/\\]|^\(.*\)$",
    re.IGNORECASE,
)
_DATE = re.compile(r"D:(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?(?:Z|([+-]\d\d)'?(\d\d)?)?")


def parse_pdf(content: bytes) -> ParsedDocument:
    """Parse a PDF document. Raises ValueError with the reason when it cannot be read or has no text."""
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as exc:
        if exc.err_code == pdfium_c.FPDF_ERR_PASSWORD:
            raise ValueError("is encrypted; save it without a password") from exc
        raise ValueError("is a damaged PDF file") from exc
    try:
        return _read(document)
    except pdfium.PdfiumError as exc:
        raise ValueError("is a damaged PDF file") from exc
    finally:
        document.close()


def _read(document: pdfium.PdfDocument) -> ParsedDocument:
    count = len(document)
    if count > MAX_PAGES:
        raise ValueError(f"has {count:,} pages, more than {MAX_PAGES}")
    pages, running = split_running_lines(list(_pages(document)))
    language = _language(document)
    blocks = build_paragraphs([list(columns(page)) for page in pages], language)
    if sum(len(block.text) for block in blocks) < _MIN_PAGE_CHARACTERS * count:
        return _read_scan(document, language)
    metadata = {name: normalised(value).strip() for name, value in document.get_metadata_dict().items()}
    title = _title(" ".join(metadata.get("Title", "").split()), blocks)
    text, headings = join_paragraphs([(block.text, heading) for block, heading in _with_headings(blocks, title)])
    return ParsedDocument(
        text=text,
        headings=headings,
        title=title,
        authors=_authors(metadata.get("Author", ""), running),
        published=_published(metadata.get("CreationDate", "")),
        language=language,
    )


def _read_scan(document: pdfium.PdfDocument, language: str) -> ParsedDocument:
    """Read pictures of pages by machine; the section says so wherever the article is shown."""
    text, _ = join_paragraphs(recognise_paragraphs(document))
    return ParsedDocument(text=text, title=guess_headline(text), language=language, section=RECOGNISED_SECTION)


def _pages(document: pdfium.PdfDocument) -> Iterator[list[Word]]:
    characters = 0
    for page in document:
        words = page_words(page)
        page.close()
        characters += sum(len(word.text) for word in words)
        if characters > MAX_CHARACTERS:
            raise ValueError(f"has more than {MAX_CHARACTERS:,} characters")
        yield words


def _title(named: str, blocks: Sequence[TextBlock]) -> str:
    """The title as the first page shows it: the part that the metadata names, else the one in the largest letters.

    Without letters that stand out, the title in the metadata; if a program made that up, the first line of the text.
    """
    if not _MIN_TITLE_LENGTH <= len(named) <= _MAX_TITLE_LENGTH or _FILE_NAME.search(named):
        named = ""
    larger = body_size(blocks) * _LARGER
    shown = [block for block in blocks if not block.page and block.size >= larger and _may_be_title(block.text)]
    for block in shown:
        if named and named.casefold() in block.text.casefold():
            return block.text
    if shown:
        return max(shown, key=lambda block: block.size).text
    first = blocks[0].text if blocks else ""
    return named or (first if _may_be_title(first) and not ends_sentence(first) else "")


def _may_be_title(text: str) -> bool:
    return _MIN_TITLE_LENGTH <= len(text) <= _MAX_TITLE_LENGTH and any(map(str.isalpha, text))


def _with_headings(blocks: Sequence[TextBlock], title: str) -> Iterator[tuple[TextBlock, bool]]:
    """Each block with whether it is a heading: in larger letters than most, short, and not the title."""
    larger = body_size(blocks) * _LARGER
    for block in blocks:
        yield block, block.size >= larger and len(block.text) <= _MAX_HEADING_LENGTH and block.text != title


def _authors(named: str, running: Sequence[str]) -> tuple[str, ...]:
    """The people among the authors in the metadata; who publishes a document stands in its running lines."""
    lines = " ".join(running).casefold()
    names = person_names([named]) if named else ()
    return tuple(name for name in names if not is_thing(tuple(name.split())) and name.casefold() not in lines)


def _published(written: str) -> str:
    """A date of PDF (`D:20260303080000+01'00'`) in ISO 8601; empty if it is none."""
    found = _DATE.match(written)
    if not found:
        return ""
    year, month, day, hour, minute, second, zone, zone_minute = found.groups()
    offset = f"{zone}:{zone_minute or '00'}" if zone else "+00:00"
    try:
        return to_iso(
            datetime.fromisoformat(f"{year}-{month}-{day}T{hour or '00'}:{minute or '00'}:{second or '00'}{offset}")
        )
    except ValueError:
        return ""


def _language(document: pdfium.PdfDocument) -> str:
    """The language that the catalog of the document names; empty if it names none."""
    length = pdfium_c.FPDFCatalog_GetLanguage(document, None, 0)
    if length <= 2:
        return ""
    buffer = (pdfium_c.FPDF_WCHAR * (length // 2))()
    pdfium_c.FPDFCatalog_GetLanguage(document, buffer, length)
    return language_code(bytes(buffer).decode("utf-16-le", "replace").rstrip("\x00"))
