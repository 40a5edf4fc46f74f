"""Measure workers side by side: `python -m bench.scaling.machines [--passages 1500] [--workers 1 3]`.

PostgreSQL, Milvus Lite and an embedding endpoint that sleeps 30 ms for each passage run here, so that cores do not
decide. Each worker is a process with a folder of its own, as on another machine.
"""

import argparse
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.machine import describe_machine
from bench.peers.process import ROOT
from bench.peers.table import Line, replace_section, table
from bot.app.build import open_store
from bot.app.data_folder import shared_database
from bot.app.model_factory import embedding_model, milvus_server
from bot.app.settings import Settings
from retrieval.documents import Article
from retrieval.errors import OnRecordError
from retrieval.index import indexer, pending
from retrieval.index.store import Store
from tests.support.endpoint_standin import Answer, Asked, Standin, as_json
from tests.support.milvus_server import MilvusServer
from tests.support.postgresql import PostgreSQLServer

PAGE = ROOT / "docs/scaling.md"
PASSAGE_SECONDS = 0.03
LOOK = 0.1  # seconds between two looks at what is pending
LETTERS = "etaoinshrdlu"
LINES = (
    Line("passages a second", "", 1, "high"),
    Line("times as many as one worker", "", 2, "high"),
    Line("embedded twice", "", 0),
    Line("not in the index", "", 0),
)


class Embeddings:
    """An endpoint whose vectors are counts of letters; remembers how often it has embedded each text."""

    def __init__(self, seconds: float = PASSAGE_SECONDS) -> None:
        self.times, self._seconds = Counter[str](), seconds

    def __call__(self, asked: Asked) -> Answer:
        texts = asked.body["input"]
        self.times.update(text for text in texts if "harbour" in text)  # others are questions, or learn its dimensions
        time.sleep(self._seconds * len(texts))
        rows = [{"index": n, "embedding": [1.0 + text.count(one) for one in LETTERS]} for n, text in enumerate(texts)]
        return as_json({"data": rows})


@dataclass(frozen=True)
class Site:
    """The servers that several machines share, and the settings that name them."""

    postgresql: PostgreSQLServer
    milvus: MilvusServer
    embeddings: Embeddings
    endpoint: str
    folder: Path
    database: str = field(default="", repr=False)

    def settings(self, machine: str) -> dict[str, str]:
        """The environment of a machine."""
        return {
            "ONRECORD_DATA": str(self.folder / machine),
            "ONRECORD_DATABASE_URL": self.database,
            "ONRECORD_INDEX_URL": self.milvus.url,
            "ONRECORD_EMBEDDING_MODEL": "letters",
            "ONRECORD_EMBEDDING_BASE_URL": self.endpoint,
        }

    def store(self, machine: str) -> Store:
        """The index as a machine opens it."""
        return open_store(machine_settings(self.settings(machine)))


@contextmanager
def running_site(embeddings: Embeddings) -> Iterator[Site]:
    """Start the servers, with an empty database."""
    with TemporaryDirectory(prefix="onrecord-machines-") as folder, Standin(embeddings).serving() as endpoint:
        (Path(folder) / "postgresql").mkdir()
        Path(folder).chmod(0o755)  # for the server's own user
        postgresql, milvus = PostgreSQLServer(Path(folder) / "postgresql"), MilvusServer(Path(folder) / "milvus")
        postgresql.start()
        milvus.start()
        address = postgresql.new_database().render_as_string(hide_password=False)
        try:
            yield Site(postgresql, milvus, embeddings, endpoint.url, Path(folder), address)
        finally:
            milvus.kill()
            postgresql.kill()


def machine_settings(environment: Mapping[str, str]) -> Settings:
    """The settings in an environment of `Site.settings`."""
    return Settings.model_validate(
        {name.removeprefix("ONRECORD_").lower(): value for name, value in environment.items() if "ONRECORD_" in name}
    )


def made_articles(first: int, last: int) -> list[Article]:
    """Articles of one passage each, all different."""
    sentence = "Ship {0} left the harbour on a morning of {0} degrees, said its owner."
    urls = ((n, f"https://harbour.example/{n}") for n in range(first, last))
    return [Article(f"ship{n}", url, url, f"Ship {n}", sentence.format(n)) for n, url in urls]


def work(lease_seconds: float) -> None:
    """Be a worker: say its id when the index is open, begin when a line comes, end when killed."""
    settings = machine_settings(os.environ)
    milvus, database = milvus_server(settings), shared_database(settings)
    made = Store(
        settings.data, embedding_model(settings), milvus=milvus, database=database, lease_seconds=lease_seconds
    )
    with made as store:
        store.check_vectors()
        print(store.indexing.worker, flush=True)
        sys.stdin.readline()
        while True:
            try:
                indexer.index_pending(store, wait=0)
            except OnRecordError as exc:
                print(exc, file=sys.stderr)
            time.sleep(LOOK)


def start_worker(site: Site, machine: str, lease_seconds: float) -> "subprocess.Popen[str]":
    """Start a worker process; its first line is its id."""
    command = [sys.executable, "-m", "bench.scaling.machines", "--work", str(lease_seconds)]
    environment = os.environ | site.settings(machine)
    return subprocess.Popen(command, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def measure(passages: int, workers: int) -> dict[str, float]:
    """Embed as many passages with as many workers, in an index of their own."""
    with running_site(Embeddings()) as site, site.store("desk") as desk, ExitStack() as opened:
        for first in range(0, passages, 500):
            indexer.add_articles(desk, made_articles(first, min(passages, first + 500)))
        started = [start_worker(site, f"machine{number}", 30.0) for number in range(workers)]
        opened.callback(_kill, started)
        for worker in started:
            assert worker.stdout and worker.stdout.readline()
        begun = time.perf_counter()
        for worker in started:
            assert worker.stdin
            worker.stdin.write("begin\n")
            worker.stdin.flush()
        while pending.has_pending(desk.catalog):
            time.sleep(LOOK)
        seconds = time.perf_counter() - begun
        return {
            "passages a second": passages / seconds,
            "embedded twice": sum(times > 1 for times in site.embeddings.times.values()),
            "not in the index": passages - desk.bm25.count(),
        }


def _kill(processes: "Sequence[subprocess.Popen[str]]") -> None:
    for process in processes:
        process.kill()
        process.communicate()


def main() -> None:
    """Measure each number of workers and print one table."""
    parser = argparse.ArgumentParser(prog="python -m bench.scaling.machines", description=__doc__)
    parser.add_argument("--passages", type=int, default=1500)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 3])
    parser.add_argument("--work", type=float, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        work(options.work)
    measured: dict[str, dict[str, float]] = {}
    for count in options.workers:
        found = measured[f"{count} worker{'s' * (count > 1)}"] = measure(options.passages, count)
        first = next(iter(measured.values()))
        found["times as many as one worker"] = found["passages a second"] / first["passages a second"]
        print(found, flush=True)
    figures, command = table(measured, LINES), f"python -m bench.scaling.machines --passages {options.passages}"
    said = f"Measured on {time.strftime('%Y-%m-%d')}: {describe_machine()}; Milvus Lite."
    replace_section(PAGE, f"{figures}\n\n{said}\n`{command}`", "machines")
    print(figures)


if __name__ == "__main__":
    main()
