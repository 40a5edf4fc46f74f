"""Times in bars of a round width."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evaluation.report.histogram import MAX_BARS, format_duration, histogram, time_unit
from bot.evaluation.report.svg_chart import Bar


def test_times_are_counted_between_round_limits() -> None:
    assert histogram([12.4, 20.0, 39.9, 61.0]) == [
        *(Bar("10", "15", 1), Bar("15", "20", 0), Bar("20", "25", 1), Bar("25", "30", 0), Bar("30", "35", 0)),
        *(Bar("35", "40", 1), Bar("40", "45", 0), Bar("45", "50", 0), Bar("50", "55", 0), Bar("55", "60", 0)),
        Bar("60", "65", 1),
    ]


def test_long_times_are_told_in_seconds() -> None:
    assert time_unit([900, 12_000]) == "seconds" and time_unit([900]) == "milliseconds"
    assert histogram([9_500, 12_500])[0] == Bar("9.5", "10", 1)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=40))
def test_every_time_is_in_one_of_few_bars(times: list[float]) -> None:
    bars = histogram(times)
    assert sum(bar.count for bar in bars) == len(times)
    assert len(bars) <= MAX_BARS and bars[0].count and bars[-1].count
    assert all(bar.end == following.start for bar, following in pairwise(bars))


def test_no_times_have_no_bars() -> None:
    assert histogram([]) == []


@pytest.mark.parametrize(("time", "said"), [(84.4, "84 ms"), (2_440, "2.4 s"), (61_000, "61 s")])
def test_a_time_is_said_in_the_unit_that_fits(time: float, said: str) -> None:
    assert format_duration(time) == said
