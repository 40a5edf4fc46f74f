"""Days, months and periods that questions name."""

from datetime import date

import pytest

from retrieval.text.dates import date_phrase, day_without_year, days_in_question

TODAY = date(2026, 11, 23)


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
        ("What burned last night?", ("2026-11-22", "2026-11-23")),
        ("Who sings tonight?", ("2026-11-23", "2026-11-23")),
        ("What happened this weekend?", ("2026-11-21", "2026-11-22")),
        ("Who won last weekend?", ("2026-11-21", "2026-11-22")),
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
        ("What did Pell say on Friday?", ("2026-11-20", "2026-11-21")),
        ("what happened last friday", ("2026-11-20", "2026-11-21")),
        ("What opened on Monday?", ("2026-11-23", "2026-11-23")),
        ("What opened last Monday?", ("2026-11-16", "2026-11-17")),
        ("What has changed since Thursday?", ("2026-11-19", "")),
        ("What was known before Thursday?", ("", "2026-11-18")),
        ("Who sells most on Black Friday?", ("", "")),
        ("Who sang on Monday Night Live?", ("", "")),
        ("Who plays next Friday?", ("", "")),
    ],
)
def test_a_weekday_is_the_last_one_and_what_was_reported_the_day_after(question: str, days: tuple[str, str]) -> None:
    assert days_in_question(question, TODAY) == days


def test_a_weekday_is_counted_from_the_newest_article_where_that_is_old() -> None:
    question = "What did Pell say last Friday?"
    assert days_in_question(question, TODAY, date(2025, 3, 14)) == ("2025-03-14", "2025-03-15")
    assert days_in_question(question, TODAY, date(2026, 11, 22)) == ("2026-11-20", "2026-11-21")


def test_a_weekend_goes_on_until_today_and_the_last_one_is_over() -> None:
    saturday = date(2026, 11, 21)
    assert days_in_question("What is on this weekend?", saturday) == ("2026-11-21", "2026-11-21")
    assert days_in_question("Who won last weekend?", saturday) == ("2026-11-14", "2026-11-15")


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


@pytest.mark.parametrize(
    ("question", "day", "phrase"),
    [
        ("What happened on 11 March?", (3, 11), "11 March"),
        ("what happened on march 11th", (3, 11), "march 11th"),
        ("the 3rd of May", (5, 3), "the 3rd of May"),
        ("on 31 February", None, "31 February"),
        ("What may 5 men do?", (5, 5), "may 5"),
        ("what happened yesterday?", None, "yesterday"),
        ("What happened?", None, ""),
    ],
)
def test_a_day_without_a_year_is_read_by_its_form(question: str, day: tuple[int, int] | None, phrase: str) -> None:
    assert day_without_year(question) == day
    assert ((found := date_phrase(question)) and found.group()) == (phrase or None)
