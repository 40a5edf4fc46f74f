"""Processes that share a storage leave a failing endpoint alone together; without the storage each does alone."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from limits.storage import MemoryStorage

from bot.app import shared_counts
from bot.app.model_factory import milvus_server
from bot.app.settings import Settings
from bot.app.shared_counts import DatabaseStorage, SharedCounts, SharedStorage, open_storage
from retrieval.catalog.database.engine import Database
from retrieval.errors import UsageError
from retrieval.models.endpoints.circuit_breaker import CircuitBreaker
from tests.support.postgresql import PostgreSQLServer

COOL_DOWN = 1.0  # seconds, of which Redis counts whole ones


class Switched(MemoryStorage):
    """A storage of the library's that can be switched off, as a Redis can."""

    STORAGE_SCHEME = ("switched",)
    is_down = False

    def incr(self, *arguments: Any, **options: Any) -> int:
        return super().incr(*arguments, **options) if not self.is_down else self._fail()

    def get(self, *arguments: Any, **options: Any) -> int:
        return super().get(*arguments, **options) if not self.is_down else self._fail()

    def _fail(self) -> int:
        raise ValueError("connection refused")


def breaker(storage: SharedStorage, name: str = "model") -> CircuitBreaker:
    return CircuitBreaker(failures=2, cool_down=COOL_DOWN).shared(name, SharedCounts(storage))


@pytest.fixture(params=[pytest.param("postgresql", marks=pytest.mark.postgresql), "switched"])
def machines(request: pytest.FixtureRequest) -> Iterator[list[CircuitBreaker]]:
    """The breakers of three machines for one endpoint."""
    if request.param == "switched":
        storage = open_storage("switched://")
        yield [breaker(SharedStorage(storage)) for _ in range(3)]
        return
    url = request.getfixturevalue("postgresql").new_database()
    databases = [Database(url) for _ in range(3)]
    yield [breaker(SharedStorage(DatabaseStorage(one))) for one in databases]
    for one in databases:
        one.close()


def test_what_fails_on_two_machines_is_left_alone_by_a_third(machines: list[CircuitBreaker]) -> None:
    for machine in machines[:2]:
        assert machine.allow_request()
        machine.record_failure()
    assert [machine.allow_request() for machine in machines] == [False] * 3


def test_after_the_cool_down_one_of_all_machines_tries_and_its_success_is_for_all(
    machines: list[CircuitBreaker],
) -> None:
    for _ in range(2):
        machines[0].record_failure()
    time.sleep(COOL_DOWN + 0.1)
    tried = [machine for machine in machines if machine.allow_request()]
    assert len(tried) == 1
    tried[0].record_success()
    assert all(machine.allow_request() for machine in machines)


def test_a_success_in_between_counts_wherever_it_was(machines: list[CircuitBreaker]) -> None:
    machines[0].record_failure()
    assert machines[1].allow_request()
    machines[1].record_success()
    machines[0].record_failure()
    assert machines[2].allow_request()


def test_while_the_storage_fails_each_process_knows_its_own_failures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Switched, "is_down", True)
    storage = open_storage("switched://")
    one, other = breaker(SharedStorage(storage)), breaker(SharedStorage(storage))
    for _ in range(2):
        one.record_failure()
    assert (one.allow_request(), other.allow_request()) == (False, True)


def test_endpoints_have_states_of_their_own() -> None:
    storage = SharedStorage(open_storage("switched://"))
    for _ in range(2):
        breaker(storage, "model").record_failure()
    assert breaker(storage, "embedding").allow_request() and not breaker(storage, "model").allow_request()


@pytest.mark.postgresql
def test_the_settings_name_one_state_for_an_address_and_none_for_another(
    postgresql: PostgreSQLServer, tmp_path: Path
) -> None:
    address = postgresql.new_database().render_as_string(hide_password=False)

    def engine(url: str) -> CircuitBreaker:
        shared_counts._in_database.cache_clear()  # as another process would
        made = milvus_server(Settings(data=tmp_path, database_url=address, index_url=url))
        assert made
        return made.breaker

    engine("http://milvus:19530").record_failure()
    assert not engine("http://milvus:19530").allow_request() and engine("http://other:19530").allow_request()


@pytest.mark.postgresql
def test_a_window_in_the_database_ends(postgresql: PostgreSQLServer) -> None:
    storage = DatabaseStorage(Database(postgresql.new_database()))
    assert [storage.incr("pier", 1), storage.incr("pier", 1), storage.get("pier")] == [1, 2, 2]
    assert 0 < storage.get_expiry("pier") - time.time() <= 1
    time.sleep(1.1)
    assert [storage.get("pier"), storage.incr("pier", 1)] == [0, 1]


@pytest.mark.parametrize("url", ["nonsense", "ftp://:hunter2@cache", "postgres://:hunter2@cache"])
def test_a_storage_that_nobody_knows_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(UsageError, match="ONRECORD_RATE_LIMIT_STORAGE_URL begins with") as raised:
        open_storage(url)
    assert "hunter2" not in str(raised.value)
