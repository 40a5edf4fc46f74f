"""The secret is made once, for one folder, for nobody else to read."""

import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.web.auth.session_tokens import signing_secret
from retrieval.catalog.database.engine import Database
from retrieval.errors import IndexUnavailable, UsageError
from tests.support.postgresql import PostgreSQLServer


def test_it_is_made_once_and_kept(tmp_path: Path) -> None:
    secret = signing_secret(tmp_path / "secret")
    assert signing_secret(tmp_path / "secret") == secret and len(secret) == 32
    assert signing_secret(tmp_path / "secret") != signing_secret(tmp_path / "another" / "secret")
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["secret"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    signing_secret(tmp_path / "secret")
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    for number in range(20):
        with ThreadPoolExecutor(8) as pool:
            assert len(set(pool.map(signing_secret, [tmp_path / str(number)] * 8))) == 1


def test_the_operator_s_own_is_taken(tmp_path: Path) -> None:
    assert signing_secret(tmp_path / "secret", "x" * 32) == b"x" * 32
    assert not list(tmp_path.iterdir())


def test_a_short_one_is_refused_and_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="ONRECORD_TOKEN_SECRET has 7 characters") as raised:
        signing_secret(tmp_path / "secret", "hunter2")
    assert "hunter2" not in str(raised.value)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"half")
    with pytest.raises(UsageError, match="delete it"):
        signing_secret(tmp_path / "secret")


def test_a_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(IndexUnavailable, match="cannot be read or made"):
        signing_secret(tmp_path / "file" / "secret")


def test_machines_that_share_a_database_share_it(postgresql: PostgreSQLServer) -> None:
    url = postgresql.new_database()
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(signing_secret, [Database(url) for _ in range(4)]))
    assert len(set(made)) == 1 and len(made[0]) == 32
