"""`onrecord work`: embeds what is pending, beside others, until it is told to end."""

import json
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from retrieval.catalog.catalog import Catalog
from retrieval.catalog.database.engine import server_database
from retrieval.index import indexer, pending
from retrieval.index.milvus.settings import parse_milvus
from retrieval.index.store import Store
from retrieval.index.vectors.minilm import EmbeddingModel
from tests.support.articles import article
from tests.support.command_line import WORDS_ALONE, Onrecord, run_inside, started
from tests.support.endpoint_standin import Answer, Asked, Standin, as_json
from tests.support.milvus_server import MilvusServer
from tests.support.newsroom import write_articles
from tests.support.postgresql import PostgreSQLServer

PATIENCE = 60.0  # seconds
WITHIN = 2.0  # seconds from SIGTERM to the end
SENTENCE = "Ship {0} left the harbour on a morning of {0} degrees, said its owner."


def vectors(asked: Asked, seconds: float = 0.0) -> Answer:
    """An embedding of each text, after a while."""
    time.sleep(seconds * len(asked.body["input"]))
    rows = [
        {"index": at, "embedding": [1.0 + text.count(vowel) for vowel in "aeiou"]}
        for at, text in enumerate(asked.body["input"])
    ]
    return as_json({"data": rows})


@pytest.fixture
def endpoint(loopback: None) -> Iterator[Standin]:
    with Standin(vectors).serving() as server:
        yield server


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.1)


def test_what_an_index_in_a_folder_is_owed_is_embedded_once(onrecord: Onrecord, tmp_path: Path) -> None:
    news = write_articles(tmp_path / "news.jsonl")
    assert onrecord("add", str(news), "-q", **WORDS_ALONE).returncode == 4
    worked = onrecord("work", "--once")
    assert (worked.returncode, worked.stdout) == (0, "") and "Embedding passages: " in worked.stderr
    counts = json.loads(onrecord("status", "--json").stdout)
    assert counts["vectors"] == counts["passages"] > 0
    again = onrecord("work", "--once")
    assert (again.returncode, again.stderr) == (0, "")


def test_once_says_why_it_cannot_finish(onrecord: Onrecord, tmp_path: Path) -> None:
    onrecord("add", str(write_articles(tmp_path / "news.jsonl")), "-q", **WORDS_ALONE)
    failed = onrecord("work", "--once", **WORDS_ALONE)
    assert failed.returncode == 4 and failed.stderr.count("\n") == 1


@pytest.mark.process
def test_a_worker_waits_for_work_and_ends_at_once(tmp_path: Path, endpoint: Standin) -> None:
    settings = {"ONRECORD_EMBEDDING_MODEL": "vowels", "ONRECORD_EMBEDDING_BASE_URL": endpoint.url}
    news = write_articles(tmp_path / "news.jsonl")
    run_inside(tmp_path, "add", str(news), "-q", **WORDS_ALONE)
    with (
        started(tmp_path, "work", **settings) as process,
        closing(Catalog(tmp_path / "data" / "catalog.db")) as catalog,
    ):
        until(lambda: not pending.has_pending(catalog))
        process.send_signal(signal.SIGTERM)
        begun = time.monotonic()
        assert process.wait(PATIENCE) == 0 and time.monotonic() - begun < WITHIN


class Vowels(EmbeddingModel):
    """Embeds nothing: what this machine adds is left to the workers."""

    name = "vowels"


@pytest.mark.process
def test_a_worker_survives_its_servers_and_gives_back_its_claims(
    tmp_path: Path, endpoint: Standin, milvus: MilvusServer, postgresql: PostgreSQLServer
) -> None:
    address = postgresql.new_database().render_as_string(hide_password=False)
    settings = {
        "ONRECORD_EMBEDDING_MODEL": "vowels",
        "ONRECORD_EMBEDDING_BASE_URL": endpoint.url,
        "ONRECORD_DATABASE_URL": address,
        "ONRECORD_INDEX_URL": milvus.url,
    }
    made = Store(tmp_path / "desk", Vowels, milvus=parse_milvus(milvus.url), database=server_database(address))
    with made as desk, started(tmp_path, "work", **settings) as process:
        add = partial(_add, desk)
        add(0, 20)
        until(lambda: not pending.has_pending(desk.catalog))
        postgresql.kill()
        time.sleep(3.5)
        postgresql.start()
        add(20, 40)
        until(lambda: not pending.has_pending(desk.catalog))
        milvus.kill()
        add(40, 60)
        time.sleep(3.5)
        milvus.start()
        until(lambda: not pending.has_pending(desk.catalog))
        endpoint.script[:] = [partial(vectors, seconds=0.5)]
        add(60, 80)
        until(lambda: len(endpoint.asked) > 3)
        process.send_signal(signal.SIGTERM)
        begun = time.monotonic()
        assert process.wait(PATIENCE) == 0 and time.monotonic() - begun < WITHIN
        assert len(pending.claim_passages(desk.indexing, 99)) == 20, "they need not wait for the claims to expire"
        assert pending.index_coverage(desk.catalog).vectors == 60
        said = process.stderr.read() if process.stderr else ""
        assert "The worker goes on when it can." in said and "Traceback" not in said


def _add(store: Store, first: int, last: int) -> None:
    indexer.add_articles(store, [article(f"ship{n}", SENTENCE.format(n)) for n in range(first, last)])
