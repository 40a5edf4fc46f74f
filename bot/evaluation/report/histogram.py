"""Sort times into bars of a round width."""

import math
from collections.abc import Sequence

from bot.evaluation.report.svg_chart import Bar

MAX_BARS = 12
ROUND_FACTORS = (1, 2, 5, 10)
SECOND = 1_000  # milliseconds
SECONDS_FROM = 10 * SECOND  # milliseconds from which times are shown in seconds


def histogram(times: Sequence[float]) -> list[Bar]:
    """Count the times (milliseconds) in each of at most MAX_BARS bars, lower limit included and upper limit excluded.

    The limits are in the unit that `time_unit` returns.
    """
    if not times:
        return []
    step, size = _bar_width(max(times) - min(times)), SECOND if time_unit(times) == "seconds" else 1
    first = math.floor(min(times) / step)
    counts = [0] * (math.floor(max(times) / step) - first + 1)
    for time in times:
        counts[math.floor(time / step) - first] += 1
    limits = [f"{(first + at) * step / size:g}" for at in range(len(counts) + 1)]
    return [Bar(limits[at], limits[at + 1], count) for at, count in enumerate(counts)]


def time_unit(times: Sequence[float]) -> str:
    """The unit of the limits of a histogram of these times."""
    return "seconds" if max(times, default=0) >= SECONDS_FROM else "milliseconds"


def format_duration(milliseconds: float) -> str:
    """Format a time: 84 ms, 2.4 s."""
    if milliseconds < SECOND:
        return f"{milliseconds:.0f} ms"
    return f"{milliseconds / SECOND:.{0 if milliseconds >= SECONDS_FROM else 1}f} s"


def _bar_width(span: float) -> int:
    """The smallest of 1, 2, 5, 10, 20, ... milliseconds that needs at most MAX_BARS bars, wherever the first begins."""
    least = max(1.0, span / (MAX_BARS - 1))
    power = int(10 ** math.floor(math.log10(least)))
    return next(power * factor for factor in ROUND_FACTORS if power * factor >= least)
