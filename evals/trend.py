"""Track quality over time on a twentieth of the sets: `python -m evals.trend --data FOLDER [--keep]`.

Prints the present results beside earlier ones. They show changes, not absolute quality, because questions and articles
are few. `--keep` appends the results, to be committed with the change that they measure.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from evals import answers, data, retrieval
from evals.sampling import sample
from evals.systems import build
from evals.table import Line
from retrieval.index.vectors.minilm import MiniLM

HISTORY = Path(__file__).parent / "trend.jsonl"
SHOWN = 12  # runs
BARS = "▁▂▃▄▅▆▇█"
TOLD = {
    "news": ("hit@1", "hit@5", "MRR@10"),
    "quotes": ("hit@1", "hit@5"),
    "multihop": ("recall@10",),
    "abstention": ("answered", "refused"),
}

Figures = dict[str, float]
Run = dict[str, Any]
"""The day as `date`, the `figures` by their names."""


def main() -> None:
    """Measure, print one line for each measure, and append the results with `--keep`."""
    parser = argparse.ArgumentParser(prog="python -m evals.trend", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the labelled sets")
    parser.add_argument("--keep", action="store_true", help="write what is measured into evals/trend.jsonl")
    options = parser.parse_args()
    before: list[Run] = [json.loads(line) for line in HISTORY.read_text().splitlines()] if HISTORY.exists() else []
    run: Run = {"date": time.strftime("%Y-%m-%d"), "figures": measure_sample(options.data)}
    if options.keep:
        with HISTORY.open("a") as history:
            history.write(json.dumps(run) + "\n")
    print(trend_lines([*before, run]))


def measure_sample(sets: Path) -> Figures:
    """Measure the sampled sets."""
    with tempfile.TemporaryDirectory() as folder:
        return dict(_measured(sample(sets, Path(folder) / "sets"), Path(folder), MiniLM()))


def _measured(sets: Path, folder: Path, model: MiniLM) -> Iterator[tuple[str, float]]:
    articles = len(data.rows(sets / "news/articles.jsonl.gz"))
    with build(folder / "news", model, data.news_articles(sets, articles)) as store:
        yield from _print_trend("news", retrieval.news(sets, store))
    with build(folder / "quotes", model, data.quote_articles(sets)) as store:
        yield from _print_trend("quotes", retrieval.quotes(sets, store))
    with build(folder / "multihop", model, data.evidence_articles(sets)) as store:
        yield from _print_trend("multihop", retrieval.multihop(sets, store))
        yield from _print_trend("abstention", answers.multihop(sets, store))


def _print_trend(name: str, lines: Sequence[Line]) -> Iterator[tuple[str, float]]:
    ours = [line for line in lines if line.system.startswith("OnRecord")][-1]
    return ((f"{name}, {figure}", round(ours.figures[figure], 3)) for figure in TOLD[name])


def trend_lines(runs: Sequence[Run]) -> str:
    """Format one line for each measure: a sparkline of the last runs, the previous value and the present one."""
    last = runs[-SHOWN:]
    lines = [f"{'a twentieth of the sets':<26}{'trend':<{SHOWN + 2}}{'before':>8}{'now':>8}"]
    for name, now in last[-1]["figures"].items():
        values = [run["figures"].get(name) for run in last]
        before = next((value for value in reversed(values[:-1]) if value is not None), None)
        was = "-" if before is None else f"{before:.3f}"
        lines.append(f"{name:<26}{''.join(map(_bar, values)):<{SHOWN + 2}}{was:>8}{now:>8.3f}")
    return "\n".join(lines)


def _bar(value: float | None) -> str:
    """From 0, the lowest, to 1."""
    return " " if value is None else BARS[min(len(BARS) - 1, int(value * len(BARS)))]


if __name__ == "__main__":
    main()
