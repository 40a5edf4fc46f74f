"""`onrecord copy`: a folder's index and records move to a database server and back, and nothing is embedded again."""

import json
import shutil
import signal
import time
from contextlib import closing
from pathlib import Path

import pytest

from retrieval.catalog.catalog import Catalog
from retrieval.catalog.database.engine import server_database
from retrieval.catalog.database.table_copy import CATALOG_TABLES, checksum
from retrieval.ingest.watching.source import Source
from retrieval.ingest.watching.source_store import SourceStore
from tests.support.command_line import Onrecord, run_inside, started
from tests.support.milvus_server import MilvusServer
from tests.support.newsroom import write_articles
from tests.support.postgresql import PostgreSQLServer

QUESTION = "What did Brandt say about the toll?"


@pytest.fixture
def archive(tmp_path: Path, newsroom_folder: Path, onrecord: Onrecord) -> Path:
    """A folder with an index, a conversation, a key and a source."""
    folder = shutil.copytree(newsroom_folder, tmp_path / "data")
    assert onrecord("keys", "add", "archive").returncode == 0
    with closing(Catalog(folder / "catalog.db")) as catalog:
        SourceStore(catalog).add(Source("https://example.org/feed", "feed", "Feed", 15, "2026-01-01", "2099-01-01"))
        catalog.record_run("2026-01-01T00:00:00+00:00", 1, 0, 0, 0)
    return folder


def answer(onrecord: Onrecord, **settings: str) -> object:
    found = json.loads(onrecord("ask", QUESTION, "--json", **settings).stdout)
    return [found[name] for name in ("status", "text", "citations")]


def test_an_archive_moves_to_servers_and_back(
    archive: Path, onrecord: Onrecord, tmp_path: Path, postgresql: PostgreSQLServer, milvus: MilvusServer
) -> None:
    before = answer(onrecord)
    address = postgresql.new_database().render_as_string(hide_password=False)
    servers = {"ONRECORD_DATABASE_URL": address, "ONRECORD_INDEX_URL": milvus.url}
    moved = onrecord("copy", "--to", address, "--index-url", milvus.url)
    assert (moved.returncode, moved.stdout.count(" rows ")) == (0, moved.stdout.count("\n")), moved.stderr
    assert answer(onrecord, **servers) == before
    assert "archive" in onrecord("keys", "list", **servers).stdout
    assert "https://example.org/feed" in onrecord("sources", **servers).stdout
    again = onrecord("copy", "--to", address)
    assert (again.returncode, again.stderr.count("\n")) == (2, 1) and "holds another index" in again.stderr
    added = onrecord("add", str(write_articles(tmp_path / "again.jsonl")), "-q", **servers)
    assert added.returncode == 0, added.stderr
    shutil.move(archive / "embeddings.db", tmp_path / "embeddings.db")
    shutil.rmtree(archive)
    archive.mkdir()
    shutil.move(tmp_path / "embeddings.db", archive)
    back = onrecord("copy", "--to", str(tmp_path / "back"), **servers)
    assert back.returncode == 0 and "'onrecord work'" in back.stderr
    home = {"ONRECORD_DATA": str(tmp_path / "back")}
    assert onrecord("work", "--once", **home).returncode == 0
    assert answer(onrecord, **home) == before
    assert "archive" in onrecord("keys", "list", **home).stdout
    assert (tmp_path / "back" / "keys.db").stat().st_mode & 0o777 == 0o600


def test_a_copy_that_was_killed_goes_on(
    archive: Path, onrecord: Onrecord, tmp_path: Path, postgresql: PostgreSQLServer
) -> None:
    address = postgresql.new_database().render_as_string(hide_password=False)
    for pause in (1.5, 2.0, 2.5):
        with started(tmp_path, "copy", "--to", address) as process:
            time.sleep(pause)
            process.send_signal(signal.SIGKILL)
            process.wait()
    copied = run_inside(tmp_path, "copy", "--to", address)
    assert copied.returncode in (0, 2), copied.stderr  # 2: the last one had just finished
    with (
        closing(Catalog(archive / "catalog.db")) as here,
        closing(Catalog(server_database(address))) as there,
        here.database.snapshot() as mine,
        there.database.snapshot() as theirs,
    ):
        for what in CATALOG_TABLES:
            assert checksum(mine, what) == checksum(theirs, what), what.table.name


@pytest.mark.parametrize("place", ["data", "mysql://reader:Gr8t@127.0.0.1/news"])
def test_a_place_that_cannot_be_is_refused(place: str, archive: Path, onrecord: Onrecord) -> None:
    refused = onrecord("copy", "--to", place)
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1) and "Gr8t" not in refused.stderr
