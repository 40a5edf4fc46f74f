"""Build the document of a text processor's paragraphs and metadata, which DOCX and ODT hold in the same form."""

from lxml import etree

from retrieval.ingest.parsing.formats.parsed_document import ParsedDocument
from retrieval.ingest.parsing.formats.zip_archive import first_text, texts_of
from retrieval.ingest.parsing.markup.authors import person_names
from retrieval.ingest.parsing.markup.decoding import normalised
from retrieval.ingest.parsing.markup.paragraphs import Paragraph, join_paragraphs
from retrieval.text.language import language_code


def build_document(paragraphs: list[Paragraph], metadata: etree._Element | None, *creators: str) -> ParsedDocument:
    """A document whose authors are in the first of the elements `creators` that names any.

    Raises ValueError where it has no text.
    """
    text, headings = join_paragraphs(paragraphs)
    if not text:
        raise ValueError("holds no text")
    title = first_text(metadata, "title") or next((line for line, is_heading in paragraphs if is_heading), "")
    named = next(filter(None, (texts_of(metadata, name) for name in creators)), [])
    return ParsedDocument(
        text=text,
        headings=headings,
        title=normalised(title),
        authors=person_names(map(normalised, named)),
        language=language_code(first_text(metadata, "language")),
    )
