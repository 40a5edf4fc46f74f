"""Measure what the catalog costs beside plain sqlite3: an article stored, and what a question reads.

`python -m bench.catalog --data FOLDER`: everything is done three times. First the catalog's statements are recorded
with their results; then they run as they do, and sqlite3 alone runs them in the same places, in turns. Times are
processor time of the calling thread inside the catalog's functions, because other processes disturb it least.
"""

import argparse
import sqlite3
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from functools import wraps
from importlib import import_module
from pathlib import Path
from statistics import median
from types import FunctionType
from typing import Any, Literal, cast

ROUNDS = 3
SHOWN = ("an article stored", "a question's reads")
_READING = ("catalog.archive", "catalog.versions", "catalog.quote_table", "index.pending")
Mode = Literal["recorded", "catalog", "plain"]
Operation = tuple[str, Sequence[Any]]
"""The name of a connection's method, and its arguments."""


class Recorded(threading.local):
    """What a thread has run."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []


RECORDED = Recorded()


class RecordingCursor(sqlite3.Cursor):
    """Records what SQLAlchemy runs."""

    def execute(self, *arguments: Any) -> "RecordingCursor":
        if not arguments[0].startswith("PRAGMA"):  # of a connection that is opened
            RECORDED.operations.append(("execute", arguments))
        return super().execute(*arguments)

    def executemany(self, sql: str, values: Iterable[Any]) -> "RecordingCursor":
        RECORDED.operations.append(("executemany", (sql, listed := list(values))))
        return super().executemany(sql, listed)


class RecordingConnection(sqlite3.Connection):
    """Records what is run without SQLAlchemy, too."""

    def cursor(self, factory: Any = RecordingCursor) -> Any:
        return super().cursor(factory)

    def execute(self, *arguments: Any) -> Any:
        return self.cursor().execute(*arguments)

    def executemany(self, sql: str, values: Iterable[Any]) -> Any:
        return self.cursor().executemany(sql, values)


class Stopwatch:
    """The processor time of the calling thread inside functions, those that they call included, counted once."""

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


class Statements:
    """Runs statements as the catalog does, or by sqlite3 alone as often as it ran them when they were recorded."""

    def __init__(self) -> None:
        self.mode: Mode = "recorded"
        self.db: sqlite3.Connection | None = None  # that runs them alone
        self.places, self.alone = Stopwatch(), Stopwatch()  # where statements run; running them, without these clocks
        self._item, self._times = 0, Counter[int]()
        self.known: dict[tuple[int, int, int], tuple[Any, Sequence[Operation], Any]] = {}

    def begin(self, mode: Mode, item: int) -> None:
        """Go on with an article or question."""
        self.mode, self._item = mode, item
        self._times.clear()
        self.places.seconds = self.alone.seconds = 0.0

    def running(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """The function that runs its second argument, in the mode of that moment."""
        as_it_is = self.alone.timed(original)

        def call(place: Any, statement: Any, *values: Any, **options: Any) -> Any:
            self._times[id(statement)] += 1
            key = (self._item, id(statement), self._times[id(statement)])
            if self.mode == "recorded":
                RECORDED.operations.clear()
                result = original(place, statement, *values, **options)
                self.known[key] = statement, tuple(RECORDED.operations), result
            _, operations, result = self.known.get(key, (None, None, None))
            if self.mode == "plain" and operations is not None:
                self._run_alone(operations)
            elif self.mode != "recorded":
                result = as_it_is(place, statement, *values, **options)
            return result

        return self.places.timed(call)

    def spanning(
        self, original: Callable[..., AbstractContextManager[Any]], begin: str, end: str
    ) -> Callable[..., AbstractContextManager[Any]]:
        """The context manager with a transaction, whose ends alone are timed."""

        @contextmanager
        def call(*arguments: Any, **options: Any) -> Iterator[Any]:
            if self.mode == "plain":
                in_place = INSIDE.timed(self.places.timed(self._run_alone))
                in_place([("execute", [begin])])
                yield None
                in_place([("execute", [end])])
                return
            entered = original(*arguments, **options)
            value = INSIDE.timed(self.places.timed(self.alone.timed(entered.__enter__)))()
            yield value
            INSIDE.timed(self.places.timed(self.alone.timed(entered.__exit__)))(None, None, None)

        return call

    def _run_alone(self, operations: Sequence[Operation]) -> None:
        self.alone.timed(self._run)(operations)

    def _run(self, operations: Sequence[Operation]) -> None:
        for name, arguments in operations:
            getattr(self.db, name)(*arguments).fetchall()


INSIDE, STATEMENTS = Stopwatch(), Statements()


def main() -> None:
    """Print a line for each step: both times, and how many times the other the catalog takes."""
    parser = argparse.ArgumentParser(prog="python -m bench.catalog", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the labelled sets")
    parser.add_argument("--articles", type=int, default=400)
    parser.add_argument("--questions", type=int, default=60)
    options = parser.parse_args()
    _time_statements()
    articles, questions = _inputs(options.data, options.articles, options.questions)
    rounds = [_measure(articles, questions) for _ in range(ROUNDS)]
    print(f"{len(articles)} articles, {len(questions)} questions, median of {ROUNDS} rounds; milliseconds")
    for name, step in zip(SHOWN, zip(*rounds, strict=True), strict=True):
        plain, catalog = (median(one[at] for one in step) for at in (0, 1))
        print(f"{name}: {plain:.2f} plain, {catalog:.2f} catalog, {median(now / raw for raw, now in step):.2f} times")


def _time_statements() -> None:
    """Have the catalog's functions timed and its statements run by STATEMENTS, before others import them."""
    from retrieval.catalog.database import engine

    database, read = cast(Any, engine.Database), engine.read
    engine.read, engine.write = STATEMENTS.running(engine.read), STATEMENTS.running(engine.write)
    database.rows = STATEMENTS.running(database.rows)
    database.snapshot = STATEMENTS.spanning(database.snapshot, "BEGIN", "ROLLBACK")
    database.transaction = STATEMENTS.spanning(database.transaction, "BEGIN IMMEDIATE", "COMMIT")
    from retrieval.catalog.catalog import Catalog
    from retrieval.catalog.reader import CatalogReader

    owners = (CatalogReader, Catalog, *(import_module(f"retrieval.{name}") for name in _READING))
    import_module("retrieval.catalog.duplicate_articles")  # which the catalog imports when it is first needed
    engine.read = read  # those that have imported it keep the other; `rows` would be timed twice
    for owner in owners:
        for name, value in list(vars(owner).items()):
            if isinstance(value, FunctionType) and not name.startswith("_") and not hasattr(value, "__wrapped__"):
                setattr(owner, name, INSIDE.timed(value))


def _inputs(data: Path, articles: int, questions: int) -> tuple[Sequence[Any], Sequence[str]]:
    from evals.data import news_articles, rows
    from retrieval.documents import Article
    from retrieval.index.indexer import segment

    found = [segment(one) for one in news_articles(data, articles) if isinstance(one, Article)][:articles]
    asked = [row["question"] for name in ("news", "quotes") for row in rows(data / name / "questions.jsonl")]
    return found, asked[:: max(1, len(asked) // questions)][:questions]


def _measure(articles: Sequence[Any], questions: Sequence[str]) -> list[tuple[float, float]]:
    """Milliseconds an article and a question, each by sqlite3 alone and by the catalog."""
    from retrieval.catalog.catalog import Catalog
    from retrieval.errors import EmbeddingUnavailable
    from retrieval.index import indexer
    from retrieval.index.store import Store
    from retrieval.search.hybrid_search import Search

    def no_model() -> Any:
        raise EmbeddingUnavailable("Words alone are measured.")

    with tempfile.TemporaryDirectory() as folder, Store(Path(folder), no_model) as store:
        first, copy = (Catalog(Path(folder) / name) for name in ("first.db", "copy.db"))
        catalogs = {"recorded": first, "catalog": store.catalog, "plain": copy}
        save = [lambda mode, one=one: catalogs[mode].save_articles([one]) for one in articles]
        with _recording(first), _plain(Path(folder) / "copy.db"):
            stored = _compare(save, first)
        with suppress(EmbeddingUnavailable):
            indexer.index_pending(store)
        search = Search(store)
        ask = [lambda _, question=question: search(question) for question in questions]
        with _recording(store.catalog), _plain(Path(folder) / "catalog.db"):
            read = _compare(ask, store.catalog)
        search.close()
        first.close()
        copy.close()
    return [stored, read]


@contextmanager
def _recording(catalog: Any) -> Iterator[None]:
    """Have the catalog's new connections record, until they are to be timed."""
    from sqlalchemy import event

    def use(*found: Any) -> None:
        if STATEMENTS.mode == "recorded":
            found[-1].update(factory=RecordingConnection)

    event.listen(catalog.database.engine, "do_connect", use)
    STATEMENTS.begin("recorded", 0)
    catalog.database.close()
    yield
    event.remove(catalog.database.engine, "do_connect", use)


@contextmanager
def _plain(path: Path) -> Iterator[None]:
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as STATEMENTS.db:
        STATEMENTS.db.execute("PRAGMA synchronous=NORMAL")
        STATEMENTS.db.row_factory = sqlite3.Row
        yield


def _compare(actions: Sequence[Callable[[Mode], object]], catalog: Any) -> tuple[float, float]:
    """Milliseconds of an action inside the catalog: with its statements run by sqlite3 alone, and as they are."""
    spent: dict[Mode, float] = {"catalog": 0.0, "plain": 0.0}
    STATEMENTS.known.clear()
    for item, action in enumerate(actions):
        STATEMENTS.begin("recorded", item)
        action("recorded")
    catalog.database.close()
    for item, action in enumerate(actions):
        modes: tuple[Mode, Mode] = ("catalog", "plain")
        for mode in modes if item % 2 else modes[::-1]:
            STATEMENTS.begin(mode, item)
            INSIDE.seconds = 0.0
            action(mode)
            spent[mode] += INSIDE.seconds - STATEMENTS.places.seconds + STATEMENTS.alone.seconds
    STATEMENTS.begin("catalog", 0)
    return spent["plain"] * 1000 / len(actions), spent["catalog"] * 1000 / len(actions)


if __name__ == "__main__":
    main()
