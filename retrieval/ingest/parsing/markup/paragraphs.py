"""Paragraphs of an article, as every reader of markup returns them."""

from retrieval.text.sentences import Span

Paragraph = tuple[str, bool]  # its text, and whether it is a heading

_SEPARATOR = "\n\n"
_MAX_HEADINGS = 100_000  # of one article; later ones are paragraphs, which bounds the memory


def join_paragraphs(paragraphs: list[Paragraph]) -> tuple[str, tuple[Span, ...]]:
    """Join paragraphs and headings with blank lines; return the text and the spans of the headings."""
    start, headings = 0, list[Span]()
    for text, is_heading in paragraphs:
        if is_heading and len(headings) < _MAX_HEADINGS:
            headings.append((start, start + len(text)))
        start += len(text) + len(_SEPARATOR)
    return _SEPARATOR.join(text for text, _ in paragraphs), tuple(headings)
