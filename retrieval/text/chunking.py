"""Chunk an article into passages that end at sentence ends and never cross a heading."""

from collections.abc import Iterator, Sequence
from math import ceil

from langchain_text_splitters import RecursiveCharacterTextSplitter

from retrieval.text.boilerplate import Block, BlockKind
from retrieval.text.sentences import Span, sentence_spans

PASSAGE_CHARACTERS = 800  # tuned on evals `news` and `quotes`: python -m evals --passage N


def chunk_article(text: str, parts: Sequence[Block], *, size: int = PASSAGE_CHARACTERS) -> list[tuple[Span, str]]:
    """Spans of passages of at most `size` characters, each with its section's heading (empty before the first)."""
    return [(span, heading) for heading, units in _sections(text, parts, size) for span in _pack_units(units, size)]


def _sections(text: str, parts: Sequence[Block], size: int) -> Iterator[tuple[str, list[Span]]]:
    heading, units = "", list[Span]()
    for part in parts:
        if part.kind is BlockKind.HEADING:
            if units:
                yield heading, units
            heading, units = text[part.start : part.end], []
        elif part.kind is BlockKind.BODY:
            units.extend(_sentence_units(text, part, size))
        elif units:  # a passage is one span, so it must not reach across boilerplate
            yield heading, units
            units = []
    if units:
        yield heading, units


def _sentence_units(text: str, part: Block, size: int) -> Iterator[Span]:
    for start, end in sentence_spans(text, part.start, part.end):
        if end - start <= size:
            yield start, end
        else:
            yield from _split_long_sentence(text, start, end, size)


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


def _pack_units(units: Sequence[Span], size: int) -> Iterator[Span]:
    """Join neighbouring sentences into spans of about equal length, so that no section ends in a tiny passage."""
    last = units[-1][1]
    start, end = units[0]
    target = _balanced_length(last - start, size)
    for left, right in units[1:]:
        extended = right - start
        if extended > size or extended - target > target - (end - start):
            yield start, end
            start, target = left, _balanced_length(last - left, size)
        end = right
    yield start, end


def _balanced_length(length: int, size: int) -> float:
    """The length of each part if `length` is divided evenly into the fewest parts of at most `size`."""
    return length / ceil(length / size)
