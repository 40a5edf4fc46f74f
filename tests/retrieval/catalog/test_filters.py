"""Filters as a user writes them."""

import pytest

from retrieval.catalog.filters import Filters, parse_filters
from retrieval.errors import UsageError


def test_dates_are_read_in_any_usual_notation() -> None:
    assert parse_filters(since="March 11, 2025", until="2025-04-02T10:00") == Filters("2025-03-11", "2025-04-02")


def test_names_lose_white_space_around_them() -> None:
    wanted = parse_filters(outlet=" Harbour Post ", author=" Lindqvist", speaker="Pell ")
    assert (wanted.outlet, wanted.author, wanted.speaker) == ("Harbour Post", "Lindqvist", "Pell")


@pytest.mark.parametrize("name", ["since", "until"])
def test_what_is_no_date_is_refused_with_option_and_value(name: str) -> None:
    with pytest.raises(UsageError, match=rf"{name} is 'soon'"):
        parse_filters(**{name: "soon"})


def test_until_a_year_includes_the_whole_year() -> None:
    assert parse_filters(until="2025").until == "2025-12-31"
    assert parse_filters(until="February 2024").until == "2024-02-29"


def test_since_a_month_begins_with_its_first_day() -> None:
    assert parse_filters(since="2025").since == "2025-01-01"
    assert parse_filters(since="March 2025").since == "2025-03-01"


@pytest.mark.parametrize("name", ["since", "until", "outlet", "author"])
def test_dates_outlet_and_author_limit_the_articles(name: str) -> None:
    assert Filters(**{name: "2025-01-01"}).restricts_articles


def test_a_speaker_does_not_limit_the_articles() -> None:
    assert not Filters(speaker="Pell").restricts_articles


def test_a_year_of_four_digits_is_one_however_long_ago() -> None:
    assert parse_filters(since="1039-10", until="1039-10") == Filters("1039-10-01", "1039-10-31")


def test_days_that_end_before_they_begin_are_refused() -> None:
    with pytest.raises(UsageError, match="since is 2026-01-01, which is after until, 2025-12-31"):
        parse_filters(since="2026", until="2025")
    assert parse_filters(since="2026", until="2026").until == "2026-12-31"
