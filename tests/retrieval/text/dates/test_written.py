"""Dates as publishers write them."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.text.dates import DateConvention, date_convention, date_problem, is_later, parse_day, to_iso


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2025-03-11", "2025-03-11"),
        ("March 11, 2025", "2025-03-11"),
        ("11 March 2025", "2025-03-11"),
        ("Tue, 11 Mar 2025", "2025-03-11"),
        ("20250311", "2025-03-11"),
        ("20250311T140500Z", "2025-03-11T14:05:00+00:00"),
        (date(2025, 3, 11), "2025-03-11"),
        ("2025-03-11T14:05:00Z", "2025-03-11T14:05:00+00:00"),
        ("Tue, 11 Mar 2025 14:05:00 +0100", "2025-03-11T14:05:00+01:00"),
        ("Tue, 03 Mar 2026 08:00:00 +0100", "2026-03-03T08:00:00+01:00"),
        ("03 Mar 26 08:00 EST", "2026-03-03T08:00:00-05:00"),
        ("Tue, Mar 3 2026 02:02:33 PM", "2026-03-03T14:02:33"),
        ("Tue Mar  3 08:00:00 UTC 2026", "2026-03-03T08:00:00+00:00"),
        ("2025-03-11 14:05", "2025-03-11T14:05:00"),
        ("2025-03-11 24:00", "2025-03-11"),
        (datetime(2025, 3, 11, 14, 5, tzinfo=UTC), "2025-03-11T14:05:00+00:00"),
        ("Published: 7 May 2025, 10:30", "2025-05-07T10:30:00"),
        ("03/11/2025 March 11, 2025", "2025-03-11"),
    ],
)
def test_usual_notations_become_iso(written: object, iso: str) -> None:
    assert to_iso(written) == iso


@pytest.mark.parametrize("written", ["2019", "2019-06", "June 2019", "2019年6月"])
def test_a_date_is_no_more_precise_than_it_is_written(written: str) -> None:
    assert to_iso(written) == ("2019" if written == "2019" else "2019-06")
    assert parse_day(written) is None


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("7 de mayo de 2025", "2025-05-07"),
        ("le 1er août 2025 à 9h15", "2025-08-01T09:15:00"),
        ("7. Mai 2025, 9.15 Uhr", "2025-05-07T09:15:00"),
        ("2025. május 7.", "2025-05-07"),
        ("7 травня 2025", "2025-05-07"),
        ("7 мая 2025 г.", "2025-05-07"),
        ("2025年5月7日", "2025-05-07"),
        ("2025년 5월 7일", "2025-05-07"),
        ("٧ مايو ٢٠٢٥", "2025-05-07"),
        ("mar, 06 mag 2025 08:00:00 Z", "2025-05-06T08:00:00+00:00"),
        ("7 fevrier 2025", "2025-02-07"),
        ("11 آذار 2025", "2025-03-11"),
        ("11 مارس 2025 11:59 م", "2025-03-11T23:59:00"),
        ("2025年3月11日 23時59分", "2025-03-11T23:59:00"),
        ("2025年3月11日午前9時5分", "2025-03-11T09:05:00"),
        ("2025. 3. 11. 오후 11:59", "2025-03-11T23:59:00"),
    ],
)
def test_months_are_read_in_many_languages(written: str, iso: str) -> None:
    assert to_iso(written) == iso


def test_a_month_that_two_languages_share_needs_the_language() -> None:
    assert to_iso("7 listopada 2025") == ""
    assert to_iso("7 listopada 2025", DateConvention("pl")) == "2025-11-07"
    assert to_iso("7 listopada 2025", DateConvention("hr-HR")) == "2025-10-07"


@pytest.mark.parametrize(
    ("written", "time"),
    [
        ("7 May 2025, 9.15am", "09:15:00"),
        ("May 7, 2025, 9.15 p.m.", "21:15:00"),
        ("May 7th, 2025 at 5pm", "17:00:00"),
        ("May 7, 2025 12:05 a.m.", "00:05:00"),
        ("07.05.2025 20:05", "20:05:00"),
        ("20:05 07.05.2025", "20:05:00"),
        ("Wed, 07 May 2025 08:05:00 GMT+0200", "08:05:00+02:00"),
        ("Wed May 07 2025 08:05:00 GMT-0330 (Newfoundland)", "08:05:00-03:30"),
        ("2025-05-07 08:05 UTC+2", "08:05:00+02:00"),
        ("2025-05-07T08:05:00.123+0200", "08:05:00+02:00"),
        ("7 May 2025 8:15 pm CEST", "20:15:00+02:00"),
        ("7 May 2025 8:15 pm XYZ", "20:15:00"),
    ],
)
def test_times_and_zones_are_read_as_they_are_meant(written: str, time: str) -> None:
    assert to_iso(written) == f"2025-05-07T{time}"


@pytest.mark.parametrize("number", [1_750_000_000, "1750000000", 1_750_000_000_000, 1_750_000_000.5])
def test_a_number_is_a_time_of_the_epoch(number: object) -> None:
    assert to_iso(number) == "2025-06-15T15:06:40+00:00"


@pytest.mark.parametrize(
    "written",
    [
        *(None, "", "yesterday", "Tuesday", "n/a", "2025-13-45", "2025-02-30", [], "5", 5, True, "0000-00-00", "May 7"),
        *("Flight 2024", "Q4 2026", "0001-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 +0000", "9" * 1000),
    ],
)
def test_what_is_no_date_is_empty(written: object) -> None:
    assert to_iso(written) == ""


def test_a_number_too_long_to_be_shown_is_no_date() -> None:
    assert to_iso(10**5000) == ""


@settings(max_examples=200)
@given(st.text(st.sampled_from("0123456789-/:. ,TZ+abcdefgJanMrch年月"), max_size=25) | st.text(max_size=30))
def test_any_text_gives_a_date_or_nothing(written: str) -> None:
    found = to_iso(written)
    assert not found or (f"{found}-01-01"[:10] and date.fromisoformat(f"{found}-01-01"[:10]))


# The order of day and month


@pytest.mark.parametrize("written", ["25/11/2025", "11/25/2025", "25.11.2025", "2025/11/25", "25-11-2025"])
def test_a_number_above_twelve_is_the_day(written: str) -> None:
    assert to_iso(written) == "2025-11-25"


def test_dots_and_dashes_have_the_day_first() -> None:
    assert to_iso("03.04.2026") == to_iso("03-04-2026") == to_iso("3. 4. 2026") == "2026-04-03"
    assert to_iso("03-04-2026", DateConvention("en-US", day_first=False)) == "2026-03-04"


@pytest.mark.parametrize(
    ("place", "iso"),
    [
        ({"language": "en-GB"}, "2026-04-03"),
        ({"language": "en_US"}, "2026-03-04"),
        ({"language": "zh-Hans-TW"}, "2026-04-03"),
        ({"language": "de"}, "2026-04-03"),
        ({"language": "en", "url": "https://post.co.nz/a"}, "2026-04-03"),
        ({"language": "en", "url": "https://post.us/a"}, "2026-03-04"),
        ({"language": "en", "url": "https://post.io/a"}, ""),
        ({"language": "en-CA"}, ""),
        ({"samples": ["25/11/2025", "01/02/2025"]}, "2026-04-03"),
        ({"language": "en-GB", "samples": ["11/25/2025"]}, "2026-03-04"),
        ({"samples": ["25/11/2025", "11/25/2025"]}, ""),
        ({}, ""),
    ],
)
def test_slashes_have_the_order_of_their_publisher_or_none(place: dict[str, str], iso: str) -> None:
    assert to_iso("03/04/2026", date_convention(**place)) == iso


def test_the_user_is_told_why_a_date_is_left_out() -> None:
    assert "whether day or month comes first" in date_problem("03/04/2026")
    assert date_problem("someday") == "has the date 'someday', which is not understood; it is undated"
    assert date_problem("2026") == date_problem("") == date_problem(None) == ""
    assert len(date_problem("x" * 1000)) < 100


def test_dates_are_compared_as_instants() -> None:
    assert is_later("2026-04-03T07:05:00+00:00", "2026-04-03T08:05:00+02:00")
    assert not is_later("2026-04-03T10:05:00+02:00", "2026-04-03T08:05:00+00:00")
    assert is_later("2026-04-03T10:05:00", "2026-04-03T08:05:00+00:00")
    assert is_later("2026-04-04", "2026-04-03T08:05:00")
    assert not is_later("2026-04-03", "2026-04")
    assert not is_later("", "2026-04-03")
