"""Find the time of day and its zone in a written date."""

import re
from datetime import time, timedelta, timezone
from typing import NamedTuple

_ZONE_HOURS = {
    **{"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "HST": -10},
    **{"WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "MEZ": 1, "MESZ": 2, "EET": 2, "EEST": 3, "BST": 1, "MSK": 3},
    **{"JST": 9, "KST": 9, "HKT": 8, "AWST": 8, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13},
}
# How other languages mark the halves of the day, before the time (Chinese, Japanese, Korean) or after it.
_MORNING, _AFTERNOON = ("午前", "上午", "오전", "ص", "π.μ."), ("午後", "下午", "오후", "م", "μ.μ.")
_HALF_BEFORE = re.compile(f"(?:({'|'.join(_MORNING[:3])})|({'|'.join(_AFTERNOON[:3])}))\\s?$")
_HALF_AFTER = re.compile(
    f"\\s?(?:({'|'.join(map(re.escape, _MORNING[3:]))})|({'|'.join(map(re.escape, _AFTERNOON[3:]))}))(?!\\w)"
)
# With a colon, or as French and Portuguese write it (9h15); or of twelve hours (9.15 p.m., 5pm).
_CLEAR_TIME = re.compile(
    r"(?<![\d.:])(?:T(?=\d\d))?(?P<hour>\d{1,2})(?::|\s?h\s?|\s?[時时點点시]\s?)(?P<minute>\d\d?(?=\s?[分분])|\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?"
    r"(?![\d:])(?:\s?(?P<half>[ap])\.?\s?m\b\.?)?|"
    r"(?<![\d.:/-])(?P<hour12>\d{1,2})(?:[.:](?P<minute12>\d\d))?\s?(?P<half12>[ap])\.?\s?m\b\.?",
    re.IGNORECASE,
)
_DOTTED_TIME = re.compile(r"(?<![\d.,])(?P<hour>\d{1,2})\.(?P<minute>\d\d)(?![\d.,]\d|\d)")
_OFFSET = re.compile(
    r"\s?\(?(?P<utc>UTC|UT|GMT|Z)?(?![A-Z])(?:(?<=[TC])\s?)?"
    r"(?:(?P<sign>[+\-−])(?P<hours>\d\d?)(?::?(?P<minutes>\d\d))?(?![\d-]))?"
)
_ZONE_NAME = re.compile(r"\s?\(?([A-Z]{3,5})\b")
_MAX_OFFSET = timedelta(hours=14)


class TimeOfDay(NamedTuple):
    """A time of day, with a zone if one is given, and where it stands in the text."""

    time: time
    start: int
    end: int


def clear_time(text: str) -> TimeOfDay | None:
    """The first time of day that cannot be taken for a date; None if there is none."""
    for found in _CLEAR_TIME.finditer(text):
        parts = found.groupdict()
        hour, minute = parts["hour"] or parts["hour12"], parts["minute"] or parts["minute12"] or "0"
        half = (parts["half"] or parts["half12"] or _half_beside(text, found)).lower()
        if result := _time_of_day(text, found, int(hour), int(minute), int(parts["second"] or 0), half):
            return result
    return None


def dotted_time(text: str) -> TimeOfDay | None:
    """The first time written as `9.15`, which is for a text without its date; None if there is none."""
    found = _DOTTED_TIME.search(text)
    return _time_of_day(text, found, int(found["hour"]), int(found["minute"])) if found else None


def _half_beside(text: str, found: re.Match[str]) -> str:
    """The half of the day, `a` or `p`, that a mark before or after a time tells; empty if there is none."""
    before, after = _HALF_BEFORE.search(text, 0, found.start()), _HALF_AFTER.match(text, found.end())
    mark = before or after
    return "" if mark is None else "a" if mark[1] else "p"


def _time_of_day(
    text: str, found: re.Match[str], hour: int, minute: int, second: int = 0, half: str = ""
) -> TimeOfDay | None:
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    zone, end = _zone(text, found.end())
    try:
        return TimeOfDay(time(hour, minute, min(second, 59), tzinfo=zone), found.start(), end)
    except ValueError:
        return None


def _zone(text: str, at: int) -> tuple[timezone | None, int]:
    """The zone that stands at a place, None if there is none or it is not known, and where it ends.

    `GMT+0200` and `UTC+2` are two hours ahead, as everywhere but in POSIX.
    """
    found = _OFFSET.match(text, at)
    if found and (found["utc"] or found["sign"]):
        offset = timedelta(hours=int(found["hours"] or 0), minutes=int(found["minutes"] or 0))
        if offset <= _MAX_OFFSET:
            return timezone(-offset if found["sign"] in ("-", "−") else offset), found.end()
    named = _ZONE_NAME.match(text, at)
    if named and named[1] in _ZONE_HOURS:
        return timezone(timedelta(hours=_ZONE_HOURS[named[1]])), named.end()
    return None, at
