"""Statements that sqlite3 runs without SQLAlchemy give what SQLAlchemy gives."""

from pathlib import Path

import pytest
from sqlalchemy import Executable, exists, func, insert, select, text

from retrieval.catalog.database.dialects import among, number_list, text_list, upsert
from retrieval.catalog.database.drivers.sqlite_file import compiled
from retrieval.catalog.database.engine import Database, read, sqlite_url, write
from retrieval.catalog.database.schema import upgrade
from retrieval.catalog.database.tables import bands, facts

VALUES = [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}, {"key": "end", "value": "3"}]


@pytest.fixture
def database(tmp_path: Path) -> Database:
    opened = Database(sqlite_url(tmp_path / "catalog.db"))
    upgrade(opened, "catalog")
    opened.run(insert(facts), VALUES)
    return opened


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        (select(facts).order_by(facts.c.key), {}),
        (select(facts.c.value.label("end")).where(facts.c.key != "a").order_by(facts.c.key), {}),
        (select(facts.c.key).where(among(facts.c.key, text_list("keys"))).limit(1), {"keys": ["b", "x"]}),
        (select(func.count(), func.max(facts.c.value)), {}),
        (select(exists(select(facts.c.key))), {}),
        (select(facts.c.key).where(facts.c.key.in_(["a", "b"])), {}),
        (text("SELECT value FROM facts WHERE key = :key"), {"key": "end"}),
    ],
)
def test_a_statement_gives_the_same_each_time(
    database: Database, statement: Executable, values: dict[str, str]
) -> None:
    with database.snapshot() as db:
        first, second, third = (read(db, statement, values) for _ in range(3))
    again = database.rows(statement, values)
    assert list(map(tuple, first)) == list(map(tuple, second)) == list(map(tuple, third)) == list(map(tuple, again))
    assert first and [type(one) for row in first for one in row] == [type(one) for row in third for one in row]


def test_what_is_read_often_is_run_without_sqlalchemy_and_truth_values_are_not() -> None:
    often, truth = select(facts.c.value), select(exists(select(facts.c.key)))
    assert compiled(often, ()) is None and compiled(often, ()) is not None
    assert compiled(truth, ()) is None and compiled(truth, ()) is None


def test_writes_count_the_rows_that_they_change_and_are_undone_together(database: Database) -> None:
    put = upsert(facts, "value")
    for number in range(3):
        with database.transaction() as db:
            assert write(db, put, [{"key": key, "value": str(number)} for key in ("a", "new")]) == 2
    assert [row.value for row in database.rows(select(facts.c.value).where(facts.c.key == "new"))] == ["2"]

    def fail() -> None:
        with database.transaction() as db:
            write(db, put, {"key": "a", "value": "undone"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert database.rows(select(facts.c.value).where(facts.c.key == "a"))[0].value == "2"


def test_a_list_of_numbers_finds_those_with_64_bits(database: Database) -> None:
    database.run(insert(bands), [{"band": number, "article": "pier"} for number in (-(2**63), 2**63 - 1)])
    wanted = select(bands.c.band).where(among(bands.c.band, number_list("bands")))
    for _ in range(2):
        assert len(database.rows(wanted, {"bands": [2**63 - 1, -(2**63), 0]})) == 2
