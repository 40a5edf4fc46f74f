"""Figures as a table: one line a set and system, and on how many rows."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """What one system reached on one set."""

    name: str
    system: str
    rows: int
    figures: dict[str, float]


def show(lines: list[Line]) -> str:
    """Lines of the same set one below the other, a header wherever the figures change."""
    shown, header = list[str](), tuple[str, ...]()
    for line in lines:
        if tuple(line.figures) != header:
            header = tuple(line.figures)
            titles = "".join(f"{name:>17}" for name in header)
            shown.append(f"\n{'set':<26}{'system':<22}{'rows':>6}{titles}")
        values = "".join(f"{value:>17.3f}" for value in line.figures.values())
        shown.append(f"{line.name:<26}{line.system:<22}{line.rows:>6}{values}")
    return "\n".join(shown)
