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


@pytest.mark.parametrize("name", ["since", "until", "outlet", "author"])
def test_dates_outlet_and_author_limit_the_articles(name: str) -> None:
    assert Filters(**{name: "2025-01-01"}).restricts_articles


def test_a_speaker_does_not_limit_the_articles() -> None:
    assert not Filters(speaker="Pell").restricts_articles
