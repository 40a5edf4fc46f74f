"""Dates as articles and questions write them."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.text.dates import days_in_question, to_iso

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2025-03-11", "2025-03-11"),
        ("March 11, 2025", "2025-03-11"),
        ("11 March 2025", "2025-03-11"),
        ("Tue, 11 Mar 2025", "2025-03-11"),
        ("20250311", "2025-03-11"),
        (date(2025, 3, 11), "2025-03-11"),
        ("2025-03-11T14:05:00Z", "2025-03-11T14:05:00+00:00"),
        ("Tue, 11 Mar 2025 14:05:00 +0100", "2025-03-11T14:05:00+01:00"),
        ("2025-03-11 14:05", "2025-03-11T14:05:00"),
        (datetime(2025, 3, 11, 14, 5, tzinfo=UTC), "2025-03-11T14:05:00+00:00"),
    ],
)
def test_usual_notations_become_iso(written: object, day: str) -> None:
    assert to_iso(written) == day


@pytest.mark.parametrize("written", [None, "", "yesterday", "Tuesday", "n/a", "2025-13-45", [], "5"])
def test_what_is_no_date_is_empty(written: object) -> None:
    assert to_iso(written) == ""


def test_a_feed_date_with_a_zone_name_is_read_without_a_warning() -> None:
    assert to_iso("Tue, 11 Mar 2025 14:05:00 EST").startswith("2025-03-11T14:05:00")


@settings(max_examples=200)
@given(st.text(st.sampled_from("0123456789-/:. ,TZ+abcdefgJanMrch"), max_size=25) | st.text(max_size=30))
def test_any_text_gives_a_day_or_nothing(written: str) -> None:
    found = to_iso(written)
    assert not found or date.fromisoformat(found[:10])


@pytest.mark.parametrize(
    ("question", "days"),
    [
        ("What happened on 2024-05-09?", ("2024-05-09", "2024-05-09")),
        ("What happened on May 9, 2024?", ("2024-05-09", "2024-05-09")),
        ("What happened on 9th of May 2024?", ("2024-05-09", "2024-05-09")),
        ("What did Pell say in February 2024?", ("2024-02-01", "2024-02-29")),
        ("What was decided in Sept. 2025?", ("2025-09-01", "2025-09-30")),
        ("What was decided in 2025?", ("2025-01-01", "2025-12-31")),
        ("What has changed since May 2024?", ("2024-05-01", "")),
        ("What was said before 2024-05-09?", ("", "2024-05-08")),
        ("What was said until May 2024?", ("", "2024-05-31")),
        ("What did Pell say today?", ("2026-11-23", "2026-11-23")),
        ("What did Pell say yesterday?", ("2026-11-22", "2026-11-22")),
        ("What did Pell say this week?", ("2026-11-16", "2026-11-23")),
        ("What did Pell say about the pier?", ("", "")),
        ("How did flight 2024 end?", ("", "")),
        ("What happened on February 31, 2024?", ("", "")),
    ],
)
def test_days_a_question_speaks_of(question: str, days: tuple[str, str]) -> None:
    assert days_in_question(question, TODAY) == days


@pytest.mark.parametrize(
    ("question", "days"),
    [
        ("What has changed since September 30th, 2024?", ("2024-09-30", "")),
        ("What was known before September 30th, 2024?", ("", "2024-09-29")),
        ("What was decided until the 30th of September, 2024?", ("", "2024-09-30")),
    ],
)
def test_since_and_before_are_seen_before_the_longest_way_to_write_a_day(question: str, days: tuple[str, str]) -> None:
    assert days_in_question(question, TODAY) == days


@pytest.mark.parametrize(
    ("question", "days"),
    [
        ("What was written by Pell in 2024?", ("2024-01-01", "2024-12-31")),
        ("What did he say before Congress in May 2024?", ("2024-05-01", "2024-05-31")),
        ("Who looked after refugees in 2024?", ("2024-01-01", "2024-12-31")),
    ],
)
def test_by_before_and_after_of_something_else_do_not_open_the_period(question: str, days: tuple[str, str]) -> None:
    assert days_in_question(question, TODAY) == days
