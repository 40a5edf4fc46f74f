"""Measure serving over HTTP under load: `python -m bench.serving --data FOLDER [--seconds 60] [--askers 200]`.

The server runs as deployed, the load in its own process; both share the machine's cores.
"""

import argparse
import asyncio
import itertools
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from bench.clock import percentile
from bench.scripted_model import bare_client_times, scripted_model, set_script
from bench.streaming import bench_writer, true_answer, words_until_complete
from bot.service.conversation import Conversation
from bot.service.history import ConversationHistory
from evals.data import news_articles, rows
from evals.systems import build
from retrieval.index.store import Store
from retrieval.index.vectors.minilm import MiniLM
from retrieval.search.hybrid_search import Search

WARM_UP = 15.0  # seconds, after which memory should grow no more
LOOK = 0.1  # seconds between health checks
STREAMS = 50
OPENING = 40  # characters by which a sentence is known again
PAUSE = 0.1  # seconds from word to word
WRITTEN = 15.0  # seconds that it writes one answer


@dataclass(slots=True)
class Load:
    """What the clients saw; times are in milliseconds, memory is in megabytes."""

    answers: int = 0
    errors: int = 0
    seconds: float = 0.0
    waited: list[float] = field(default_factory=list)
    health: list[float] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)


def main() -> None:
    """Serve an index, run the load and print one line for each measure."""
    options = _options()
    questions = [row["question"] for row in rows(options.data / "news/questions.jsonl")]
    folder = options.work / f"news-{options.articles}"
    if options.only != "streams":
        alone = _answers_per_second(folder, options, questions[: options.questions])
        with running_server(folder) as (url, process):
            load = _in_another_process(run_load, url, questions, options.askers, options.seconds, process.pid)
        _print_load(load, alone, options.askers)
    if options.only != "askers":
        _streams(folder, questions)
    print(f"\n{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.serving", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the labelled sets")
    parser.add_argument("--work", type=Path, default=Path(".evals"), help="folder of the indexes that evals keeps")
    parser.add_argument("--articles", type=int, default=1500, help="size of the index that is asked")
    parser.add_argument("--only", choices=("askers", "streams"), help="one half of it")
    parser.add_argument("--askers", type=int, default=200)
    parser.add_argument("--questions", type=int, default=100, help="asked one after the other, to compare")
    parser.add_argument("--seconds", type=float, default=60.0)
    return parser.parse_args()


def _answers_per_second(folder: Path, options: argparse.Namespace, questions: Sequence[str]) -> float:
    """Answers per second without HTTP, one after the other, with turns stored as in a server."""
    with build(folder, MiniLM(), news_articles(options.data, options.articles)) as store:
        search = Search(store)
        with tempfile.TemporaryDirectory() as beside:
            conversation = Conversation(store, search, ConversationHistory(Path(beside) / "conversations.db"))
            for question in questions[:20]:
                conversation.ask(question)
            started = time.perf_counter()
            for at, question in enumerate(questions):
                conversation.ask(question, f"bench/{at}")
            spent = time.perf_counter() - started
        search.close()
    return len(questions) / spent


@contextmanager
def running_server(folder: Path, **settings: str) -> Iterator[tuple[str, psutil.Process]]:
    """Run `onrecord serve` over an index; yield its address and process."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("ONRECORD_", "OPENAI_"))}
    command = [sys.executable, "-c", "from bot.cli import main; main()", "--data", str(folder), "serve", "--port", "0"]
    with subprocess.Popen(command, env=clean | settings, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        try:
            said = next(line for line in process.stderr if "listening on" in line)
            threading.Thread(target=sys.stderr.writelines, args=[process.stderr], daemon=True).start()
            yield said.split()[-1], psutil.Process(process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def _in_another_process(action: "object", *arguments: object) -> Load:
    with ProcessPoolExecutor(1) as pool:
        return pool.submit(action, *arguments).result()  # type: ignore[arg-type]


def run_load(url: str, questions: Sequence[str], askers: int, seconds: float, pid: int) -> Load:
    """Run concurrent clients, each asking its next question as soon as the last one is answered."""
    return asyncio.run(_run_load(url, questions, askers, seconds, psutil.Process(pid)))


async def _run_load(url: str, questions: Sequence[str], askers: int, seconds: float, process: psutil.Process) -> Load:
    load, endless = Load(), itertools.cycle(questions)
    limits = httpx.Limits(max_connections=askers, max_keepalive_connections=askers)
    async with (
        httpx.AsyncClient(base_url=url, limits=limits, timeout=60, trust_env=False) as client,
        httpx.AsyncClient(base_url=url, timeout=60, trust_env=False) as checking,
    ):
        watching = asyncio.create_task(_watch(checking, process, load))
        await asyncio.gather(*(run_asker(client, endless, WARM_UP, Load()) for _ in range(askers)))
        started = time.perf_counter()
        await asyncio.gather(*(run_asker(client, endless, seconds, load) for _ in range(askers)))
        load.seconds = time.perf_counter() - started
        watching.cancel()
    return load


async def run_asker(
    client: httpx.AsyncClient, questions: Iterator[str], seconds: float, load: Load, url: str = ""
) -> None:
    """Run one client that asks its next question as soon as the last one is answered."""
    until = time.perf_counter() + seconds
    while (started := time.perf_counter()) < until:
        try:
            response = await client.post(f"{url}/v1/ask", json={"question": next(questions)})
            load.errors += response.status_code != 200
        except httpx.HTTPError:
            load.errors += 1
        load.answers += 1
        load.waited.append((time.perf_counter() - started) * 1000)


async def _watch(client: httpx.AsyncClient, process: psutil.Process, load: Load) -> None:
    begun = time.perf_counter()
    while True:
        started = time.perf_counter()
        response = await client.get("/healthz")
        load.health.append((time.perf_counter() - started) * 1000)
        load.errors += response.status_code != 200
        load.memory.append((started - begun, process.memory_info().rss / 2**20))
        await asyncio.sleep(LOOK)


def _print_load(load: Load, alone: float, askers: int) -> None:
    rate, warm = load.answers / load.seconds, [size for at, size in load.memory if at > WARM_UP]
    edge = max(1, len(warm) // 10)
    before, after = sum(warm[:edge]) / edge, sum(warm[-edge:]) / edge
    _line(f"{askers} askers, answers", load.answers, "")
    _line("errors", load.errors, "")
    _line("answers a second over HTTP", rate, "/s")
    _line("answers a second of search and answer alone", alone, "/s")
    _line("HTTP's share of that", rate / alone, "")
    _line("answer, p50", percentile(load.waited, 0.5), "ms")
    _line("answer, p99", percentile(load.waited, 0.99), "ms")
    _line("health check, p50", percentile(load.health, 0.5), "ms")
    _line("health check, p99", percentile(load.health, 0.99), "ms")
    _line("health check, max", max(load.health), "ms")
    _line("memory after warm-up", before, "MB")
    _line("memory growth since", (after / before - 1) * 100, "%")


def _streams(folder: Path, questions: Sequence[str]) -> None:
    """Measure the time to the first sentence of a model, minus the time that a bare client of the model waits.

    Questions come evenly, so that STREAMS answers are in progress at any time.
    """
    question, said = _written(folder, questions)
    words = re.findall(r"\S+\s*", said)
    words += ["and ", "more "] * round((WRITTEN / PAUSE - len(words)) / 2)  # the stream stays open that long
    with scripted_model() as model, running_server(folder, OPENAI_BASE_URL=model, OPENAI_MODEL="bench") as (url, _):
        set_script(model, words, PAUSE)
        with httpx.Client(trust_env=False) as client:
            bare = bare_client_times(client, model)
        with ProcessPoolExecutor(1) as pool:
            times = pool.submit(time_streams, url, question).result()
    late = [spent - bare[words_until_complete(words)] * 1000 for spent in times if spent == spent]
    _line(f"{STREAMS} streams at a time, first sentences of {len(times)}", len(late), "")
    for name, share in (("p50", 0.5), ("p95", 0.95)):
        _line(f"later than the model's own first sentence, {name}", percentile(late, share), "ms")


def _written(folder: Path, questions: Sequence[str]) -> tuple[str, str]:
    """The first question that a true sentence of the articles answers, and that sentence as a model cites it."""
    with Store(folder, MiniLM) as store, scripted_model() as model, tempfile.TemporaryDirectory() as beside:
        search, writer = Search(store), bench_writer(model, Path(beside))
        try:
            for question in questions:
                found = search(question)
                said = true_answer(question, found, store)
                set_script(model, re.findall(r"\S+\s*", said) or ["Nothing."], 0.0)
                first = next(writer.write(question, found, store.catalog, writer.start()), None)
                if first and said.startswith(first.text[:OPENING]):  # the model's own first sentence holds
                    return question, said
        finally:
            search.close()
    raise SystemExit("no question has an answer in this index")


def time_streams(url: str, question: str) -> list[float]:
    """Milliseconds to the first sentence of each answer that began while STREAMS were in progress."""

    async def everybody() -> list[float]:
        limits = httpx.Limits(max_connections=2 * STREAMS)
        async with httpx.AsyncClient(base_url=url, limits=limits, timeout=60, trust_env=False) as client:
            asking = list[asyncio.Task[float]]()
            for _ in range(STREAMS * 2):
                asking.append(asyncio.create_task(_first_sentence(client, question)))
                await asyncio.sleep(WRITTEN / STREAMS)
            return list(await asyncio.gather(*asking))[STREAMS:]

    return asyncio.run(everybody())


async def _first_sentence(client: httpx.AsyncClient, question: str) -> float:
    started, first = time.perf_counter(), float("nan")
    headers = {"Accept": "text/event-stream"}
    async with client.stream("POST", "/v1/ask", json={"question": question}, headers=headers) as response:
        async for line in response.aiter_lines():
            if line == "event: sentence" and first != first:
                first = (time.perf_counter() - started) * 1000
    return first


def _line(name: str, value: float, unit: str) -> None:
    print(f"{name:<62}{value:>10.2f} {unit}", flush=True)


if __name__ == "__main__":
    main()
