"""Bisection says what a scan of all spans says."""

from hypothesis import given
from hypothesis import strategies as st

from retrieval.quotes.span_index import NumberedSpans, SpanIndex
from retrieval.text.sentences import Span

PLACES = st.integers(0, 2_000)
SPANS = st.tuples(PLACES, st.integers(1, 1_000)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(st.lists(SPANS, max_size=12), SPANS, PLACES)
def test_overlapping_spans_are_found(spans: list[Span], asked: Span, at: int) -> None:
    index = SpanIndex(spans)
    assert index.overlaps(asked) is any(start < asked[1] and asked[0] < end for start, end in spans)
    assert index.holds(at) is any(start <= at < end for start, end in spans)
    assert index.count_before(at) == sum(start < at for start, _ in spans)


@given(st.lists(PLACES, max_size=20, unique=True).map(sorted), SPANS)
def test_spans_apart_are_listed(places: list[int], asked: Span) -> None:
    spans = list(zip(places[::2], places[1::2], strict=False))
    found = [(start, end) for start, end in spans if start < asked[1] and asked[0] < end]
    assert list(SpanIndex(spans).between(asked)) == found


@given(st.lists(SPANS, max_size=12), PLACES)
def test_numbers_of_spans_that_hold_a_place(spans: list[Span], at: int) -> None:
    numbered = [(span, number) for number, span in enumerate(spans)]
    assert list(NumberedSpans(numbered).holding(at)) == [n for (start, end), n in numbered if start <= at < end]
