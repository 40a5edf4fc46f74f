"""The catalog in PostgreSQL, as the command line uses it: the same answers, one sentence for whatever is wrong."""

import json
import sys
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from retrieval.catalog.database.engine import Database
from tests.support.command_line import Onrecord, run_inside
from tests.support.postgresql import CAREFUL, PostgreSQLServer
from tests.support.server_process import outage

ARTICLE = {
    "id": "pier",
    "url": "https://example.org/pier",
    "title": "Pier closes",
    "date": "2026-03-01",
    "text": "The old pier in Quay closes for repairs in May. “It is not safe,” Mayor Ana Pell said on Monday.",
}
SECRET = "Gr8tSecret"


def write_articles(folder: Path) -> None:
    (folder / "a.jsonl").write_text(json.dumps(ARTICLE) + "\n")


@pytest.fixture
def on_server(tmp_path: Path, postgresql: PostgreSQLServer) -> Onrecord:
    """Commands whose catalog is a database of the test's own."""
    address = postgresql.new_database().render_as_string(hide_password=False)
    write_articles(tmp_path)
    return partial(run_inside, tmp_path, ONRECORD_DATABASE_URL=address)


def test_commands_answer_from_a_catalog_on_a_server(on_server: Onrecord, tmp_path: Path) -> None:
    added = on_server("add", "a.jsonl", "--json")
    assert (added.returncode, json.loads(added.stdout)["added"]) == (0, 1)
    assert not (tmp_path / "data" / "catalog.db").exists()
    answer = json.loads(on_server("ask", "When does the old pier close?", "--json").stdout)
    assert answer["status"] == "answered" and "May" in answer["text"]
    assert "It is not safe" in on_server("quotes", "Ana Pell").stdout
    assert "Pier closes" in on_server("articles").stdout
    counts = json.loads(on_server("status", "--json").stdout)
    assert (counts["articles"], counts["words"]) == (1, 1) and "127.0.0.1" in counts["database"]
    assert on_server("reindex", "-q").returncode == 0
    assert on_server("remove", "pier").returncode == 0
    assert on_server("ask", "When does the old pier close?").returncode == 3


def test_a_failure_is_not_put_down_to_an_old_folder(
    on_server: Onrecord, tmp_path: Path, postgresql: PostgreSQLServer
) -> None:
    address = postgresql.new_database()
    onrecord = partial(on_server, ONRECORD_DATABASE_URL=address.render_as_string(hide_password=False))
    assert onrecord("add", "a.jsonl", "--quiet").returncode == 0
    database = Database(address)
    database.run(text("UPDATE versions SET authors = 'not a list'"))
    database.close()
    (tmp_path / "data" / "catalog.db").write_text("This is a letter, not a database. " * 50)
    failed = onrecord("show", "pier")
    assert failed.returncode not in (0, 2) and "catalog.db" not in failed.stderr


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("mysql://reader:{secret}@127.0.0.1/news", "begins with 'mysql'"),
        ("news.example.org", "is no address"),
        ("postgresql+psycopg://reader:{secret}@127.0.0.1:1/", "names no database"),
        ("postgresql+psycopg://reader:{secret}@127.0.0.1:port/news", "is no address"),
    ],
)
@pytest.mark.parametrize("command", [("status",), ("ask", "Who?"), ("add", "a.jsonl")])
def test_an_address_that_is_none_is_refused(
    onrecord: Onrecord, tmp_path: Path, address: str, said: str, command: tuple[str, ...]
) -> None:
    write_articles(tmp_path)
    refused = onrecord(*command, ONRECORD_DATABASE_URL=address.format(secret=SECRET))
    assert refused.returncode == 2 and said in refused.stderr and refused.stderr.count("\n") == 1
    assert "postgresql+psycopg://user:password@host/name" in refused.stderr and SECRET not in refused.stderr


def test_a_server_that_is_not_there_is_named_without_the_password(onrecord: Onrecord) -> None:
    gone = f"postgresql+psycopg://reader:{SECRET}@127.0.0.1:1/news"
    refused = onrecord("status", ONRECORD_DATABASE_URL=gone)
    assert refused.returncode == 2 and refused.stderr.count("\n") == 1
    assert "127.0.0.1:1/news cannot be used now" in refused.stderr and SECRET not in refused.stderr


def test_a_database_or_user_that_the_server_does_not_know_is_said(
    onrecord: Onrecord, postgresql: PostgreSQLServer
) -> None:
    url = postgresql.new_database()
    for wrong, said in (
        (url.set(database="nowhere"), 'database "nowhere" does not exist'),
        (url.set(username="nobody", password=SECRET), 'role "nobody" does not exist'),
    ):
        address = wrong.render_as_string(hide_password=False)
        refused = onrecord("status", ONRECORD_DATABASE_URL=address)
        assert refused.returncode == 2 and refused.stderr.count("\n") == 1 and SECRET not in refused.stderr
        assert f"refuses: {said}; check ONRECORD_DATABASE_URL" in refused.stderr


def test_a_wrong_password_is_said_and_not_shown(onrecord: Onrecord, postgresql: PostgreSQLServer) -> None:
    url = postgresql.new_database()
    database = Database(url)
    database.run(text(f"CREATE ROLE {CAREFUL} LOGIN PASSWORD 'right-{SECRET}'"))
    try:
        for command in (("status",), ("ask", "Who?"), ("work", "--once")):
            wrong = url.set(username=CAREFUL, password=f"wrong-{SECRET}").render_as_string(hide_password=False)
            refused = onrecord(*command, ONRECORD_DATABASE_URL=wrong)
            assert refused.returncode == 2 and refused.stderr.count("\n") == 1 and SECRET not in refused.stderr
            assert f'refuses: password authentication failed for user "{CAREFUL}"' in refused.stderr
    finally:
        database.run(text(f"DROP ROLE {CAREFUL}"))
        database.close()


@pytest.mark.parametrize(
    ("package", "setting", "extra"),
    [
        ("psycopg", {"ONRECORD_DATABASE_URL": f"postgresql+psycopg://reader:{SECRET}@127.0.0.1/news"}, "postgresql"),
        ("pymilvus", {"ONRECORD_INDEX_URL": f"http://reader:{SECRET}@127.0.0.1:19530"}, "milvus"),
    ],
)
def test_an_extra_that_is_not_installed_is_named(
    onrecord: Onrecord, monkeypatch: pytest.MonkeyPatch, package: str, setting: dict[str, str], extra: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)  # as Python knows a package that cannot be imported
    refused = onrecord("status", **setting)
    assert refused.returncode == 2 and refused.stderr.count("\n") == 1 and SECRET not in refused.stderr
    assert f"pip install 'onrecord[{extra}]'" in refused.stderr


def test_a_server_that_stops_is_said_in_one_sentence_and_used_again(
    on_server: Onrecord, postgresql: PostgreSQLServer
) -> None:
    assert on_server("add", "a.jsonl").returncode == 0
    with outage(postgresql):
        refused = on_server("ask", "When does the old pier close?")
        assert refused.returncode == 2 and "cannot be used now" in refused.stderr and refused.stderr.count("\n") == 1
    assert on_server("ask", "When does the old pier close?").returncode == 0
