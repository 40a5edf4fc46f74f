"""SIGTERM ends `add`, `serve` and `watch` within two seconds at any moment, and the next command goes on from there."""

import json
import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from random import Random
from threading import Event, Thread

import httpx
import pytest

from retrieval.catalog.catalog import Catalog
from retrieval.ingest.watching.source import Source
from retrieval.ingest.watching.source_store import SourceStore
from tests.support.command_line import ROOT, Onrecord, started
from tests.support.endpoint_standin import free_port
from tests.support.misbehaving_server import LOOPBACK, Site, site
from tests.support.news_site import Story, feed, page
from tests.support.newsroom import TOLL, write_articles

pytestmark = pytest.mark.process
SIGNALS = int(os.environ.get("ONRECORD_TEST_SIGNALS", "2"))  # of each command, at random moments
EARLIEST = 0.3  # seconds after the start of the process, when it has come to its first lines
ADDED, IDLE = 3.0, 6.0  # seconds after which `add` has all done, and the others have begun to wait
WITHIN = 4.0  # seconds: two, and as many for what else the machine does
PATIENCE = 60  # seconds
CODES = (0, 130)  # a command that serves ends well; one that works, or has not begun, is interrupted
ARTICLES = 300  # that `add` is busy with for about ADDED seconds
LONG_AGO = "2025-05-02T08:00:00+00:00"
NEAR = {"ONRECORD_ALLOWED_NETWORKS": LOOPBACK[0]}
STORIES = [
    Story(f"report-{n}", f"Report {n}", f"The town voted for {n + 7} new benches on Tuesday.") for n in range(20)
]


def moments(latest: float) -> Iterator[tuple[int, float]]:
    random = Random(17)
    for number in range(SIGNALS):
        yield number, random.uniform(EARLIEST, latest)


def end(process: "subprocess.Popen[str]", delay: float) -> int:
    """End the command after a delay, in time and without a traceback; returns its exit code."""
    time.sleep(delay)
    told = time.monotonic()
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=PATIENCE)
    seconds = time.monotonic() - told
    assert seconds < WITHIN and "Traceback" not in errors, (delay, seconds, errors)
    return process.returncode


def check(folder: Path) -> None:
    """The catalog of a folder is whole, where there is one yet."""
    if (folder / "data" / "catalog.db").exists():
        with closing(Catalog(folder / "data" / "catalog.db")) as catalog:
            catalog.check()


def indexed(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "data" / "catalog.db")) as db:
        return int(db.execute("SELECT count(DISTINCT article) FROM passages WHERE words AND vectors").fetchone()[0])


@contextmanager
def asking(url: str) -> Iterator[None]:
    """Readers ask one question after another as soon as they are answered."""
    over = Event()

    def ask() -> None:
        while not over.wait(0.05):
            with suppress(httpx.HTTPError):
                httpx.post(f"{url}/v1/ask", json={"question": "What is the toll?"}, timeout=5, trust_env=False)

    readers = [Thread(target=ask) for _ in range(2)]
    for reader in readers:
        reader.start()
    try:
        yield
    finally:
        over.set()
        for reader in readers:
            reader.join()


@pytest.fixture
def paper() -> Iterator[Site]:
    with site({}) as found:
        found.pages |= {f"/{story.name}": page(story, found) for story in STORIES}
        found.pages["/feed"] = feed(found, STORIES)
        yield found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_modules_are_imported_is_an_interruption(number: signal.Signals, tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text("import time; print('importing', flush=True); time.sleep(60)")
    with started(tmp_path, "status", PYTHONPATH=os.pathsep.join([str(tmp_path), str(ROOT)])) as starting:
        assert starting.stdout and starting.stdout.readline() == "importing\n"
        starting.send_signal(number)
        _, errors = starting.communicate(timeout=PATIENCE)
    assert (starting.returncode, errors) == (130, "")


def test_add_ends_at_any_moment_and_goes_on(tmp_path: Path, onrecord: Onrecord) -> None:
    for number, delay in moments(ADDED):
        folder = tmp_path / str(number)
        folder.mkdir()
        text = "The council of town number {n} met on Tuesday. “We need {n} new benches,” said Tom Obi."
        rows = ({"id": f"a{n}", "title": f"Report {n}", "text": text.format(n=n)} for n in range(ARTICLES))
        (folder / "news.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
        with started(folder, "add", "news.jsonl") as adding:
            code = end(adding, delay)
        check(folder)
        # Python takes its handlers back before it cleans up: by then all is done.
        assert code in CODES or (code == -signal.SIGTERM and indexed(folder) == ARTICLES), (delay, code)
        again = onrecord("--data", str(folder / "data"), "add", str(folder / "news.jsonl"))
        assert again.returncode == 0 and indexed(folder) == ARTICLES, (delay, again.stderr)


def test_serve_ends_at_any_moment_and_starts_again(tmp_path: Path, onrecord: Onrecord) -> None:
    news = {"ONRECORD_ARTICLES": str(write_articles(tmp_path / "news.jsonl"))}
    for number, delay in moments(IDLE):
        folder, port = tmp_path / str(number), free_port()
        folder.mkdir()
        with started(folder, "serve", "--port", str(port), **news) as serving, asking(f"http://127.0.0.1:{port}"):
            assert end(serving, delay) in CODES, delay
        check(folder)
        answer = onrecord("--data", str(folder / "data"), "ask", "How much will lorries pay for a crossing?", **news)
        assert answer.returncode == 0 and TOLL.title in answer.stdout, (delay, answer.stderr)


def test_watch_ends_at_any_moment_and_goes_on(tmp_path: Path, onrecord: Onrecord, paper: Site) -> None:
    for number, delay in moments(IDLE):
        folder = tmp_path / str(number)
        with closing(Catalog(folder / "data" / "catalog.db")) as catalog:
            SourceStore(catalog).add(Source(f"{paper.url}/feed", "feed", "Quay Gazette", 15, LONG_AGO, LONG_AGO))
        with started(folder, "watch", **NEAR) as watching:
            assert end(watching, delay) in CODES, delay
        check(folder)
        again = onrecord("--data", str(folder / "data"), "add", f"{paper.url}/feed", **NEAR)
        assert again.returncode == 0 and indexed(folder) == len(STORIES), (delay, again.stderr)
