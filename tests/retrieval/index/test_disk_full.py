"""A full disk is named in one sentence; the catalog stays whole, and the same command goes on once there is room."""

import json
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, text

from retrieval.errors import is_disk_full
from retrieval.index import indexer
from retrieval.index.store import Store
from tests.support.articles import article
from tests.support.command_line import Onrecord

ARTICLES = 300
FULL = "The disk is full; make room on it and try again.\n"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own in memory, where the command has its data folder."""
    disk = tmp_path / "data"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if os.name != "posix" or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("only root may mount a small disk")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def write_articles(path: Path) -> None:
    rows = (
        {"id": f"a{n}", "url": f"https://example.org/{n}", "title": f"Report {n}", "date": "2025-03-11"}
        | {"text": f"The council of town number {n} met on Tuesday and voted for {n + 7} new benches in the park. " * 3}
        for n in range(ARTICLES)
    )
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8")


def resize(disk: Path, size: str) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", str(disk)], check=True)


@pytest.mark.parametrize("size", ["200k", "1m", "2m"])
def test_adding_to_a_full_disk_goes_on_when_there_is_room(
    size: str, small_disk: Path, tmp_path: Path, onrecord: Onrecord
) -> None:
    resize(small_disk, size)
    write_articles(tmp_path / "news.jsonl")
    refused = onrecord("add", "-q", "news.jsonl")
    assert (refused.returncode, refused.stdout) == (6, "")
    assert refused.stderr.startswith("onrecord: ") and refused.stderr.endswith(FULL) and refused.stderr.count("\n") == 1

    resize(small_disk, "50m")
    assert onrecord("add", "-q", "news.jsonl").returncode == 0
    counts = json.loads(onrecord("status", "--json").stdout)
    assert counts["articles"] == counts["passages"] == counts["words"] == counts["vectors"] == ARTICLES


def test_a_disk_that_fills_up_while_reindexing_loses_nothing(
    small_disk: Path, tmp_path: Path, onrecord: Onrecord
) -> None:
    resize(small_disk, "50m")
    write_articles(tmp_path / "news.jsonl")
    assert onrecord("add", "-q", "news.jsonl").returncode == 0
    filler = small_disk / "filler"
    filler.write_bytes(b"x" * (os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize - 100_000))
    refused = onrecord("reindex", "-q")
    assert refused.returncode == 6 and refused.stderr.endswith(FULL) and refused.stderr.count("\n") == 1

    filler.unlink()
    assert onrecord("reindex", "-q").returncode == 0
    counts = json.loads(onrecord("status", "--json").stdout)
    assert counts["articles"] == counts["passages"] == counts["words"] == counts["vectors"] == ARTICLES


def limit_pages(store: Store, pages: int) -> None:
    """Let the catalog's file have no more pages; every connection that is opened from now on has this limit."""
    store.catalog.close()
    engine = store.catalog.database.engine
    event.listen(engine, "connect", lambda db, _: db.execute(f"PRAGMA max_page_count = {pages}"))


def test_a_catalog_that_cannot_grow_keeps_what_it_has(store: Store) -> None:
    indexer.add_articles(store, [article("pier", "The old pier is closed for repairs.")])
    pages = store.catalog.value(text("PRAGMA page_count"))
    limit_pages(store, pages)
    long = [
        article(f"a{n}", f"Report {n}. " + "The harbour was closed on Monday because of the storm. " * 200)
        for n in range(9)
    ]
    with pytest.raises(sqlite3.OperationalError) as refused:
        indexer.add_articles(store, long)
    assert is_disk_full(refused.value)
    assert store.catalog.article_ids() == ["pier"]
    store.catalog.check()
    limit_pages(store, 1_000_000)
    assert indexer.add_articles(store, long).added == 9
