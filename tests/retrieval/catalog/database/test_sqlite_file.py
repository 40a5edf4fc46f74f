"""A SQLite file that two processes open for the first time is whole for both of them."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Timer

import pytest
from langchain_core.embeddings import DeterministicFakeEmbedding

from retrieval.catalog.database.engine import Database, SQLiteOptions, sqlite_url
from retrieval.catalog.database.sqlite_file import set_pragma
from retrieval.index.vectors.embedding_cache import EmbeddingCache

HELD_SECONDS = 0.3  # by the other process


def open_database(path: Path) -> None:
    database = Database(sqlite_url(path))
    with database.connection():
        pass
    database.close()


def open_embeddings(path: Path) -> None:
    cache = EmbeddingCache(path, DeterministicFakeEmbedding(size=4), "fake")
    assert len(cache.embed_documents(["a"])) == 1
    cache.close()


@pytest.mark.parametrize("open_file", [open_database, open_embeddings])
def test_a_file_that_another_is_just_making_is_waited_for(open_file: Callable[[Path], None], tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "new.db", isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("CREATE TABLE kept (word TEXT)")
        releasing = Timer(HELD_SECONDS, other.execute, ["COMMIT"])
        releasing.start()
        open_file(tmp_path / "new.db")
        releasing.join()
        assert other.execute("SELECT count(*) FROM kept").fetchone() == (0,)
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_file_that_stays_locked_is_said_after_its_time(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "new.db"), SQLiteOptions(busy_seconds=0.1))
    with closing(sqlite3.connect(tmp_path / "new.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="locked"), database.connection():
            pass
        other.execute("ROLLBACK")
    database.close()


def test_a_pragma_that_is_wrong_is_said_at_once() -> None:
    with closing(sqlite3.connect(":memory:")) as db, pytest.raises(sqlite3.OperationalError, match="syntax"):
        set_pragma(db, "journal_mode=(")
