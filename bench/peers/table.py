"""Format results as a Markdown table, one column for each system, the best in bold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

NONE = "—"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: the measure's name, unit and format, and whether higher or lower is better."""

    name: str
    unit: str = ""
    digits: int = 2
    better: str = ""  # high or low


LINES = (
    *(Line(f"news, {name}", "", 3, "high") for name in ("hit@1", "hit@5", "hit@10", "MRR@10")),
    *(Line(f"quotes, {name}", "", 3, "high") for name in ("hit@1", "hit@5")),
    *(Line(f"{name}, unanswerable refused", "", 3) for name in ("MultiHop", "CLAP NQ")),
    *(Line(f"{name}, answerable answered", "", 3) for name in ("MultiHop", "CLAP NQ")),
    Line("passages", "", 0),
    Line("ingest, passages/s", "", 1, "high"),
    Line("ingest, articles/s", "", 2, "high"),
    Line("ingest, CPU an article", "ms", 0, "low"),
    Line("search, p50", "ms", 1, "low"),
    Line("search, p95", "ms", 1, "low"),
    Line("search, CPU a question", "ms", 1, "low"),
    Line("search, 8 threads, p50", "ms", 1, "low"),
    Line("search, 8 threads, p95", "ms", 1, "low"),
    Line("search, 8 threads, questions/s", "", 1, "high"),
    Line("peak memory", "MB", 0, "low"),
    Line("disk", "MB", 0, "low"),
    Line("start", "s", 2, "low"),
    Line("load", "", 1),
)


def table(measured: Mapping[str, Mapping[str, float]], lines: Sequence[Line] = LINES) -> str:
    """Format the results by system; missing ones are dashes, lines without any result are left out."""
    rows = [["", *measured], ["---", *["---:"] * len(measured)]]
    for line in lines:
        values = [figures.get(line.name) for figures in measured.values()]
        known = [round(value, line.digits) for value in values if value is not None]
        if not known:
            continue
        best = {"high": max, "low": min}.get(line.better)
        top = best(known) if best else None
        title = f"{line.name}, {line.unit}" if line.unit else line.name
        rows.append([title, *(_shown(value, line.digits, top) for value in values)])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _shown(value: float | None, digits: int, top: float | None) -> str:
    if value is None:
        return NONE
    shown = f"{value:,.{digits}f}"
    return f"**{shown}**" if round(value, digits) == top else shown


def replace_section(page: Path, figures: str, name: str = "figures") -> None:
    """Replace the section of that name, between its two marks, on a page."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    before, _, rest = page.read_text().partition(begin)
    _, _, after = rest.partition(end)
    page.write_text(f"{before}{begin}\n{figures}\n{end}{after}")
