"""Read RTF documents by striprtf: a line is a paragraph; title and author are in the document's information."""

import re

from striprtf.striprtf import rtf_to_text

from retrieval.ingest.parsing.formats.parsed_document import ParsedDocument
from retrieval.ingest.parsing.markup.authors import person_names
from retrieval.ingest.parsing.markup.decoding import normalised
from retrieval.ingest.parsing.markup.paragraphs import join_paragraphs
from retrieval.text.boilerplate import guess_headline

# What a field is made of, such as the address of a link; what a reader sees of it follows in another group.
_FIELD_INSTRUCTION = re.compile(r"\{\\\*\\fldinst[^{}]{0,2000}(?:\{[^{}]{0,2000}\}[^{}]{0,2000}){0,5}\}")
_INFORMATION = r"\{\\%s ([^{}]{1,500})\}"
_INFORMATION_CHARACTERS = 20_000  # of the file, in which it stands


def parse_rtf(content: bytes) -> ParsedDocument:
    """Parse an RTF document. Raises ValueError with the reason when it cannot be read or has no text."""
    source = _FIELD_INSTRUCTION.sub("", content.decode("latin-1"))
    lines = (" ".join(line.strip("|").replace("|", " | ").split()) for line in _text_of(source).splitlines())
    text, _ = join_paragraphs([(line, False) for line in lines if line])
    if not text:
        raise ValueError("holds no text")
    author = _information(source, "author")
    return ParsedDocument(
        text=text,
        title=_information(source, "title") or guess_headline(text),
        authors=person_names([author]) if author else (),
    )


def _information(source: str, name: str) -> str:
    found = re.search(_INFORMATION % name, source[:_INFORMATION_CHARACTERS])
    return " ".join(_text_of(f"{{\\rtf1 {found[1]}}}").split()) if found else ""


def _text_of(source: str) -> str:
    try:
        return normalised(rtf_to_text(source, errors="replace"))  # type: ignore[no-untyped-call]
    except (ValueError, LookupError, OverflowError, TypeError) as exc:
        raise ValueError("is a damaged RTF file") from exc
