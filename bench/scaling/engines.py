"""Compare search in a folder with search on PostgreSQL and Milvus: `python -m bench.scaling.engines --data FOLDER`.

The index of readers' questions is copied by `onrecord copy`, so that both places hold the same passages and vectors.
A question is found where a passage among the first five holds one of its gold sentences.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from evals import asked, data
from evals.data import Row
from evals.reader.examples import holds_gold, trigrams
from evals.systems import build
from evals.table import mean
from retrieval.catalog.database.engine import server_database
from retrieval.documents import Hit
from retrieval.index.milvus.settings import parse_milvus
from retrieval.index.store import Store
from retrieval.index.vectors.minilm import MiniLM
from retrieval.search.hybrid_search import Search
from tests.support.postgresql import PostgreSQLServer

DEPTH = 5

Results = Sequence[Sequence[Hit]]


def main() -> None:
    """Search in both places, and print a line for each and how far they agree."""
    options = _options()
    questions = [row for row in asked.asked_questions(options.data) if row["answerable"]][: options.questions or None]
    model, folder = MiniLM(), options.work / "asked"
    with build(folder, model, data.asked_articles(options.data)) as store:
        in_folder = _searched("folder", store, questions)
    with _engines(folder, model) as store:
        on_engines = _searched("PostgreSQL, Milvus", store, questions)
    same = [_ids(one) == _ids(other) for one, other in zip(in_folder, on_engines, strict=True)]
    print(f"the same first {DEPTH} passages in both: {mean(same):.3f}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.scaling.engines", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the labelled sets")
    parser.add_argument("--work", type=Path, default=Path(".evals"), help="folder of the indexes that evals keeps")
    parser.add_argument("--questions", type=int, default=0, help="the first ones are asked; 0 means all")
    return parser.parse_args()


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


def _searched(place: str, store: Store, questions: Sequence[Row]) -> Results:
    """The hits of each question; prints how many have their answer among them, and the time of one."""
    search, started = Search(store), time.perf_counter()
    found = [search(row["question"], DEPTH).hits for row in questions]
    seconds = time.perf_counter() - started
    search.close()
    holds = [_holds_answer(row, hits) for row, hits in zip(questions, found, strict=True)]
    print(
        f"{place}: {len(questions)} questions, hit@{DEPTH} {mean(holds):.3f}, {seconds / len(questions):.3f} s each",
        flush=True,
    )
    return found


def _holds_answer(row: Row, hits: Sequence[Hit]) -> bool:
    gold = [trigrams(one["text"]) for one in row["sentences"]]
    return any(holds_gold(hit.passage.text, gold) for hit in hits)


def _ids(hits: Sequence[Hit]) -> list[str]:
    return [hit.passage.id for hit in hits]


if __name__ == "__main__":
    main()
