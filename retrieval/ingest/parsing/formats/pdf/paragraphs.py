"""Join the lines of a PDF document to paragraphs and the words that are divided at their ends."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from retrieval.ingest.parsing.formats.pdf.layout import Line
from retrieval.text.terms import common_words

_PARAGRAPH_GAP = 1.25  # of the usual distance between lines; a wider one parts paragraphs
_HEADLINE_GAP = 1.4  # of the size, between two headlines
_OTHER_SIZE = 1.1  # ratio of sizes, from which two lines are of different paragraphs
_INDENT = 0.7  # of the size
_SHORT_LINE = 0.6  # of the column's width
_FIT = 0.5  # of the size, which the next word must leave free to have fitted on a line
_MAX_PARAGRAPH_LENGTH, _MAX_WORD_LENGTH = 20_000, 60  # characters
_MIN_ENGLISH_SHARE = 0.7  # of the words of a text that are common English words
_LEFT_HALF, _RIGHT_HALF = re.compile(r"(\w+)[-\u2010\u00ad]$"), re.compile(r"\w+")
_SENTENCE_END = re.compile(r"[.!?:…][\"'’”»)\]]*$")
_BULLET = re.compile(r"[•●▪◦‣·*–—-]\s|\(?\d{1,2}[.)]\s")


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A paragraph or heading with the size of its letters in points, and the page it begins on."""

    text: str
    size: float
    page: int


@dataclass(frozen=True, slots=True)
class _Column:
    """What the lines of a column have in common; `leading` is the usual distance of two of them."""

    left: float
    right: float
    size: float
    leading: float


def build_paragraphs(pages: Sequence[Sequence[list[Line]]], language: str = "") -> list[TextBlock]:
    """The paragraphs of the columns of all pages; the end of a column or page ends one only where a sentence ends."""
    hyphens = Hyphenation([line.text for page in pages for column in page for line in column], language)
    blocks, current, begun_on, length = list[TextBlock](), list[Line](), 0, 0
    for number, line, is_first in _lines_in_order(pages):
        if current and (is_first or length > _MAX_PARAGRAPH_LENGTH):
            blocks.append(_block(current, begun_on, hyphens))
            current = []
        if not current:
            begun_on, length = number, 0
        current.append(line)
        length += len(line.text)
    return [*blocks, _block(current, begun_on, hyphens)] if current else blocks


def _lines_in_order(pages: Sequence[Sequence[list[Line]]]) -> Iterator[tuple[int, Line, bool]]:
    """All lines, each with the number of its page and whether a paragraph begins with it."""
    previous: Line | None = None
    for number, page in enumerate(pages):
        for lines in page:
            column, before = _column(lines), None
            for line in lines:
                if before:
                    is_first = _parts_paragraphs(before, line, column)
                else:
                    is_first = previous is None or _parts_columns(previous, line)
                yield number, line, is_first
                before = previous = line


def body_size(blocks: Sequence[TextBlock]) -> float:
    """The size of most letters."""
    sizes = Counter[float]()
    for block in blocks:
        sizes[round(block.size * 2) / 2] += len(block.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def ends_sentence(text: str) -> bool:
    """Whether a text ends like a sentence."""
    return bool(_SENTENCE_END.search(text))


def _column(lines: Sequence[Line]) -> _Column:
    gaps = sorted(
        gap
        for before, after in pairwise(lines)
        if 0 < (gap := before.baseline - after.baseline) < 3 * max(before.size, after.size)
        and _are_of_one_size(before, after)
    )
    # The lower third: where every paragraph has one or two lines, half of the distances are those between paragraphs.
    size = median(line.size for line in lines)
    leading = gaps[len(gaps) // 3] if gaps else size
    return _Column(min(line.left for line in lines), max(line.right for line in lines), size, leading)


def _parts_paragraphs(before: Line, line: Line, column: _Column) -> bool:
    """Whether a new paragraph begins with a line of the same column."""
    if not _are_of_one_size(before, line) or before.cells > 1 or line.cells > 1:
        return True
    gap = before.baseline - line.baseline
    if line.size >= _OTHER_SIZE * column.size:  # a headline of several lines, which may be centred
        return gap > _HEADLINE_GAP * line.size
    if gap > _PARAGRAPH_GAP * column.leading or _BULLET.match(line.text):
        return True
    if _is_indented(line, column) and not _is_indented(before, column):
        return True
    return _is_forced_end(before, line, column)


def _is_forced_end(before: Line, line: Line, column: _Column) -> bool:
    """Whether a line was ended although the next word had room on it, at a sentence's end or far from the margin."""
    if _LEFT_HALF.search(before.text[-_MAX_WORD_LENGTH:]):
        return False
    has_room = before.right + line.first + _FIT * line.size <= column.right
    is_short = before.right - column.left < _SHORT_LINE * (column.right - column.left)
    return has_room and (ends_sentence(before.text) or (is_short and not line.text[0].islower()))


def _parts_columns(before: Line, line: Line) -> bool:
    """Whether a new paragraph begins with the first line of a column or page."""
    return (
        not _are_of_one_size(before, line)
        or before.cells > 1
        or line.cells > 1
        or ends_sentence(before.text)
        or bool(_BULLET.match(line.text))
    )


def _are_of_one_size(before: Line, line: Line) -> bool:
    return max(before.size, line.size) < _OTHER_SIZE * min(before.size, line.size)


def _is_indented(line: Line, column: _Column) -> bool:
    return line.left - column.left > _INDENT * line.size


def _block(lines: Sequence[Line], page: int, hyphens: "Hyphenation") -> TextBlock:
    text = lines[0].text
    for line in lines[1:]:
        text = hyphens.join(text, line.text)
    return TextBlock(text, median(line.size for line in lines), page)


class Hyphenation:
    """Joins lines; a hyphen at the end of one stays where it belongs to the word, as in `anti-corruption`.

    It is dropped where the whole word stands elsewhere in the document or is a common English one, and kept where
    both halves are words by themselves. In other languages a hyphen before a small letter divides a word.
    """

    def __init__(self, lines: Sequence[str], language: str = "") -> None:
        words = Counter(word.lower() for line in lines for word in re.findall(r"[^\W\d_]+", line[:-1]))
        self._compounds = {word.lower() for line in lines for word in re.findall(r"\w+-\w+", line)}
        self._words = words
        known = sum(count for word, count in words.items() if word in common_words())
        self._is_english = language == "en" if language else known >= _MIN_ENGLISH_SHARE * max(1, words.total())

    def join(self, before: str, line: str) -> str:
        """Join the lines of a paragraph."""
        left, right = _LEFT_HALF.search(before[-_MAX_WORD_LENGTH:]), _RIGHT_HALF.match(line)
        if not left or not right:
            return f"{before} {line}"
        if before[-1] == "\u00ad" or self._is_divided(left[1], right[0]):
            return before[:-1] + line
        return before + line

    def _is_divided(self, left: str, right: str) -> bool:
        """Whether two halves are one word without a hyphen."""
        if not right[0].islower() or not left[-1].isalpha():
            return False
        one, other, whole = left.lower(), right.lower(), f"{left}{right}".lower()
        if f"{one}-{other}" in self._compounds:
            return False
        if not self._is_english or self._words[whole] or whole in common_words():
            return True
        return not (one in common_words() and other in common_words())
