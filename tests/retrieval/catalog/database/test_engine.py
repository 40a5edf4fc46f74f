"""One interface to a SQLite file and to PostgreSQL: transactions, snapshots, errors."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import URL, text

from retrieval.catalog.database.engine import Database, sqlite_url
from retrieval.errors import DatabaseUnavailable, IndexUnavailable
from tests.support.postgresql import PostgreSQLServer
from tests.support.server_process import outage

COUNT = text("SELECT count(*) FROM words")
INSERT = text("INSERT INTO words VALUES (:word)")


@pytest.fixture
def database(database: Database) -> Database:
    database.run(text("CREATE TABLE words (word TEXT NOT NULL)"))
    return database


def counted(database: Database) -> int:
    return int(database.rows(COUNT)[0][0])


def test_a_transaction_is_stored_whole_or_not_at_all(database: Database) -> None:
    def fail_midway() -> None:
        with database.transaction() as db:
            db.execute(INSERT, {"word": "one"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_midway()
    assert counted(database) == 0
    with database.transaction() as db:
        db.execute(INSERT, [{"word": "one"}, {"word": "two"}])
    assert counted(database) == 2
    assert database.run(text("DELETE FROM words")) == 2


def test_a_snapshot_shows_nothing_that_came_later(database: Database) -> None:
    with database.snapshot() as db:
        database.run(INSERT, {"word": "later"})
        assert db.execute(COUNT).scalar_one() == 0
    assert counted(database) == 1
    with database.snapshot() as db:
        assert db.execute(COUNT).scalar_one() == 1


def test_errors_of_a_sqlite_file_are_those_of_sqlite3(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "words.db"))
    with pytest.raises(sqlite3.OperationalError, match="no such table") as raised:
        database.rows(COUNT)
    assert len(causes(raised.value)) < 5


def causes(error: BaseException) -> list[BaseException]:
    """An error and its causes, which are followed to the end where a full disk is looked for."""
    found, cause = list[BaseException](), error.__cause__ or error.__context__
    while cause is not None and len(found) < 100:
        found, cause = [*found, cause], cause.__cause__ or cause.__context__
    return found


def test_a_server_that_is_not_there_is_named(postgresql: PostgreSQLServer) -> None:
    gone = URL.create("postgresql+psycopg", "reader", "secret", "127.0.0.1", 1, "news")
    with pytest.raises(DatabaseUnavailable, match=r"127\.0\.0\.1:1/news cannot be used now") as raised:
        Database(gone).rows(text("SELECT 1"))
    assert "secret" not in str(raised.value)


def test_a_server_that_was_restarted_is_used_again(postgresql: PostgreSQLServer) -> None:
    database = Database(postgresql.new_database())
    assert database.rows(text("SELECT 1"))
    with outage(postgresql), pytest.raises(DatabaseUnavailable):
        database.rows(text("SELECT 1"))
    assert database.rows(text("SELECT 1"))
    database.close()


@pytest.mark.parametrize(
    ("preparation", "said"),
    [
        ("ALTER DATABASE {name} SET default_transaction_read_only = on", "read-only.*name the primary"),
        ("DROP TABLE words", "changed by hand, so restore it from a backup"),
        ("ALTER TABLE words RENAME word TO spoken", "changed by hand, so restore it from a backup"),
    ],
)
def test_a_server_that_fails_says_what_to_do(postgresql: PostgreSQLServer, preparation: str, said: str) -> None:
    url = postgresql.new_database()
    made, database = Database(url), Database(url)
    made.run(text("CREATE TABLE words (word TEXT NOT NULL)"))
    made.run(text(preparation.format(name=url.database)))
    with pytest.raises(IndexUnavailable, match=rf"^The database .*/{url.database} fails \(.*{said}"):
        database.run(text("INSERT INTO words (word) VALUES ('one')"))
    made.close()
    database.close()


@pytest.mark.parametrize("odd", ["no\0where", "no\udcffwhere"])
def test_a_server_finds_nothing_for_text_that_it_cannot_hold(postgresql: PostgreSQLServer, odd: str) -> None:
    database = Database(postgresql.new_database())
    (row,) = database.rows(
        text("SELECT :odd = 'nowhere', length(:odd), :odd = ANY (:listed)"), {"odd": odd, "listed": [odd]}
    )
    assert tuple(row) == (False, len(odd), True)
    database.close()
