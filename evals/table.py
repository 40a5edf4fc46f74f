"""Format results as a table: one line for each set and system, with the number of rows."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """The results of one system on one set."""

    name: str
    system: str
    rows: int
    figures: dict[str, float]


def print_table(lines: list[Line]) -> str:
    """Format the lines, those of one set together, with a header wherever the measures change."""
    shown, header = list[str](), tuple[str, ...]()
    for line in lines:
        if tuple(line.figures) != header:
            header = tuple(line.figures)
            titles = "".join(f"{name:>17}" for name in header)
            shown.append(f"\n{'set':<26}{'system':<22}{'rows':>6}{titles}")
        values = "".join(f"{value:>17.3f}" for value in line.figures.values())
        shown.append(f"{line.name:<26}{line.system:<22}{line.rows:>6}{values}")
    return "\n".join(shown)


def mean(values: Iterable[float]) -> float:
    """The mean, or of booleans the share that is true; 0 where there are none."""
    found = list(values)
    return sum(found) / len(found) if found else 0.0
