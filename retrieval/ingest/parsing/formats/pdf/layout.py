"""Put the words of a page in reading order: rows from top to bottom, columns one after the other.

A gutter is a strip without words that many rows in a row leave free, with lines of prose on both sides. Rows above and
below these, such as a headline across the page, are read before and after the columns. The cells of a table have too
few words to be columns, so that a table is read row by row.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from retrieval.ingest.parsing.formats.pdf.words import Word

_GUTTER = 0.8  # of the size of the words: the least width of the space between two columns
_ROW_TOLERANCE = 0.4  # of the size, by which the words of one row may stand higher or lower
_MIN_COLUMN_ROWS = 3
_MIN_COLUMN_WORDS = 2.5  # a row, on average; cells of tables have fewer
_WORD_LENGTH = 8  # characters; longer runs count as several words, as in scripts without spaces
_SECTION_GAP = 1.8  # of the usual distance between rows, from which a row beside no other is no part of the columns
_CELL_GAP = 1.5  # of the size, between the cells of a row
_MAX_COLUMN_DEPTH = 6  # columns within columns
_MAX_GUTTERS = 200  # places of a page at which a gutter is looked for


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a column; `cells` counts its parts with wide gaps between them, `first` is its first word's width.

    Lengths in points, `baseline` counted from the bottom of the page.
    """

    text: str
    left: float
    right: float
    baseline: float
    size: float
    first: float = 0.0
    cells: int = 1


def rows(words: Sequence[Word]) -> list[list[Word]]:
    """The words at one height, from the top of the page to its bottom, each row from left to right."""
    found = list[list[Word]]()
    for word in sorted(words, key=lambda word: -word.baseline):
        if found and found[-1][0].baseline - word.baseline <= _ROW_TOLERANCE * min(found[-1][0].size, word.size):
            found[-1].append(word)
        else:
            found.append([word])
    return [sorted(row, key=lambda word: word.left) for row in found]


def columns(words: Sequence[Word], depth: int = _MAX_COLUMN_DEPTH) -> Iterator[list[Line]]:
    """The lines of each column or part of a page without columns, in reading order."""
    found = rows(words)
    gutter = _widest_columns(found) if depth else None
    if gutter is None:
        if found:
            yield [_line(row) for row in found]
        return
    first, last, at = gutter
    inside = [word for row in found[first:last] for word in row]
    parts = (
        [word for row in found[:first] for word in row],
        [word for word in inside if word.right <= at],
        [word for word in inside if word.right > at],
        [word for row in found[last:] for word in row],
    )
    for part in parts:
        yield from columns(part, depth - 1)


def _widest_columns(found: Sequence[list[Word]]) -> tuple[int, int, float] | None:
    """The rows (first, one after the last) and the place of the gutter with most words on its emptier side."""
    if len(found) < _MIN_COLUMN_ROWS:
        return None
    width = _GUTTER * median(word.size for row in found for word in row)
    strips = [_strips(row, width) for row in found]
    best, most = None, 0
    for at in _candidates(strips, width):
        for first, last in _free_runs(strips, at, width):
            first, last = _without_separate_rows(found, first, last, at)
            words = _words_beside(found[first:last], at)
            if words > most:
                best, most = (first, last, at), words
    return best


def _strips(row: Sequence[Word], width: float) -> list[tuple[float, float]]:
    """What a row covers: its words, joined over gaps that are narrower than a gutter."""
    strips = [(row[0].left, row[0].right)]
    for word in row[1:]:
        left, right = strips[-1]
        if word.left - right < width:
            strips[-1] = (left, max(right, word.right))
        else:
            strips.append((word.left, word.right))
    return strips


def _candidates(strips: Sequence[list[tuple[float, float]]], width: float) -> list[float]:
    """Places just left of where something begins."""
    left = min(row[0][0] for row in strips)
    places = {round(start - width / 2) for row in strips for start, _ in row if start > left + 4 * width}
    return [float(place) for place in sorted(places)][:_MAX_GUTTERS]


def _free_runs(strips: Sequence[list[tuple[float, float]]], at: float, width: float) -> Iterator[tuple[int, int]]:
    """Rows that follow each other and leave a strip around `at` free."""
    first = None
    for index, row in enumerate([*strips, None]):
        is_free = row is not None and not any(
            start < at + width / 2 - 1 and end > at - width / 2 + 1 for start, end in row
        )
        if is_free and first is None:
            first = index
        elif not is_free and first is not None:
            yield first, index
            first = None


def _without_separate_rows(found: Sequence[list[Word]], first: int, last: int, at: float) -> tuple[int, int]:
    """The same rows without those at either end that stand on one side alone and apart from the others."""
    heights = [row[0].baseline for row in found]
    gaps = [before - after for before, after in zip(heights[first:last], heights[first + 1 : last], strict=False)]
    apart = _SECTION_GAP * median(gaps) if gaps else 0.0
    start, end = first, last
    while start < end - 1 and _is_on_one_side(found[start], at) and heights[start] - heights[start + 1] > apart:
        start += 1
    while end - 1 > start and _is_on_one_side(found[end - 1], at) and heights[end - 2] - heights[end - 1] > apart:
        end -= 1
    return start, end


def _is_on_one_side(row: Sequence[Word], at: float) -> bool:
    return row[-1].right <= at or row[0].left >= at


def _words_beside(found: Sequence[list[Word]], at: float) -> int:
    """The number of words on the side that has fewer; 0 where the two sides are no columns of prose side by side."""
    left = [[word for word in row if word.right <= at] for row in found]
    right = [[word for word in row if word.right > at] for row in found]
    sides = [[(index, row) for index, row in enumerate(side) if row] for side in (left, right)]
    for side in sides:
        words = sum(_count(row) for _, row in side)
        if len(side) < _MIN_COLUMN_ROWS or words < _MIN_COLUMN_WORDS * len(side):
            return 0
    overlap = min(sides[0][-1][0], sides[1][-1][0]) - max(sides[0][0][0], sides[1][0][0]) + 1
    if overlap < _MIN_COLUMN_ROWS:
        return 0
    return int(min(sum(_count(row) for _, row in side) for side in sides))


def _count(row: Sequence[Word]) -> float:
    """The number of words in a row."""
    return sum(max(1.0, len(word.text) / _WORD_LENGTH) for word in row)


def _line(row: Sequence[Word]) -> Line:
    sizes = sorted(word.size for word in row for _ in word.text)
    size = sizes[len(sizes) // 2]
    gaps = [after.left - before.right for before, after in pairwise(row)]
    return Line(
        text=" ".join(word.text for word in row),
        left=row[0].left,
        right=max(word.right for word in row),
        baseline=row[0].baseline,
        size=size,
        first=row[0].right - row[0].left,
        cells=1 + sum(gap > _CELL_GAP * size for gap in gaps),
    )
