"""Draw small charts as SVG (https://www.w3.org/TR/SVG11/): a line chart, a bar chart, a stacked bar.

Colours are CSS classes of the page; sizes are in pixels at the width of a phone, so that text stays readable there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from bot.evaluation.report.html_text import format_percent

WIDTH, HEIGHT = 360, 220
LEFT, RIGHT, TOP, BOTTOM = 48, 14, 24, 46  # margins
INSET = 22  # from the edges to the first and last point, so that their labels have room
INNER, TALL = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)
ABOVE, BELOW, BESIDE = 9, 18, 6  # between a label and its point, tick or gridline
GAP, WIDEST = 2, 60  # between bars; width of a bar
STRIP = 34  # height of the stacked bar
MOST_LABELS = 6  # below bars


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a histogram: its limits and its count."""

    start: str
    end: str
    count: int


def line_chart(values: Sequence[float], *, labelled: Sequence[int], axis: str, label: str) -> str:
    """Draw shares (0 to 1) at 1, 2, 3 ...; those at `labelled` show their value. Screen readers read `label`."""
    points = line_points(values)
    grid = "".join(_gridline(share, format_percent(share)) for share in QUARTERS)
    below = "".join(_text(x, TOP + TALL + BELOW, str(n)) for n, (x, _) in enumerate(points, 1))
    curve = " ".join(f"{x:g},{y:g}" for x, y in points)
    dots = "".join(f'<circle class="dot" cx="{x:g}" cy="{y:g}" r="3"/>' for x, y in points)
    marked = [(points[n - 1], values[n - 1]) for n in labelled if n <= len(points)]
    values_shown = "".join(_text(x, y - ABOVE, format_percent(value), "value") for (x, y), value in marked)
    return _svg(
        f'{grid}{below}<polyline class="curve" points="{curve}"/>{dots}{values_shown}{_axis_label(axis)}', label
    )


def line_points(values: Sequence[float]) -> list[tuple[float, float]]:
    """The points of the values, in pixels from the upper left corner."""
    step = (INNER - 2 * INSET) / max(1, len(values) - 1)
    return [(round(LEFT + INSET + at * step, 1), _height(value)) for at, value in enumerate(values)]


def bar_chart(counted: Sequence[Bar], *, axis: str, label: str) -> str:
    """Draw a histogram: bars with their counts, and the limits below as far as they fit."""
    most = max((bar.count for bar in counted), default=0) or 1
    wide = min(WIDEST, INNER / max(1, len(counted)))
    every = -(-len(counted) // MOST_LABELS) or 1
    drawn = [_gridline(0, "")]
    for at, bar in enumerate(counted):
        x, y = LEFT + at * wide, _height(bar.count / most)
        if bar.count:
            drawn.append(_rect(x + GAP / 2, y, wide - GAP, TOP + TALL - y, "bar"))
            drawn.append(_text(x + wide / 2, y - BESIDE, str(bar.count), "value"))
        if at % every == 0:
            drawn.append(_text(x, TOP + TALL + BELOW, bar.start))
    if counted and len(counted) % every == 0:
        drawn.append(_text(LEFT + len(counted) * wide, TOP + TALL + BELOW, counted[-1].end))
    return _svg("".join(drawn) + _axis_label(axis), label)


def stacked_bar(shares: Sequence[tuple[str, float]], *, label: str) -> str:
    """Draw one bar of the page's width, divided into shares (0 to 1), each with its CSS class."""
    drawn, x = list[str](), 0.0
    for name, share in shares:
        if share:
            gap = GAP if x else 0
            drawn.append(_rect(x + gap, 0, max(1, share * WIDTH - gap), STRIP, name))
        x += share * WIDTH
    return _svg("".join(drawn), label, height=STRIP, aspect="none")


def _svg(drawn: str, label: str, *, height: int = HEIGHT, aspect: str = "xMidYMid") -> str:
    facts = f'viewBox="0 0 {WIDTH} {height}" preserveAspectRatio="{aspect}" role="img" aria-label="{escape(label)}"'
    return f"<svg {facts}>{drawn}</svg>"


def _height(share: float) -> float:
    return round(TOP + (1 - share) * TALL, 1)


def _gridline(share: float, text: str) -> str:
    y = _height(share)
    rule = f'<line class="rule" x1="{LEFT}" y1="{y:g}" x2="{LEFT + INNER}" y2="{y:g}"/>'
    return rule + (_text(LEFT - BESIDE, y + 4, text, "level") if text else "")


def _axis_label(text: str) -> str:
    return _text(LEFT + INNER / 2, HEIGHT - BESIDE, text, "axis")


def _rect(x: float, y: float, width: float, height: float, name: str) -> str:
    return f'<rect class="{name}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"/>'


def _text(x: float, y: float, text: str, name: str = "tick") -> str:
    return f'<text class="{name}" x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>'
