"""Compare answers in a folder with answers on PostgreSQL and Milvus: `python -m bench.scaling.engines --data FOLDER`.

The evals' indexes are copied by `onrecord copy`, so that both places hold the same passages and vectors, and the evals
measure both: readers' questions, quotations, and news quizzes.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from evals import answers, asked, data, retrieval
from evals.systems import build
from evals.table import Line, print_table
from retrieval.catalog.database.engine import server_database
from retrieval.documents import Article
from retrieval.errors import SourceError
from retrieval.index.milvus.settings import parse_milvus
from retrieval.index.store import Store
from retrieval.index.vectors.minilm import MiniLM
from tests.support.postgresql import PostgreSQLServer

NEWS_ARTICLES = 1_500
Articles = Callable[[Path], Iterable[Article | SourceError]]
Measure = Callable[[Path, Store, Path], list[Line]]
"""The figures of a store on the labelled sets in a folder; answers may be written to a file."""

SETS: Mapping[str, tuple[Articles, Measure]] = {
    "asked": (
        data.asked_articles,
        lambda folder, store, out: asked.measure("asked", asked.asked_questions(folder), store, out),
    ),
    "quotes": (
        data.quote_articles,
        lambda folder, store, _: retrieval.quotes(folder, store) + answers.quotes(folder, store),
    ),
    f"news-{NEWS_ARTICLES}": (
        lambda folder: data.news_articles(folder, NEWS_ARTICLES),
        lambda folder, store, _: retrieval.news(folder, store),
    ),
}


def main() -> None:
    """Measure the sets in both places, and print one table."""
    options, lines = _options(), list[Line]()
    model = MiniLM()
    for name in options.sets or SETS:
        folder = options.work / name
        with build(folder, model, SETS[name][0](options.data)) as store:
            lines += _measured("folder", name, options, store)
        with _engines(folder, model) as store:
            lines += _measured("PostgreSQL, Milvus", name, options, store)
    print(print_table(sorted(lines, key=lambda line: line.name)))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.scaling.engines", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the labelled sets")
    parser.add_argument("--work", type=Path, default=Path(".evals"), help="folder of the indexes that evals keeps")
    parser.add_argument("sets", nargs="*", choices=[[], *SETS], help="all when none is named")
    return parser.parse_args()


def _measured(place: str, name: str, options: argparse.Namespace, store: Store) -> Sequence[Line]:
    """The figures of one set in one place; prints how long it took."""
    started = time.perf_counter()
    lines = SETS[name][1](options.data, store, options.work / f"{place}.jsonl")
    print(f"{name}, {place}: {time.perf_counter() - started:.0f} s", flush=True)
    return [replace(line, system=place) for line in lines if line.system.startswith("OnRecord")]


@contextmanager
def _engines(folder: Path, model: MiniLM) -> Iterator[Store]:
    """A copy of the folder's index on a new PostgreSQL server and in a file of Milvus Lite."""
    with TemporaryDirectory(prefix="onrecord-engines-") as place, ExitStack() as opened:
        Path(place).chmod(0o755)  # for the server's own user
        (Path(place) / "postgresql").mkdir()
        postgresql = PostgreSQLServer(Path(place) / "postgresql")
        postgresql.start()
        opened.callback(postgresql.kill)
        address, index = postgresql.new_database().render_as_string(hide_password=False), f"{place}/index.db"
        command = [sys.executable, "-c", "from bot.cli import main; main()", "copy", "--to", address]
        environment = os.environ | {"ONRECORD_DATA": str(folder.absolute())}
        subprocess.run([*command, "--index-url", index, "--quiet"], env=environment, check=True)
        database = server_database(address)
        opened.callback(database.close)
        cache = Path(place) / "cache"
        yield opened.enter_context(Store(cache, lambda: model, milvus=parse_milvus(index), database=database))


if __name__ == "__main__":
    main()
