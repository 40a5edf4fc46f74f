"""A process killed at any moment loses nothing, and the next one goes on where it stopped."""

import json
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from retrieval.catalog.catalog import Catalog
from retrieval.index import pending
from retrieval.index.index_updates import VECTOR_BATCH
from retrieval.index.indexer import ARTICLE_BATCH
from retrieval.index.store import Store
from retrieval.index.vectors.minilm import MiniLM
from tests.support.command_line import Onrecord, started

pytestmark = pytest.mark.process

PATIENCE = 60  # seconds
STOP_SECONDS = 4.0  # from SIGTERM to the end of the process: two, and as many for what else the machine does
LONG_ARTICLES, LONG_PARAGRAPHS = 60, 80


def count(file: Path, sql: str) -> int:
    """One number from a database that another process is writing; 0 while it has no tables yet."""
    if not file.exists():
        return 0
    try:
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=5) as db:
            return int(db.execute(sql).fetchone()[0])
    except sqlite3.OperationalError:
        return 0


@dataclass(frozen=True)
class Moment:
    """A stage has begun when this number is above 0; `articles` are enough for the stage to go on for a while."""

    database: str
    sql: str
    articles: int = ARTICLE_BATCH + 40

    def has_come(self, data: Path) -> bool:
        return count(data / self.database, self.sql) > 0


READING = Moment("catalog.db", "SELECT count(*) FROM articles")
EMBEDDING = Moment("embeddings.db", "SELECT count(*) FROM vectors")
MOMENTS = {
    "while reading": READING,
    "while indexing words": Moment("catalog.db", "SELECT total(words) FROM passages"),
    "while embedding": EMBEDDING,
    "while storing vectors": Moment("catalog.db", "SELECT total(vectors) FROM passages", VECTOR_BATCH + 48),
}


def write_articles(path: Path, articles: int) -> None:
    rows = (
        {"id": f"a{n}", "url": f"https://example.org/{n}", "title": f"Report {n}", "date": "2025-03-11"}
        | {"text": f"The council of town number {n} met on Tuesday and voted for {n + 7} new benches in the park."}
        for n in range(articles)
    )
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8")


def wait_for(moment: Moment, folder: Path, process: subprocess.Popen[str]) -> None:
    """Wait for the moment, or for the end of the process where it never comes."""
    deadline = time.monotonic() + PATIENCE
    while not moment.has_come(folder / "data") and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)


def kill_add(moment: Moment, folder: Path) -> None:
    """Add the articles in a process, and kill it at that moment."""
    write_articles(folder / "news.jsonl", moment.articles)
    with started(folder, "add", "news.jsonl") as adding:
        wait_for(moment, folder, adding)
        adding.kill()
        assert adding.wait() == -signal.SIGKILL, "it had already finished: the moment never came"


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_process_loses_nothing(moment: str, tmp_path: Path, onrecord: Onrecord, model: MiniLM) -> None:
    articles, data = MOMENTS[moment].articles, tmp_path / "data"
    kill_add(MOMENTS[moment], tmp_path)
    stored = count(data / "catalog.db", "SELECT count(*) FROM articles")
    embedded = count(data / "embeddings.db", "SELECT count(*) FROM vectors")

    again = onrecord("add", "news.jsonl")

    assert again.returncode == 0, again.stderr
    assert stored > 0
    assert f"{stored} unchanged" in again.stdout or stored == articles
    assert count(data / "embeddings.db", "SELECT count(*) FROM vectors") == articles >= embedded
    with Store(data, lambda: model) as store:
        share = pending.index_coverage(store.catalog)
        assert (share.articles, share.passages, share.words, share.vectors) == (articles,) * 4
        assert (store.bm25.count(), store.vectors.count()) == (articles, articles)


def test_a_question_finishes_what_a_killed_process_left(tmp_path: Path, onrecord: Onrecord) -> None:
    kill_add(READING, tmp_path)
    answer = onrecord("ask", "--json", "How many benches did town number 0 vote for?")  # the first article to be stored
    assert answer.returncode == 0, answer.stderr
    assert "for 7 new benches" in json.loads(answer.stdout)["text"]


def test_interrupted_ingest_says_so_and_goes_on(tmp_path: Path, onrecord: Onrecord) -> None:
    write_articles(tmp_path / "news.jsonl", EMBEDDING.articles)
    with started(tmp_path, "add", "news.jsonl") as adding:
        wait_for(EMBEDDING, tmp_path, adding)
        adding.send_signal(signal.SIGINT)
        _, errors = adding.communicate(timeout=PATIENCE)

    assert adding.returncode == 130
    assert "interrupted" in errors
    assert "Traceback" not in errors
    again = onrecord("add", "news.jsonl")
    assert again.returncode == 0
    assert count(tmp_path / "data" / "catalog.db", "SELECT total(vectors) FROM passages") == EMBEDDING.articles


def write_long_articles(path: Path) -> None:
    """Fewer articles than a batch has, which take some ten seconds to segment."""
    paragraph = (
        "The council of town number {n} met on Tuesday about the {thing}. “The {thing} will cost {n} million,” "
        "said Tom Obi, who has chaired it for {n} years. Ana Pell called that “a number nobody believes”."
    )
    rows = (
        {"id": f"a{n}", "url": f"https://example.org/{n}", "title": f"Report {n}", "date": "2025-03-11"}
        | {"text": "\n\n".join(paragraph.format(n=n, thing=f"bridge {part}") for part in range(LONG_PARAGRAPHS))}
        for n in range(LONG_ARTICLES)
    )
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8")


def test_a_batch_that_takes_long_is_kept_in_parts(tmp_path: Path) -> None:
    """Killed again and again after a commit, within one batch, each process gets further than the one before."""
    write_long_articles(tmp_path / "news.jsonl")
    stored = [0]
    for _ in range(2):
        further = Moment("catalog.db", f"SELECT count(*) > {stored[-1]} FROM articles")
        with started(tmp_path, "add", "news.jsonl") as adding:
            wait_for(further, tmp_path, adding)
            adding.kill()
            assert adding.wait() == -signal.SIGKILL
        stored.append(count(tmp_path / "data" / "catalog.db", "SELECT count(*) FROM articles"))
    assert 0 < stored[1] < stored[2] < LONG_ARTICLES < ARTICLE_BATCH


@pytest.mark.parametrize("delay", [0.5, 1.5, 3.0])
def test_sigterm_ends_an_ingest_soon_and_nothing_is_lost(delay: float, tmp_path: Path) -> None:
    write_long_articles(tmp_path / "news.jsonl")
    with started(tmp_path, "add", "news.jsonl") as adding:
        time.sleep(delay)
        adding.send_signal(signal.SIGTERM)
        told = time.monotonic()
        _, errors = adding.communicate(timeout=PATIENCE)
        assert time.monotonic() - told < STOP_SECONDS
    assert adding.returncode == 130
    assert "Traceback" not in errors
    if (tmp_path / "data" / "catalog.db").exists():
        with closing(Catalog(tmp_path / "data" / "catalog.db")) as catalog:
            catalog.check()


@pytest.mark.parametrize("moment", ["while indexing words", "while embedding", "while storing vectors"])
def test_sigterm_ends_indexing_soon_and_the_same_command_goes_on(
    moment: str, tmp_path: Path, onrecord: Onrecord
) -> None:
    articles = MOMENTS[moment].articles
    write_articles(tmp_path / "news.jsonl", articles)
    with started(tmp_path, "add", "news.jsonl") as adding:
        wait_for(MOMENTS[moment], tmp_path, adding)
        adding.send_signal(signal.SIGTERM)
        told = time.monotonic()
        _, errors = adding.communicate(timeout=PATIENCE)
        assert time.monotonic() - told < STOP_SECONDS
    assert adding.returncode in (0, 130)  # 0 where it was done before the interruption came through
    assert "unexpected" not in errors
    assert onrecord("add", "news.jsonl").returncode == 0
    assert count(tmp_path / "data" / "catalog.db", "SELECT total(vectors) FROM passages") == articles
