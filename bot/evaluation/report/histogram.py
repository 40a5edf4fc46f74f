"""Times sorted into bars of a round width."""

import math
from collections.abc import Sequence

from bot.evaluation.report.svg_chart import Bar

MOST = 12  # bars
ROUND = (1, 2, 5, 10)
SECOND = 1_000  # milliseconds
LONG = 10 * SECOND  # from here on, times are told in seconds


def histogram(times: Sequence[float]) -> list[Bar]:
    """How many of the times (milliseconds) lie in each of at most 12 bars; each has its lower limit, not its upper.

    Limits are in the unit that `unit` tells.
    """
    if not times:
        return []
    step, size = _step(max(times) - min(times)), SECOND if unit(times) == "seconds" else 1
    first = math.floor(min(times) / step)
    counts = [0] * (math.floor(max(times) / step) - first + 1)
    for time in times:
        counts[math.floor(time / step) - first] += 1
    limits = [f"{(first + at) * step / size:g}" for at in range(len(counts) + 1)]
    return [Bar(limits[at], limits[at + 1], count) for at, count in enumerate(counts)]


def unit(times: Sequence[float]) -> str:
    """In what the limits of a histogram are."""
    return "seconds" if max(times, default=0) >= LONG else "milliseconds"


def duration(milliseconds: float) -> str:
    """A time as people say it: 84 ms, 2.4 s."""
    if milliseconds < SECOND:
        return f"{milliseconds:.0f} ms"
    return f"{milliseconds / SECOND:.{0 if milliseconds >= LONG else 1}f} s"


def _step(span: float) -> int:
    """The smallest of 1, 2, 5, 10, 20, ... milliseconds that makes few enough bars, wherever the first one begins."""
    least = max(1.0, span / (MOST - 1))
    power = int(10 ** math.floor(math.log10(least)))
    return next(power * factor for factor in ROUND if power * factor >= least)
