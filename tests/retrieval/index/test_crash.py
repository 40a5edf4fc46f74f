"""A process killed at any moment loses nothing, and the next one goes on where it stopped."""

import json
import sqlite3
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from retrieval.index import pending
from retrieval.index.store import Store
from retrieval.index.vectors.minilm import MiniLM
from tests.conftest import command, environment

ARTICLES = 600
PATIENCE = 60  # seconds

Moment = Callable[[Path], bool]


def count(file: Path, sql: str) -> int:
    """One number from a database that another process is writing; 0 while it has no tables yet."""
    if not file.exists():
        return 0
    try:
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=5) as db:
            return int(db.execute(sql).fetchone()[0])
    except sqlite3.OperationalError:
        return 0


MOMENTS: dict[str, Moment] = {
    "while reading": lambda data: count(data / "catalog.db", "SELECT count(*) FROM articles") > 0,
    "while indexing words": lambda data: count(data / "catalog.db", "SELECT total(words) FROM passages") > 0,
    "while embedding": lambda data: count(data / "embeddings.db", "SELECT count(*) FROM vectors") > 0,
    "while storing vectors": lambda data: count(data / "catalog.db", "SELECT total(vectors) FROM passages") > 0,
}


def write_articles(path: Path) -> None:
    rows = (
        {"id": f"a{n}", "url": f"https://example.org/{n}", "title": f"Report {n}", "date": "2025-03-11"}
        | {"text": f"The council of town number {n} met on Tuesday and voted for {n + 7} new benches in the park."}
        for n in range(ARTICLES)
    )
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8")


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_process_loses_nothing(moment: str, tmp_path: Path, model: MiniLM) -> None:
    write_articles(tmp_path / "news.jsonl")
    data = tmp_path / "data"
    add = command("add", str(tmp_path / "news.jsonl"))
    killed = subprocess.Popen(add, env=environment(tmp_path), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + PATIENCE
    while not MOMENTS[moment](data) and killed.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    killed.kill()
    assert killed.wait() == -9, "it had already finished: the moment never came"
    stored = count(data / "catalog.db", "SELECT count(*) FROM articles")
    embedded = count(data / "embeddings.db", "SELECT count(*) FROM vectors")

    again = subprocess.run(add, env=environment(tmp_path), capture_output=True, text=True, timeout=PATIENCE)

    assert again.returncode == 0, again.stderr
    assert stored > 0
    assert f"{stored} unchanged" in again.stdout or stored == ARTICLES
    assert count(data / "embeddings.db", "SELECT count(*) FROM vectors") == ARTICLES >= embedded
    with Store(data, lambda: model) as store:
        share = pending.index_coverage(store.catalog)
        assert (share.articles, share.passages, share.words, share.vectors) == (ARTICLES,) * 4
        assert (store.bm25.count(), store.vectors.count()) == (ARTICLES, ARTICLES)


def test_a_question_finishes_what_a_killed_process_left(tmp_path: Path) -> None:
    write_articles(tmp_path / "news.jsonl")
    data = tmp_path / "data"
    killed = subprocess.Popen(
        command("add", str(tmp_path / "news.jsonl")),
        env=environment(tmp_path),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while not MOMENTS["while reading"](data) and killed.poll() is None:
        time.sleep(0.005)
    killed.kill()
    killed.wait()

    answer = subprocess.run(
        command("ask", "--json", "How many benches did town number 17 vote for?"),
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )

    assert answer.returncode == 0, answer.stderr
    assert "24 new benches" in json.loads(answer.stdout)["text"]


def test_interrupted_ingest_says_so_and_goes_on(tmp_path: Path) -> None:
    import signal

    write_articles(tmp_path / "news.jsonl")
    add = command("add", str(tmp_path / "news.jsonl"))
    running = subprocess.Popen(add, env=environment(tmp_path), stderr=subprocess.PIPE, text=True)
    while not MOMENTS["while embedding"](tmp_path / "data") and running.poll() is None:
        time.sleep(0.005)
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=PATIENCE)

    assert running.returncode == 130
    assert "interrupted" in errors
    assert "Traceback" not in errors
    again = subprocess.run(add, env=environment(tmp_path), capture_output=True, text=True, timeout=PATIENCE)
    assert again.returncode == 0
    assert count(tmp_path / "data" / "catalog.db", "SELECT total(vectors) FROM passages") == ARTICLES
