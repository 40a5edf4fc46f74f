"""Chunk an article into passages that end at sentence ends and never cross a heading."""

from collections.abc import Iterator, Sequence
from math import ceil

from langchain_text_splitters import RecursiveCharacterTextSplitter

from retrieval.text.boilerplate import Block, BlockKind
from retrieval.text.sentences import Span, iterate_sentences, text_windows, trimmed

LONGEST_SENTENCE = 50_000  # characters; a longer one is cut into so long windows before it is split
PASSAGE_CHARACTERS = 800  # tuned on evals `news` and `quotes`: python -m evals --passage N


def chunk_article(text: str, parts: Sequence[Block], *, size: int = PASSAGE_CHARACTERS) -> list[tuple[Span, str]]:
    """Spans of passages of at most `size` characters, each with its section's heading (empty before the first)."""
    return [
        (span, heading)
        for heading, bodies in _sections(text, parts)
        for span in _pack_units(_units(text, bodies, size), bodies[-1][1], size)
    ]


def _sections(text: str, parts: Sequence[Block]) -> Iterator[tuple[str, list[Span]]]:
    """The body blocks between two headings, trimmed, with the heading above them."""
    heading, bodies = "", list[Span]()
    for part in parts:
        if part.kind is BlockKind.BODY:
            start, end = trimmed(text, part.start, part.end)
            if start < end:
                bodies.append((start, end))
            continue
        if bodies:  # a passage is one span, so it must not reach across boilerplate
            yield heading, bodies
            bodies = []
        if part.kind is BlockKind.HEADING:
            heading = text[part.start : part.end]
    if bodies:
        yield heading, bodies


def _units(text: str, bodies: Sequence[Span], size: int) -> Iterator[Span]:
    """The sentences of some blocks, and the pieces of those that are longer than a passage."""
    for body in bodies:
        for start, end in iterate_sentences(text, *body):
            if end - start <= size:
                yield start, end
            else:
                for window in text_windows(text, LONGEST_SENTENCE, start, end):
                    yield from _split_long_sentence(text, *window, size)


def _split_long_sentence(text: str, start: int, end: int, size: int) -> Iterator[Span]:
    """Split a sentence longer than a passage at the coarsest separator that yields short enough pieces."""
    splitter = RecursiveCharacterTextSplitter(
        chunk_size=size,
        chunk_overlap=0,
        add_start_index=True,
        keep_separator="end",
        separators=["\n", "; ", ", ", " ", ""],
    )
    for piece in splitter.create_documents([text[start:end]]):
        first = start + int(piece.metadata["start_index"])
        if piece.page_content.strip():
            yield first, first + len(piece.page_content)


def _pack_units(units: Iterator[Span], last: int, size: int) -> Iterator[Span]:
    """Join neighbouring sentences into spans of about equal length, so that no section ends in a tiny passage.

    `last` is where the section ends.
    """
    start, end = next(units)
    target = _balanced_length(last - start, size)
    for left, right in units:
        extended = right - start
        if extended > size or extended - target > target - (end - start):
            yield start, end
            start, target = left, _balanced_length(last - left, size)
        end = right
    yield start, end


def _balanced_length(length: int, size: int) -> float:
    """The length of each part if `length` is divided evenly into the fewest parts of at most `size`."""
    return length / ceil(length / size)
