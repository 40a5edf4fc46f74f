"""Stop PostgreSQL, then Milvus, under load: `python -m bench.scaling.outages [--seconds 30]`.

Eight readers ask a server over HTTP while articles come in and a worker embeds them. Each engine is stopped as by a
crash and started again. Every question has to get an answer or 503 with Retry-After, and nothing may be lost.
"""

import argparse
import itertools
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import httpx

from bench.scaling.kills import LEASE_SECONDS, PATIENCE, server_process
from bench.scaling.machines import LOOK, Embeddings, Site, made_articles, running_site, start_worker
from retrieval.errors import OnRecordError
from retrieval.index import indexer, pending
from retrieval.index.store import Store
from tests.support.endpoint_standin import free_port

ASKERS = 8
ARTICLES, PAUSE = 5, 1.0  # that come in at once, and seconds until the next
WORDS_ALONE = "Searched by words alone"  # how a note begins
REPLY_SECONDS = 60.0  # that a reader waits


@dataclass
class Replies:
    """What readers got in one stretch of time."""

    kinds: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0

    def add(self, kind: str, seconds: float) -> None:
        self.kinds[kind] += 1
        self.slowest = max(self.slowest, seconds)


class Outage:
    """A server under load."""

    def __init__(self, desk: Store, url: str) -> None:
        self._replies, self.added = Replies(), 0
        self._desk, self._url, self._is_over = desk, url, threading.Event()

    @contextmanager
    def under_load(self) -> Iterator[None]:
        """Ask and add articles while the block runs."""
        threads = [threading.Thread(target=self._ingest)]
        threads += [threading.Thread(target=self._ask, args=[number]) for number in range(ASKERS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._is_over.set()
            for thread in threads:
                thread.join()

    def print_stretch(self, name: str, seconds: float) -> None:
        """Wait so many seconds, and print what readers got."""
        replies = self._replies = Replies()
        time.sleep(seconds)
        said = ", ".join(f"{number} {kind}" for kind, number in replies.kinds.most_common())
        print(f"{name}: {said}; slowest {replies.slowest:.1f} s", flush=True)

    def print_losses(self) -> None:
        """Wait until everything is indexed, and print what is missing or doubled."""
        catalog, end = self._desk.catalog, time.monotonic() + PATIENCE
        while pending.has_pending(catalog) and time.monotonic() < end:
            time.sleep(LOOK)
        coverage, rows = pending.index_coverage(catalog), self._desk.bm25.passages_with_all(["harbour"])
        print(f"articles: {self.added}, lost: {self.added - len(set(catalog.article_ids()))}")
        print(f"passages that an index lacks: {2 * coverage.passages - coverage.words - coverage.vectors}")
        print(f"rows of the index lost: {coverage.passages - len(set(rows))}, doubled: {len(rows) - len(set(rows))}")

    def recovery(self) -> float:
        """Seconds until a question is answered in full again."""
        begun = time.monotonic()
        while True:
            with suppress(httpx.HTTPError):
                if self._kind(f"recovered {time.monotonic()}") == "answered":
                    return time.monotonic() - begun
            time.sleep(LOOK)

    def _ingest(self) -> None:
        while not self._is_over.is_set():
            with suppress(OnRecordError):  # the same articles again, as a source would be read again
                indexer.add_articles(self._desk, made_articles(self.added, self.added + ARTICLES))
                self.added += ARTICLES
            self._is_over.wait(PAUSE)

    def _ask(self, asker: int) -> None:
        for number in itertools.count():
            if self._is_over.is_set():
                return
            replies, begun = self._replies, time.monotonic()
            try:
                kind = self._kind(f"{asker}-{number}")
            except httpx.HTTPError as exc:
                kind = f"no reply ({type(exc).__name__})"
            replies.add(kind, time.monotonic() - begun)
            time.sleep(LOOK)

    def _kind(self, name: str) -> str:
        body = {"question": f"Which ship left the harbour on a morning of 3 degrees, {name}?"}
        found = httpx.post(f"{self._url}/v1/ask", json=body, timeout=REPLY_SECONDS, trust_env=False)
        if found.status_code == httpx.codes.OK:
            notes = found.json()["notes"]
            return "by words alone" if any(note.startswith(WORDS_ALONE) for note in notes) else "answered"
        return f"{found.status_code} {'with' if 'retry-after' in found.headers else 'without'} Retry-After"


def run(seconds: float) -> None:
    """Stop each engine for so many seconds; print what readers got, and what is wrong afterwards."""
    with running_site(Embeddings()) as site, site.store("desk") as desk:
        indexer.add_articles(desk, made_articles(0, ARTICLES))
        indexer.index_pending(desk)
        port = free_port()
        server, worker = server_process(site, port), start_worker(site, "worker", LEASE_SECONDS)
        try:
            outage = Outage(desk, f"http://127.0.0.1:{port}")
            _stop_each(site, outage, worker, seconds)
            outage.print_losses()
        finally:
            for process in (server, worker):
                process.kill()
                process.communicate()


def _stop_each(site: Site, outage: Outage, worker: "subprocess.Popen[str]", seconds: float) -> None:
    assert worker.stdin
    worker.stdin.write("begin\n")
    worker.stdin.flush()
    outage.recovery()  # until it has started
    stopped: tuple[tuple[str, Callable[[], None], Callable[[], None]], ...] = (
        ("PostgreSQL", site.postgresql.kill, site.postgresql.start),
        ("Milvus", site.milvus.kill, site.milvus.start),
    )
    with outage.under_load():
        outage.print_stretch("before", seconds / 3)
        for name, stop, start in stopped:
            stop()
            outage.print_stretch(f"{name} stopped", seconds)
            start()
            print(f"{name} is back: answered in full after {outage.recovery():.1f} s", flush=True)
            outage.print_stretch(f"after {name}", seconds / 3)


def main() -> None:
    """Run the drill."""
    parser = argparse.ArgumentParser(prog="python -m bench.scaling.outages", description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0, help="that each engine is stopped")
    run(parser.parse_args().seconds)


if __name__ == "__main__":
    main()
