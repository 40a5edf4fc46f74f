"""Which sources there are, when each is due, and when one has gone stale."""

from dataclasses import replace

import pytest

from retrieval.index.store import Store
from retrieval.ingest.watching.source import INTERRUPTED, Run, Source, add_minutes, is_stale, seconds_between
from retrieval.ingest.watching.source_store import JITTER, SourceStore

START = "2025-05-02T08:00:00+00:00"
FEED = Source("https://example.org/feed", "feed", "Quay Gazette", 15, START, START)


@pytest.fixture
def register(store: Store) -> SourceStore:
    return SourceStore(store.catalog)


def ended(register: SourceStore, at: str, error: str = "", **more: float) -> Source:
    """The feed after a run that ended at a moment."""
    source = register.get(FEED.url)
    assert source
    register.record(source, Run(FEED.url, at, at, error=error), **more)
    found = register.get(FEED.url)
    assert found
    return found


def wait(source: Source) -> float:
    """Minutes from its last run to the next."""
    return seconds_between(source.tried, source.due) / 60


def test_a_source_is_due_at_once_and_after_its_interval_again(register: SourceStore) -> None:
    register.add(FEED)
    assert register.due(START) == [FEED]
    source = ended(register, START)
    assert 15 * (1 - JITTER) - 0.1 <= wait(source) <= 15 * (1 + JITTER) + 0.1
    assert register.due(START) == [] and register.due(add_minutes(START, 17)) == [source]


def test_sources_added_together_are_not_due_together_for_ever(register: SourceStore) -> None:
    register.add(replace(FEED, minutes=1000))
    assert len({ended(register, START).due for _ in range(5)}) > 1


def test_a_source_that_fails_is_asked_less_and_less_often(register: SourceStore) -> None:
    register.add(FEED)
    waits = [wait(ended(register, START, "is down")) for _ in range(12)]
    assert waits[0] > 25 and waits[2] > 2 * waits[0] and max(waits) <= 24 * 60 * (1 + JITTER) + 1
    assert wait(ended(register, START)) < 20


def test_a_server_that_asks_for_time_is_given_it(register: SourceStore) -> None:
    register.add(FEED)
    assert wait(ended(register, START, "is busy", retry_after=7200)) == pytest.approx(120, abs=0.1)


@pytest.mark.parametrize("seconds", [3e8, 1e18])
def test_a_server_is_given_a_day_at_most(register: SourceStore, seconds: float) -> None:
    register.add(FEED)
    assert wait(ended(register, START, "is busy", retry_after=seconds)) == pytest.approx(24 * 60, abs=0.1)


def test_adding_a_source_again_keeps_what_is_known_of_it(register: SourceStore) -> None:
    register.add(FEED)
    known = ended(register, START)
    register.add(replace(FEED, minutes=5))
    assert register.all() == [replace(known, minutes=5)]


def test_a_source_goes_stale_after_three_missed_runs_and_no_sooner_than_in_an_hour(register: SourceStore) -> None:
    register.add(FEED)
    source = ended(register, START)
    assert not is_stale(source, add_minutes(START, 59)) and is_stale(source, add_minutes(START, 61))
    hourly = replace(source, minutes=60)
    assert not is_stale(hourly, add_minutes(START, 179)) and is_stale(hourly, add_minutes(START, 181))


def test_nothing_is_stale_where_nobody_ever_promised_to_look(register: SourceStore) -> None:
    register.add(FEED)
    long_after = add_minutes(START, 10_000)
    assert register.stale(long_after) == []
    register.mark_watched(START)
    assert [source.url for source in register.stale(long_after)] == [FEED.url]


def test_a_failed_run_does_not_make_a_source_fresh(register: SourceStore) -> None:
    register.add(FEED)
    ended(register, START)
    source = ended(register, add_minutes(START, 90), "is down")
    assert is_stale(source, add_minutes(START, 91)) and source.error == "is down"


def test_runs_are_kept_newest_first(register: SourceStore) -> None:
    register.add(FEED)
    for minutes in (0, 15, 30):
        ended(register, add_minutes(START, minutes))
    assert [run.finished for run in register.runs(FEED.url, 2)] == [add_minutes(START, 30), add_minutes(START, 15)]


def test_a_source_that_is_removed_is_forgotten(register: SourceStore) -> None:
    register.add(FEED)
    ended(register, START)
    assert register.remove(FEED.url) and not register.remove(FEED.url)
    assert register.all() == [] and register.runs(FEED.url, 9) == []


def test_a_run_that_was_interrupted_is_no_failure_and_made_again_at_once(register: SourceStore) -> None:
    register.add(FEED)
    source = ended(register, START, INTERRUPTED)
    assert (source.failures, source.error, source.due) == (0, "", START)
