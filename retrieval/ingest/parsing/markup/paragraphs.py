"""Paragraphs of an article, as every reader of markup returns them."""

from retrieval.ingest.parsing.markup.decoding import normalised
from retrieval.text.sentences import Span

Paragraph = tuple[str, bool]  # its text, and whether it is a heading

_SEPARATOR = "\n\n"
_MAX_HEADINGS = 100_000  # of one article; later ones are paragraphs, which bounds the memory


def join_paragraphs(paragraphs: list[Paragraph]) -> tuple[str, tuple[Span, ...]]:
    """Join paragraphs and headings with blank lines; return the text and the spans of the headings.

    The texts are normalised first.
    """
    start, headings = 0, list[Span]()
    found = ((normalised(text).strip(), is_heading) for text, is_heading in paragraphs)
    normal = [part for part in found if part[0]]
    for text, is_heading in normal:
        if is_heading and len(headings) < _MAX_HEADINGS:
            headings.append((start, start + len(text)))
        start += len(text) + len(_SEPARATOR)
    return _SEPARATOR.join(text for text, _ in normal), tuple(headings)
