"""Measure processes on one index: `python -m bench.scaling.processes --data FOLDER [--articles 1500] [--seconds 20]`.

`onrecord serve` once and several times over one folder, its vectors in the folder or on a Chroma server; how fast they
answer, what each holds in memory, and how soon all of them find what another process adds. The load runs here, too.
"""

import argparse
import asyncio
import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import psutil

from bench.clock import percentile
from bench.machine import describe_machine
from bench.peers.process import ROOT
from bench.peers.table import Line, replace_section, table
from bench.scaling.measure import Figures, copy_index
from bench.serving import Load, run_asker, running_server
from evals.data import news_articles, rows
from evals.systems import build
from retrieval.index import indexer
from retrieval.index.store import Store
from retrieval.index.vectors.chroma_settings import parse_chroma_server
from retrieval.index.vectors.minilm import MiniLM
from tests.support.chroma_server import ChromaServer

PAGE = ROOT / "docs/scaling.md"
WARM_UP = 5.0  # seconds
LOOK = 0.05  # seconds between two questions whether something is found
PATIENCE = 60.0  # seconds until it should be
NEWS = "The lighthouse keeper Oda Quill said on Sunday that the brass foghorn of Vellmar would never sound again. " * 2

LINES = (
    Line("answers a second", "", 1, "high"),
    Line("answer, p50", "ms", 0, "low"),
    Line("answer, p95", "ms", 0, "low"),
    Line("errors", "", 0),
    Line("memory of a process that serves", "MB", 0),
    Line("memory of the Chroma server", "MB", 0),
    Line("what is added is found by all after", "s", 2),
    Line("onrecord add of it took", "s", 2),
)


def main() -> None:
    """Measure each setup and print one table."""
    options = _options()
    questions = [row["question"] for row in rows(options.data / "news/questions.jsonl")]
    kept = options.work / f"news-{options.articles}"
    build(kept, MiniLM(), news_articles(options.data, options.articles)).close()
    measured: dict[str, Figures] = {}
    for place in ("folder", "Chroma server"):
        with _index(kept, options.work / "processes", place == "Chroma server") as (folder, chroma, settings):
            for count in options.processes:
                name = f"{count} process{'es' * (count > 1)}, {place}"
                measured[name] = _measured(folder, questions, options, count, settings)
                if chroma:
                    measured[name]["memory of the Chroma server"] = _megabytes(chroma)
                print(name, json.dumps(measured[name]), flush=True)
    figures = table(measured, LINES)
    command = f"python -m bench.scaling.processes --data FOLDER --articles {options.articles}"
    asked = f"{options.askers} askers for {options.seconds:.0f} s, {options.articles:,} articles"
    replace_section(
        PAGE,
        f"{figures}\n\nMeasured on {time.strftime('%Y-%m-%d')}: {describe_machine()}; {asked}.\n`{command}`",
        "processes",
    )
    print(figures)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.scaling.processes", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the labelled sets")
    parser.add_argument("--work", type=Path, default=Path(".evals"), help="folder of the indexes that evals keeps")
    parser.add_argument("--articles", type=int, default=1500, help="size of the index that is asked")
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2], help="how many serve")
    parser.add_argument("--askers", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=20.0)
    return parser.parse_args()


@contextmanager
def _index(kept: Path, folder: Path, on_server: bool) -> Iterator[tuple[Path, psutil.Process | None, dict[str, str]]]:
    """Copy an index, with its vectors on a Chroma server if asked for; yield the settings that name it."""
    copy_index(kept, folder)
    if not on_server:
        yield folder, None, {}
        return
    chroma = ChromaServer(folder / "server")
    chroma.start()
    try:
        with Store(folder, MiniLM, chroma=parse_chroma_server(chroma.url)) as store:
            store.check_vectors()
            indexer.index_pending(store)
        yield folder, psutil.Process(chroma.pid), {"ONRECORD_CHROMA_URL": chroma.url}
    finally:
        chroma.kill()


def _measured(
    folder: Path, questions: Sequence[str], options: argparse.Namespace, count: int, settings: dict[str, str]
) -> Figures:
    with ExitStack() as opened:
        serving = [opened.enter_context(running_server(folder, **settings)) for _ in range(count)]
        urls = [url for url, _ in serving]
        load = asyncio.run(_run_load(urls, questions, options.askers, options.seconds))
        found, added = _seconds_until_found(urls, folder, settings)
        memory = sum(_megabytes(process) for _, process in serving) / count
    return {
        "answers a second": load.answers / load.seconds,
        "answer, p50": percentile(load.waited, 0.5),
        "answer, p95": percentile(load.waited, 0.95),
        "errors": load.errors,
        "memory of a process that serves": memory,
        "what is added is found by all after": found,
        "onrecord add of it took": added,
    }


async def _run_load(urls: Sequence[str], questions: Sequence[str], askers: int, seconds: float) -> Load:
    """Run the clients, distributed over the processes."""
    load, endless = Load(), itertools.cycle(questions)
    async with httpx.AsyncClient(timeout=60, trust_env=False, limits=httpx.Limits(max_connections=askers)) as client:
        places = list(itertools.islice(itertools.cycle(urls), askers))
        await asyncio.gather(*(run_asker(client, endless, WARM_UP, Load(), url) for url in places))
        started = time.perf_counter()
        await asyncio.gather(*(run_asker(client, endless, seconds, load, url) for url in places))
        load.seconds = time.perf_counter() - started
    return load


def _seconds_until_found(urls: Sequence[str], folder: Path, settings: dict[str, str]) -> tuple[float, float]:
    """The seconds from the end of an ingest until every process finds its articles, and the ingest's own seconds."""
    name = f"vellmar-{time.time_ns()}"
    file = folder / f"{name}.jsonl"
    line = {"id": name, "url": f"https://vellmar.example/{name}", "title": name, "text": f"{NEWS} {name}."}
    file.write_text(json.dumps(line))
    command = [sys.executable, "-c", "from bot.cli import main; main()", "--data", str(folder), "add", str(file)]
    started = time.perf_counter()
    subprocess.run(command, env=os.environ | settings, check=True, capture_output=True)
    ended = time.perf_counter()
    with httpx.Client(timeout=60, trust_env=False) as client:
        while not all(_finds(client, url, name) for url in urls):
            if time.perf_counter() - ended > PATIENCE:
                raise SystemExit("what was added is not found")
            time.sleep(LOOK)
    return time.perf_counter() - ended, ended - started


def _finds(client: httpx.Client, url: str, name: str) -> bool:
    reply = client.get(f"{url}/v1/search", params={"q": f"the brass foghorn of Vellmar, {name}", "k": 3}).json()
    return name in json.dumps(reply)


def _megabytes(process: psutil.Process) -> float:
    return float(process.memory_info().rss / 2**20)


if __name__ == "__main__":
    main()
