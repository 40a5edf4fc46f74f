"""Limits count exactly, refuse with the time to wait, and outlive a storage that fails."""

import logging
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from limits.storage import MemoryStorage

from bot.app import shared_counts
from bot.app.shared_counts import DatabaseStorage, SharedStorage, open_storage
from bot.web.auth import rate_limits
from bot.web.auth.rate_limits import Limit, LimitKind, RateLimits, parse_limits
from bot.web.schemas.error_responses import ApiError
from retrieval.catalog.database.engine import Database
from retrieval.errors import UsageError
from tests.support.postgresql import PostgreSQLServer

READER: tuple[tuple[LimitKind, str], ...] = (("address", "203.0.113.9"), ("site", "gazette"), ("day", ""))


def rules(**written: str) -> Mapping[Any, tuple[Limit, ...]]:
    return {kind: parse_limits("", text) for kind, text in written.items()}


def passes(limits: RateLimits, *whom: tuple[LimitKind, str]) -> bool:
    try:
        limits.count_request(*(whom or READER))
    except ApiError as refused:
        return refused.code != "rate_limited"
    return True


def test_so_many_pass_and_not_one_more() -> None:
    counted = RateLimits(rules(address="5/minute"))
    assert [passes(counted) for _ in range(7)] == [True] * 5 + [False] * 2
    assert passes(counted, ("address", "203.0.113.10"))


def test_so_many_pass_whoever_asks_at_once() -> None:
    counted = RateLimits(rules(address="50/minute", day="40/day"))
    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(lambda _: passes(counted), range(200))) == 40


def test_what_one_limit_refuses_no_other_counts() -> None:
    counted = RateLimits(rules(address="3/minute", site="5/minute", day="6/day"))
    for number in range(3):
        assert [passes(counted, ("address", str(number)), *READER[1:]) for _ in range(10)].count(True) == [3, 2, 0][
            number
        ]
    others: list[tuple[LimitKind, str]] = [("site", "tide"), ("day", "")]
    assert [passes(counted, ("address", "2"), *others) for _ in range(3)] == [True, False, False]
    assert [passes(counted, ("address", "2")) for _ in range(3)] == [True, True, False]


def test_the_window_moves() -> None:
    counted = RateLimits(rules(address="2/second"))
    assert [passes(counted) for _ in range(3)] == [True, True, False]
    time.sleep(1.05)
    assert [passes(counted) for _ in range(3)] == [True, True, False]


def test_a_refusal_says_how_long_to_wait() -> None:
    counted = RateLimits(rules(address="1/minute; 100/day"))
    counted.count_request(*READER)
    with pytest.raises(ApiError, match=r"from your address; try again in (59|60) s\.") as raised:
        counted.count_request(*READER)
    assert raised.value.retry_after in (59, 60)


def test_none_is_no_limit() -> None:
    counted = RateLimits(rules(address="none"))
    assert all(passes(counted) for _ in range(500))


@pytest.mark.parametrize("written", ["many", "30", "30/fortnight", "0/minute", "-1/minute", ";", "1e3/day"])
def test_a_limit_that_is_none_is_named(written: str) -> None:
    with pytest.raises(UsageError, match=r"ONRECORD_RATE_LIMIT_PER_SITE is .*write it as 30/minute"):
        parse_limits("ONRECORD_RATE_LIMIT_PER_SITE", written)


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "MAX_TRACKED_KEYS", 10)
    counted = RateLimits(rules(address="1/hour", day="1000/day"))
    for number in range(50):
        assert passes(counted, ("address", str(number)), ("day", ""))
    assert len(counted._local._tracked) == 10
    assert not passes(counted, ("address", "49")) and passes(counted, ("address", "0"))


class Failing(MemoryStorage):
    """A storage of the library's that can be switched off, as a Redis can."""

    STORAGE_SCHEME = ("failing",)
    is_down = False

    def acquire_entry(self, *arguments: Any, **options: Any) -> bool:
        if Failing.is_down:
            raise ValueError("connection refused by redis://:hunter2@cache")
        return super().acquire_entry(*arguments, **options)

    def get_moving_window(self, *arguments: Any, **options: Any) -> tuple[float, int]:
        if Failing.is_down:
            raise ValueError("connection refused by redis://:hunter2@cache")
        return super().get_moving_window(*arguments, **options)


def test_a_storage_that_fails_is_said_once_and_each_process_counts_alone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(shared_counts, "STORAGE_COOL_DOWN", 0.05)
    counted = RateLimits(rules(address="3/minute"), SharedStorage(open_storage("failing://")))
    assert [passes(counted) for _ in range(2)] == [True, True]
    monkeypatch.setattr(Failing, "is_down", True)
    with caplog.at_level(logging.INFO):
        assert [passes(counted) for _ in range(5)] == [True, True, True, False, False]
        time.sleep(0.1)
        assert not passes(counted)
        assert len(caplog.records) == 1 and "hunter2" not in caplog.text
        monkeypatch.setattr(Failing, "is_down", False)
        time.sleep(0.1)
        assert [passes(counted) for _ in range(2)] == [True, False]
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]


def test_machines_that_share_a_database_count_together(postgresql: PostgreSQLServer) -> None:
    url = postgresql.new_database()
    counted = rules(address="3/minute", day="100/day")
    machines = [RateLimits(counted, SharedStorage(DatabaseStorage(Database(url)))) for _ in range(3)]
    for machine in machines:
        machine.count_request(("address", "192.0.2.1"), ("day", ""))
    with pytest.raises(ApiError, match=r"try again in \d+ s"):
        machines[0].count_request(("address", "192.0.2.1"), ("day", ""))
    machines[0].count_request(("address", "192.0.2.2"), ("day", ""))
