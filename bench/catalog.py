"""Measure what the catalog costs: an article stored, and what a question reads, beside another version of the code.

`python -m bench.catalog --data FOLDER --before WORKTREE`: both versions work in turn, in processes of their own, on the
same segmented articles and questions. Reads are the time inside the catalog's own functions, whatever is done with it.
"""

import argparse
import json
import os
import pickle
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial, wraps
from importlib import import_module
from pathlib import Path
from statistics import median
from types import FunctionType
from typing import Any

ROUNDS = 3  # of both versions in turn
SHOWN = {"store_ms": "an article stored", "reads_ms": "a question's reads", "search_ms": "a search by words"}
_READING = (
    *("retrieval.catalog.archive", "retrieval.catalog.versions", "retrieval.index.pending"),
    *("retrieval.catalog.quote_table", "retrieval.quotes.quote_table"),  # where it is, and where it was
)


class Stopwatch:
    """The processor time inside functions of the calling thread, those that they call included, counted once."""

    def __init__(self) -> None:
        self.seconds, self._inside = 0.0, threading.local()

    def timed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, timed; what it returns piece by piece is taken at once."""

        @wraps(function)
        def call(*arguments: Any, **options: Any) -> Any:
            depth = self._inside.depth = getattr(self._inside, "depth", 0) + 1
            started = time.thread_time()
            try:
                result = function(*arguments, **options)
                return iter(list(result)) if isinstance(result, Iterator) else result
            finally:
                self._inside.depth = depth - 1
                if depth == 1:
                    self.seconds += time.thread_time() - started

        return call


def main() -> None:
    """Print a line for each step: both times, and how many times the other this version takes."""
    options = _options()
    if options.inputs:
        print(json.dumps(_measure(*pickle.loads(options.inputs.read_bytes()))))
        return
    with tempfile.TemporaryDirectory() as folder:
        inputs = Path(folder) / "inputs"
        inputs.write_bytes(pickle.dumps(_inputs(options.data, options.articles, options.questions)))
        trees = (options.before.resolve(), Path(__file__).parents[1])
        rounds = [[_run(tree, inputs) for tree in trees] for _ in range(ROUNDS)]
    print(f"{options.articles} articles, {options.questions} questions, median of {ROUNDS} rounds; milliseconds")
    for key, name in SHOWN.items():
        before, now = (median(one[at][key] for one in rounds) for at in (0, 1))
        ratio = median(one[1][key] / one[0][key] for one in rounds)
        print(f"{name}: {before:.2f} before, {now:.2f} now, {ratio:.2f} times")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.catalog", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder with the labelled sets")
    parser.add_argument("--before", type=Path, help="a work tree of the other version")
    parser.add_argument("--articles", type=int, default=400)
    parser.add_argument("--questions", type=int, default=60)
    parser.add_argument("--inputs", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def _inputs(data: Path, articles: int, questions: int) -> tuple[Sequence[Any], Sequence[str]]:
    from evals.data import news_articles, rows
    from retrieval.documents import Article
    from retrieval.index.indexer import segment

    found = [segment(one) for one in news_articles(data, articles) if isinstance(one, Article)][:articles]
    asked = [row["question"] for name in ("news", "quotes") for row in rows(data / name / "questions.jsonl")]
    return found, asked[:: max(1, len(asked) // questions)][:questions]


def _run(tree: Path, inputs: Path) -> dict[str, float]:
    environment = os.environ | {"PYTHONPATH": str(tree)}
    command = [sys.executable, __file__, "--inputs", str(inputs)]
    done = subprocess.run(command, cwd=tree, env=environment, stdout=subprocess.PIPE, check=True)
    return dict(json.loads(done.stdout))


def _measure(articles: Sequence[Any], questions: Sequence[str]) -> dict[str, float]:
    watch = Stopwatch()
    _time_reads(watch)
    from retrieval.errors import EmbeddingUnavailable
    from retrieval.index import indexer
    from retrieval.index.store import Store
    from retrieval.search.hybrid_search import Search

    def no_model() -> Any:
        raise EmbeddingUnavailable("Words alone are measured.")

    with tempfile.TemporaryDirectory() as folder, Store(Path(folder), no_model) as store:
        stored = [_milliseconds(partial(store.catalog.save_articles, [one])) for one in articles]
        with suppress(EmbeddingUnavailable):
            indexer.index_pending(store)
        search, searched, reads = Search(store), list[float](), list[float]()
        for question in (*questions, *questions):  # the first time warms up
            watch.seconds = 0.0
            searched.append(_milliseconds(partial(search, question)))
            reads.append(watch.seconds * 1000)
        search.close()
    half = len(questions)
    return {
        "store_ms": sum(stored) / len(stored),
        "reads_ms": sum(reads[half:]) / half,
        "search_ms": sum(searched[half:]) / half,
    }


def _time_reads(watch: Stopwatch) -> None:
    """Have the catalog's functions timed, before others import them."""
    from retrieval.catalog.catalog import Catalog
    from retrieval.catalog.reader import CatalogReader

    owners: list[Any] = [CatalogReader, Catalog]
    for name in _READING:
        with suppress(ImportError):
            owners.append(import_module(name))
    for owner in owners:
        for name, value in list(vars(owner).items()):
            if isinstance(value, FunctionType) and not name.startswith("_") and not hasattr(value, "__wrapped__"):
                setattr(owner, name, watch.timed(value))


def _milliseconds(action: Callable[[], object]) -> float:
    started = time.thread_time()
    action()
    return (time.thread_time() - started) * 1000


if __name__ == "__main__":
    main()
