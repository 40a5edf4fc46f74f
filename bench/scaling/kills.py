"""Kill machines at random moments: `python -m bench.scaling.kills [--kills 100] [--seconds 10]`.

Workers embed and servers answer while articles come in, on PostgreSQL and Milvus Lite. Every few seconds one of them
is killed (SIGKILL) and started again. At the end nothing may be lost, doubled or unanswered.
"""

import argparse
import itertools
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field

import httpx
from sqlalchemy import func, select, text

from bench.scaling.machines import LOOK, Embeddings, Site, made_articles, running_site, start_worker
from retrieval.catalog.database.tables import passages
from retrieval.index import indexer, pending
from retrieval.index.store import Store
from tests.support.endpoint_standin import free_port

LEASE_SECONDS = 5.0
ARTICLES, PAUSE = 10, 1.0  # that come in at once, and seconds until the next
WORKERS, SERVERS, ASKERS = 2, 2, 2
PATIENCE = 180.0  # seconds until everything is indexed after the last kill


@dataclass
class Drill:
    """What happened."""

    site: Site
    desk: Store
    added: int = 0
    asked: int = 0
    answered: Counter[str] = field(default_factory=Counter)
    replies: Counter[int] = field(default_factory=Counter)  # by status
    slowest: float = 0.0
    takeovers: list[float] = field(default_factory=list)
    is_over: threading.Event = field(default_factory=threading.Event)

    def ingest(self) -> None:
        while not self.is_over.is_set():
            indexer.add_articles(self.desk, made_articles(self.added, self.added + ARTICLES))
            self.added += ARTICLES
            self.is_over.wait(PAUSE)

    def ask(self, ports: list[int], asker: int) -> None:
        """Ask one question after another; one whose server dies is asked again on the other."""
        number = 0
        while not self.is_over.is_set():
            number, begun = number + 1, time.monotonic()
            name = f"{asker}-{number}"
            body = {"question": f"Which ship left the harbour on a morning of {number} degrees, {name}?"}
            self.asked += 1
            for port in itertools.cycle(ports):
                with suppress(httpx.HTTPError):
                    answer = httpx.post(f"http://127.0.0.1:{port}/v1/ask", json=body, timeout=30, trust_env=False)
                    self.replies[answer.status_code] += 1
                    if answer.status_code == 200:
                        self.answered[name] += 1
                        break
                time.sleep(LOOK)
            self.slowest = max(self.slowest, time.monotonic() - begun)

    def await_takeover(self, worker: str) -> None:
        """Measure how long a dead worker keeps its claims."""
        died = time.monotonic()
        claimed = select(func.count()).where(passages.c.claimed_by == worker)
        if self.desk.catalog.value(claimed):
            while self.desk.catalog.value(claimed):
                time.sleep(LOOK)
            self.takeovers.append(time.monotonic() - died)


class Machine:
    """A process that is killed and started again; a worker's id is its first line."""

    def __init__(self, start: "Callable[[], subprocess.Popen[str]]", drill: Drill, *, is_worker: bool) -> None:
        self._start, self._drill, self._is_worker = start, drill, is_worker
        self.process, self._name = start(), ""
        self._begin()

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()
        if self._name:
            threading.Thread(target=self._drill.await_takeover, args=[self._name], daemon=True).start()

    def restart(self) -> None:
        self.kill()
        self.process, self._name = self._start(), ""
        self._begin()

    def _begin(self) -> None:
        if self._is_worker:
            threading.Thread(target=self._read_name, args=[self.process], daemon=True).start()

    def _read_name(self, process: "subprocess.Popen[str]") -> None:
        with suppress(OSError, ValueError):  # it may be killed before
            assert process.stdin and process.stdout
            process.stdin.write("begin\n")
            process.stdin.flush()
            self._name = process.stdout.readline().strip()


def run(kills: int, seconds: float) -> dict[str, float]:
    """Kill so many machines, each after some seconds, and count what is wrong afterwards."""
    with running_site(Embeddings()) as site, site.store("desk") as desk, ExitStack() as opened:
        drill, ports = Drill(site, desk), [free_port() for _ in range(SERVERS)]
        machines = [_worker(drill, number) for number in range(WORKERS)] + [_server(drill, port) for port in ports]
        for machine in machines:
            opened.callback(machine.kill)
        threads = [threading.Thread(target=drill.ingest)]
        threads += [threading.Thread(target=drill.ask, args=[ports, number]) for number in range(ASKERS)]
        for thread in threads:
            thread.start()
        try:
            for number in range(kills):
                time.sleep(random.uniform(0, 2 * seconds))
                random.choice(machines).restart()
                if number % 10 == 9:
                    print(number + 1, "kills,", drill.added, "articles,", sum(drill.answered.values()), flush=True)
        finally:
            drill.is_over.set()
            for thread in threads:
                thread.join()
        end = time.monotonic() + PATIENCE
        while pending.has_pending(desk.catalog) and time.monotonic() < end:
            time.sleep(LOOK)
        return _counts(drill)


def _counts(drill: Drill) -> dict[str, float]:
    catalog = drill.desk.catalog
    coverage, ids = pending.index_coverage(catalog), catalog.article_ids()
    turns = int(catalog.value(text("SELECT count(*) FROM turns")))
    found = drill.desk.bm25.passages_with_all(["harbour"])
    return {
        "articles": drill.added,
        "articles lost": drill.added - len(set(ids)),
        "passages lost or doubled in the catalog": abs(coverage.passages - drill.added),
        "passages that an index lacks": 2 * coverage.passages - coverage.words - coverage.vectors,
        "rows of the index lost": drill.added - len(set(found)),
        "rows of the index doubled": len(found) - len(set(found)),
        "questions": drill.asked,
        "questions not answered once": drill.asked - sum(times == 1 for times in drill.answered.values()),
        "turns of questions whose server died before it replied": turns - drill.asked,
        "replies with 503": drill.replies[503],
        "replies that are errors": sum(n for status, n in drill.replies.items() if status not in (200, 503)),
        "slowest question, s": drill.slowest,
        "claims of killed workers": len(drill.takeovers),
        "longest until they were taken over, s": max(drill.takeovers, default=0.0),
        "texts embedded again": sum(times - 1 for times in drill.site.embeddings.times.values()),
    }


def _worker(drill: Drill, number: int) -> Machine:
    return Machine(lambda: start_worker(drill.site, f"worker{number}", LEASE_SECONDS), drill, is_worker=True)


def _server(drill: Drill, port: int) -> Machine:
    return Machine(lambda: server_process(drill.site, port), drill, is_worker=False)


def server_process(site: Site, port: int) -> "subprocess.Popen[str]":
    """Start a server in a folder of its own."""
    command = [sys.executable, "-c", "from bot.cli import main; main()", "serve", "--port", str(port)]
    environment = os.environ | site.settings(f"server{port}")
    return subprocess.Popen(command, env=environment, text=True, stderr=subprocess.DEVNULL)


def main() -> None:
    """Run the drill and print its counts."""
    parser = argparse.ArgumentParser(prog="python -m bench.scaling.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=10.0, help="between two kills, on average")
    options = parser.parse_args()
    for name, value in run(options.kills, options.seconds).items():
        print(f"{name}: {value:.1f}".removesuffix(".0"))


if __name__ == "__main__":
    main()
