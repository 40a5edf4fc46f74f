"""Parse dates as publishers write them to ISO 8601, no more precisely than they are written.

What is written is all that is known: `2026` names no day, `05/11/2026` is two days unless its convention is known, and
`Tuesday` is none. dateutil fills what is missing and has the month first; dateparser does, too, and takes from one to a
thousand milliseconds for a date.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import NamedTuple

from retrieval.text.dates.conventions import DateConvention
from retrieval.text.dates.months import month_number
from retrieval.text.dates.times import TimeOfDay, clear_time, dotted_time

_MAX_DATE_LENGTH = 100  # characters
_DAY_LENGTH = len("2026-03-03")
_FIRST_YEAR, _LAST_YEAR = 1500, 2199
_CENTURY_PIVOT = 70  # two-digit years from here on are of the last century (RFC 2822 has 50)
_EPOCH_SECONDS = re.compile(r"\d{9,10}(?:\.\d+)?")
_EPOCH_MILLISECONDS = re.compile(r"\d{12,13}")
_EARLIEST_EPOCH = 100_000_000  # seconds, in 1973: a smaller number is none, or a count
_MILLISECONDS = 1_000
_RFC_3339 = re.compile(
    r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
    r"(?:[Tt ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?"
)
_COMPACT = re.compile(
    r"(?P<year>(?:19|20)\d\d)(?P<month>[01]\d)(?P<day>[0-3]\d)(?:T?(?P<clock>\d{4}(?:\d\d)?)(?P<utc>Z)?)?"
)
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})(?:([-/.])\s?|\s?[年년]\s?)(\d{1,2})(?:\2\s?|\s?[月월]\s?)(\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(?<![\d.])(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{4}|\d\d)(?!\d)")
_MONTH_OF_YEAR = re.compile(r"(?P<year>\d{4})(?:-|/|\s?[年년]\s?)(?P<month>\d{1,2})\s?[月월]?")
_YEAR = re.compile(r"\d{4}")
_WORD = re.compile(r"[^\d\s,/()|’'-]{2,}")
# What may stand between day, month and year: `3rd of April, 2026`, `3 de abril de 2026`, `2026. április 3.`
_NUMBER_BEFORE = re.compile(r"(?<![\d/])(\d{1,4})[^\d|/]{0,8}$")
_NUMBERS_AFTER = re.compile(r"[^\d|/]{0,6}(\d{1,4})(?!\d)(?:[^\d|/]{1,8}(\d{4})(?!\d))?")
_NO_DATE = ("0001-", "1970-01-01")  # what publishing systems write when there is no date
_SHORT, _YEAR_DIGITS = (1, 2), 4  # digits of a day and of a year
_MAX_SHOWN = 40  # characters of a date that is shown to the user


class _Day(NamedTuple):
    """A date as far as it is known, and where it stands in the text; 0 for a month or day that is not given."""

    year: int
    month: int
    day: int
    start: int
    end: int


def to_iso(value: object, convention: DateConvention | None = None) -> str:
    """A date in any usual notation as ISO 8601; empty if it is none, or if it may be one of two days.

    It has a time and a zone where those are given, and only the month or the year (`2026-04`, `2026`) where no more is.
    Numbers are seconds or milliseconds of the Unix epoch.
    """
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    text = _normalised(value)
    if not text or len(text) > _MAX_DATE_LENGTH or not any(map(str.isdecimal, text)):
        return ""
    try:
        found = _parse(text, convention or DateConvention())
    except (ArithmeticError, OSError, ValueError):  # no such day, or an epoch out of range
        return ""
    return "" if found.startswith(_NO_DATE) else found


def parse_day(value: object) -> date | None:
    """The day of a date in any usual notation, None if it names no day."""
    day = to_iso(value)[:_DAY_LENGTH]
    return date.fromisoformat(day) if len(day) == _DAY_LENGTH else None


def date_problem(value: object, convention: DateConvention | None = None) -> str:
    """Why a value gives no date, for the user; empty if it gives one, or if there is no value."""
    text = _normalised(value) or (repr(value) if isinstance(value, dict | list) and value else "")
    if not text or to_iso(value, convention):
        return ""
    return ambiguous_date(text) or f"has the date {_shown(text)!r}, which is not understood; it is undated"


def ambiguous_date(value: object, convention: DateConvention | None = None) -> str:
    """Why a value may be one of two days, for the user; empty if it is one day, or no date."""
    text = _normalised(value)
    if to_iso(text, convention) or not _YEAR_LAST.search(text):
        return ""
    if not (to_iso(text, DateConvention(day_first=True)) and to_iso(text, DateConvention(day_first=False))):
        return ""
    return f"has the date {_shown(text)}, of which nothing says whether day or month comes first; it is undated"


def _shown(text: str) -> str:
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}…"


def is_later(one: str, other: str) -> bool:
    """Whether an ISO date is later than another: as instants if both have a zone, else as they are written."""
    if len(one) > _DAY_LENGTH and len(other) > _DAY_LENGTH:
        first, second = datetime.fromisoformat(one), datetime.fromisoformat(other)
        if first.tzinfo and second.tzinfo:
            return first > second
        return first.replace(tzinfo=None) > second.replace(tzinfo=None)
    shared = min(len(one), len(other), _DAY_LENGTH)
    return one[:shared] > other[:shared]


def _normalised(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    try:
        return " ".join(str(value).replace("\u200e", "").split())
    except ValueError:  # an integer of thousands of digits
        return ""


def _parse(text: str, convention: DateConvention) -> str:
    if _RFC_3339.fullmatch(text):  # a sitemap has 50,000 of them
        moment = datetime.fromisoformat(text)
        return moment.isoformat(timespec="seconds") if len(text) > _DAY_LENGTH else text
    return _from_epoch(text) or _from_compact(text) or _from_notation(text, convention)


def _from_epoch(text: str) -> str:
    if _EPOCH_SECONDS.fullmatch(text):
        seconds = float(text)
    elif _EPOCH_MILLISECONDS.fullmatch(text):
        seconds = int(text) / _MILLISECONDS
    else:
        return ""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds") if seconds >= _EARLIEST_EPOCH else ""


def _from_compact(text: str) -> str:
    found = _COMPACT.fullmatch(text)
    if not found:
        return ""
    day, clock = date(int(found["year"]), int(found["month"]), int(found["day"])), found["clock"]
    if not clock:
        return day.isoformat()
    moment = datetime.combine(day, time(int(clock[:2]), int(clock[2:4]), int(clock[4:] or 0)))
    return (moment.replace(tzinfo=UTC) if found["utc"] else moment).isoformat(timespec="seconds")


def _from_notation(text: str, convention: DateConvention) -> str:
    clock = clear_time(text)
    rest = _without(text, clock)
    day = next(_days(rest, convention), None)
    if day is None or not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        return ""
    if not day.day:
        return f"{day.year}-{day.month:02}" if day.month else str(day.year)
    known = date(day.year, day.month, day.day)
    clock = clock or dotted_time(f"{rest[: day.start]}|{rest[day.end :]}")
    return datetime.combine(known, clock.time).isoformat(timespec="seconds") if clock else known.isoformat()


def _without(text: str, clock: TimeOfDay | None) -> str:
    """The text with a mark in place of its time, which no date reaches across but that of Unix (`Apr 3 08:05 2026`)."""
    return f"{text[: clock.start].rstrip('T')} {text[clock.end :]}".strip() if clock else text


def _days(text: str, convention: DateConvention) -> Iterator[_Day]:
    """The dates in a text, by notation."""
    if found := _YEAR_FIRST.search(text):
        yield _Day(int(found[1]), int(found[3]), int(found[4]), *found.span())
    found = _YEAR_LAST.search(text)
    if found and (ordered := list(_ordered(found, convention.day_first))):
        yield from ordered
        return
    yield from _spelled(text, convention.language)
    if found := _MONTH_OF_YEAR.fullmatch(text):
        yield _Day(int(found["year"]), _checked_month(found["month"]), 0, *found.span())
    if _YEAR.fullmatch(text):
        yield _Day(int(text), 0, 0, 0, len(text))


def _checked_month(written: str) -> int:
    return date(_FIRST_YEAR, int(written), 1).month  # raises ValueError


def _ordered(found: re.Match[str], day_first: bool | None) -> Iterator[_Day]:
    """The date of `03.04.2026` in the order that its numbers allow, its marks suggest or the convention has."""
    first, mark, second, year = int(found[1]), found[2], int(found[3]), _full_year(found[4])
    if first > 12 or second > 12:
        day_first = first > 12
    elif first == second or (mark != "/" and day_first is None):
        day_first = True  # no region of Unicode CLDR has the month first with dots or dashes
    if day_first is not None:
        day, month = (first, second) if day_first else (second, first)
        yield _Day(year, month, day, *found.span())


def _full_year(written: str) -> int:
    year = int(written)
    return year if len(written) == _YEAR_DIGITS else year + (1900 if year >= _CENTURY_PIVOT else 2000)


def _spelled(text: str, language: str) -> list[_Day]:
    """The dates in which a word names the month; `3 April 2026` comes first, for `mar` is a Tuesday too."""
    months = ((word, month_number(word.group(), language)) for word in _WORD.finditer(text))
    found = [day for word, month in months if month for day in [_around(text, word, month)] if day]
    return [day for _, day in sorted(found, key=lambda ranked: ranked[0])]


def _around(text: str, word: re.Match[str], month: int) -> tuple[int, _Day] | None:
    """The date that a month makes with the numbers next to it, and the rank of its notation; None if it makes none."""
    before, after = _NUMBER_BEFORE.search(text, 0, word.start()), _NUMBERS_AFTER.match(text, word.end())
    left, right, last = before[1] if before else "", after[1] if after else "", after[2] if after else ""
    start, end = before.start() if before else word.start(), after.end(1) if after else word.end()
    if len(left) in _SHORT and len(right) in (2, 4):
        return 0, _Day(_full_year(right), month, int(left), start, end)
    if len(right) in _SHORT and after and last:
        return 1, _Day(int(last), month, int(right), word.start(), after.end())
    if len(left) == _YEAR_DIGITS:
        return 2, _Day(int(left), month, int(right) if len(right) in _SHORT else 0, start, end)
    if len(right) == _YEAR_DIGITS:
        return 3, _Day(int(right), month, 0, word.start(), end)
    return None
