"""Look up spans by position: what a scan of all of them would say, in logarithmic time."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from retrieval.text.sentences import Span

_BLOCK_CHARACTERS = 512


class SpanIndex:
    """Spans sorted by where they start; they may overlap."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._spans = sorted(spans)
        self._starts = [start for start, _ in self._spans]
        self._furthest = list(accumulate((end for _, end in self._spans), max))  # end of all spans up to each one

    def count_before(self, at: int) -> int:
        """How many spans start before a character."""
        return bisect_left(self._starts, at)

    def overlaps(self, span: Span) -> bool:
        """Whether a span starts before the end of this one and ends after its start."""
        before = self.count_before(span[1])
        return before > 0 and self._furthest[before - 1] > span[0]

    def holds(self, at: int) -> bool:
        """Whether a character stands in a span."""
        return self.overlaps((at, at + 1))

    def between(self, span: Span) -> Sequence[Span]:
        """The spans that overlap this one, where no two spans overlap each other."""
        return self._spans[bisect_right(self._furthest, span[0]) : self.count_before(span[1])]


class NumberedSpans:
    """Spans with the numbers of what they belong to; each is known to every block of the text that it reaches into."""

    def __init__(self, spans: Iterable[tuple[Span, int]]) -> None:
        self._blocks: dict[int, list[tuple[Span, int]]] = defaultdict(list)
        for span, number in spans:
            for block in range(span[0] // _BLOCK_CHARACTERS, span[1] // _BLOCK_CHARACTERS + 1):
                self._blocks[block].append((span, number))

    def holding(self, at: int) -> Iterator[int]:
        """The numbers of the spans that hold a character, in the order given."""
        return (number for (start, end), number in self._blocks.get(at // _BLOCK_CHARACTERS, ()) if start <= at < end)
