"""Measure how OnRecord scales: `python -m bench.scaling --data FOLDER --work FOLDER [--sizes 6000 20000 60000]`.

An index of each size is kept in the work folder, grown from a copy of the one before. At each size a thousand
reshuffled articles are added to a copy of it and timed, so that sizes are comparable; then the index is searched.
"""

import argparse
import json
import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from bench.machine import describe_machine
from bench.peers.process import ROOT
from bench.peers.table import Line, replace_section, table
from bench.scaling.articles import REAL
from bench.scaling.measure import THREADS, Figures, build_index, copy_index, measure_ingest, measure_search

PAGE = ROOT / "docs/scaling.md"
TIMED = 1_000  # articles

LINES = (
    Line("articles", "", 0),
    Line("passages", "", 0),
    Line("ingest, articles/s", "", 1),
    Line("ingest, passages/s", "", 0),
    Line("ingest, cutting and catalog, an article", "ms", 1),
    Line("ingest, words and vectors, a passage", "ms", 2),
    Line("ingest, peak memory", "MB", 0),
    *(Line(f"search, {name}, p{at}", "ms", 1) for name in ("news", "whose words") for at in (50, 95)),
    Line(f"search, {THREADS} threads, p95", "ms", 1),
    Line(f"search, {THREADS} threads, a second", "", 1),
    Line("search, first question", "s", 2),
    Line("search, memory", "MB", 0),
    Line("search, memory of its own", "MB", 0),
    Line("disk", "MB", 0),
    *(Line(f"disk, {part}", "MB", 0) for part in ("catalog", "words", "vectors", "kept vectors")),
)


def main() -> None:
    """Measure one size after the other; results are stored, so that one can be measured again."""
    options = _options()
    options.work.mkdir(parents=True, exist_ok=True)
    kept = options.work / "figures.json"
    measured: dict[str, Figures] = json.loads(kept.read_text()) if kept.exists() else {}
    for size in sorted(options.sizes):
        name = f"{size:,}"
        measured[name] = measured.get(name, {}) | _measured(options, size)
        kept.write_text(json.dumps(measured))
    figures = table({f"{size:,}": measured[f"{size:,}"] for size in sorted(options.sizes)}, LINES)
    command = f"python -m bench.scaling --data FOLDER --sizes {' '.join(map(str, sorted(options.sizes)))}"
    replace_section(
        PAGE, f"{figures}\n\nMeasured on {time.strftime('%Y-%m-%d')}: {describe_machine()}.\n`{command}`", "growth"
    )
    print(figures)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.scaling", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the labelled sets")
    parser.add_argument("--work", type=Path, default=Path(".evals/scaling"), help="the index and the figures")
    parser.add_argument("--sizes", type=int, nargs="+", default=[6_000, 20_000, 60_000], help="in articles")
    parser.add_argument("--only", choices=["ingest", "search"], default="")
    return parser.parse_args()


def _measured(options: argparse.Namespace, size: int) -> Figures:
    index = _index(options, size)
    figures: Figures = {}
    if options.only != "search":
        first = max(size, REAL)
        figures |= _in_own_process(
            measure_ingest, copy_index(index, options.work / "scratch"), options.data, first, first + TIMED
        )
    if options.only != "ingest":
        figures |= _in_own_process(measure_search, index, options.data)
    print(f"{size:,}", json.dumps({key: round(value, 2) for key, value in figures.items()}), flush=True)
    return figures


def _index(options: argparse.Namespace, size: int) -> Path:
    """The index of a size, made from the largest smaller one if there is none."""
    work: Path = options.work
    folder, making = work / str(size), work / f"{size}.making"
    if not folder.exists():
        smaller = sorted(number for number in _sizes(work) if number < size)
        if smaller:
            copy_index(work / str(smaller[-1]), making)
        _in_own_process(build_index, making, options.data, smaller[-1] if smaller else 0, size)
        making.rename(folder)
    return folder


def _sizes(work: Path) -> list[int]:
    return [int(path.name) for path in work.iterdir() if path.name.isdigit()]


def _in_own_process(measure: Callable[..., Figures], *arguments: Any) -> Figures:
    """Run in a separate process, whose memory is measured alone."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(measure, *arguments).result()


if __name__ == "__main__":
    main()
