"""Read a document of any of the formats; each reader and its library are imported with the first document of theirs."""

from retrieval.ingest.parsing.formats.detection import FORMAT_NAMES, ZIP_MAGIC, FileFormat, detect_format
from retrieval.ingest.parsing.formats.parsed_document import ParsedDocument
from retrieval.ingest.parsing.formats.zip_archive import open_archive

_TEXT_FORMATS: tuple[FileFormat, ...] = ("vtt", "srt")


def read_document(expected: FileFormat, content: bytes) -> tuple[ParsedDocument, ...]:
    """The articles in a document: one, or the chapters of an e-book.

    Raises ValueError with the reason when the content is of another format, cannot be read or has no text.
    """
    if not content.strip():
        raise ValueError("is empty")
    found = detect_format(content)
    if found != expected and expected not in _TEXT_FORMATS:
        raise ValueError(f"is no {FORMAT_NAMES[expected]} file, whatever its name says{_reason(found, content)}")
    match expected:
        case "pdf":
            from retrieval.ingest.parsing.formats.pdf.document import parse_pdf

            return (parse_pdf(content),)
        case "docx":
            from retrieval.ingest.parsing.formats.office.word import parse_docx

            return (parse_docx(content),)
        case "odt":
            from retrieval.ingest.parsing.formats.office.open_document import parse_odt

            return (parse_odt(content),)
        case "rtf":
            from retrieval.ingest.parsing.formats.office.rich_text import parse_rtf

            return (parse_rtf(content),)
        case "epub":
            from retrieval.ingest.parsing.formats.epub import parse_epub

            return parse_epub(content)
        case "vtt" | "srt":
            from retrieval.ingest.parsing.formats.subtitles import parse_subtitles

            return (parse_subtitles(content, found if found in _TEXT_FORMATS else expected),)


def _reason(found: FileFormat | None, content: bytes) -> str:
    """What the content is instead, as the end of a sentence; empty if that is unknown."""
    if found:
        return f"; it is {FORMAT_NAMES[found]}, so name it .{found}"
    try:
        if content.startswith(ZIP_MAGIC):
            open_archive(content).close()
    except ValueError as exc:
        return f": it {exc}"
    return ""
