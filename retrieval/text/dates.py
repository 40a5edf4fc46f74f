"""Parse dates as articles and questions write them, to ISO 8601."""

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone, tzinfo

from dateutil import parser

_DEFAULT_MOMENT = datetime(1, 1, 1)
_MAX_DATE_LENGTH = 200  # characters; dateutil looks at each number and word of a text


_ZONE_HOURS = {
    "EST": -5,
    "EDT": -4,
    "CST": -6,
    "CDT": -5,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
    "BST": 1,
    "CET": 1,
    "CEST": 2,
}


def _zone_info(name: str | None, offset: int | None) -> tzinfo | None:
    """The time zone for an offset in seconds or an abbreviation that publishers use; None if it is unknown."""
    if offset is not None:
        return timezone(timedelta(seconds=offset))
    return timezone(timedelta(hours=_ZONE_HOURS[name])) if name in _ZONE_HOURS else None


def to_iso(value: object) -> str:
    """A date or time in any usual notation as ISO 8601, only the day if no time is given; empty if it is not a date."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    text = str(value or "").strip()
    if len(text) > _MAX_DATE_LENGTH or not re.search(r"\d{4}|\d\d?[/.-]\d\d?[/.-]\d\d", text):
        return ""
    try:
        moment = parser.parse(text, default=_DEFAULT_MOMENT, tzinfos=_zone_info)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):  # all that dateutil raises
        return ""
    has_time = re.search(r"\d:\d\d|T\d{4}", text)
    return moment.isoformat(timespec="seconds") if has_time else moment.date().isoformat()


def parse_day(value: object) -> date | None:
    """The day of a date in any usual notation, None if it is not a date."""
    day = to_iso(value)[:10]
    return date.fromisoformat(day) if day else None


_MONTHS = "january february march april may june july august september october november december".split()
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)}|{'|'.join(m[:3] for m in _MONTHS)}|sept)\.?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_DATE_PATTERNS = (
    re.compile(rf"\b{_YEAR}-(?P<number>\d\d)-(?P<day>\d\d)\b"),
    re.compile(rf"\b{_DAY} (?:of )?{_MONTH},? {_YEAR}\b", re.I),
    re.compile(rf"\b{_MONTH} {_DAY},? {_YEAR}\b", re.I),
    re.compile(rf"\b{_MONTH},? (?:of )?{_YEAR}\b", re.I),
    re.compile(rf"\b(?:in|during|of|since|before|after|until|by|late|early|mid) {_YEAR}\b", re.I),
)
_OPEN_PREPOSITIONS = {"since", "after", "before", "until", "by"}
_RELATIVE_PERIODS = {
    "today": (0, 0),
    "yesterday": (1, 1),
    "this week": (7, 0),
    "last week": (14, 4),
    "past week": (7, 0),
    "this month": (31, 0),
    "last month": (62, 15),
    "past month": (31, 0),
    "last few days": (5, 0),
    "recent days": (7, 0),
}


_LATEST_PATTERN = re.compile(
    r"\b(?:latest|newest|most recent(?:ly)?|currently|right now|at the moment|up to date|last known)\b", re.I
)


def asks_for_latest(question: str) -> bool:
    """Whether a question asks for the latest state of affairs, so that newer articles matter more."""
    return bool(_LATEST_PATTERN.search(question))


def days_in_question(question: str, today: date) -> tuple[str, str]:
    """First and last ISO day of the period a question names; both empty if it names none, one if that end is open."""
    for pattern in _DATE_PATTERNS:
        if found := pattern.search(question):
            first, last = _matched_period(found)
            return _apply_preposition(_preposition(question, found), first, last) if first else ("", "")
    lower = question.lower()
    for phrase, (oldest, newest) in _RELATIVE_PERIODS.items():
        if re.search(rf"\b{phrase}\b", lower):
            return (today - timedelta(days=oldest)).isoformat(), (today - timedelta(days=newest)).isoformat()
    return "", ""


def _preposition(question: str, found: re.Match[str]) -> str:
    """The preposition right before a date, or the one that the match itself starts with."""
    before = re.search(r"(\w+)\s+(?:the\s+)?$", question[: found.start()])
    own = re.match(r"[a-z]+", found.group().lower())
    return own[0] if own and own[0] in _OPEN_PREPOSITIONS else before[1].lower() if before else ""


def _apply_preposition(preposition: str, first: str, last: str) -> tuple[str, str]:
    """The period that `since`, `before` and the like make of a date's first and last day."""
    match preposition:
        case "since" | "after":
            return first, ""
        case "before":
            return "", (date.fromisoformat(first) - timedelta(days=1)).isoformat()
        case "until" | "by":
            return "", last
    return first, last


def _matched_period(found: re.Match[str]) -> tuple[str, str]:
    """The first and last ISO day of a matched day, month or year; both empty if there is no such day."""
    parts = found.groupdict()
    year, day = int(parts["year"]), int(parts.get("day") or 0)
    month = int(parts.get("number") or 0)
    if parts.get("month"):
        month = next(at for at, name in enumerate(_MONTHS, 1) if name.startswith(parts["month"].lower()[:3]))
    try:
        if day:
            return (date(year, month, day).isoformat(),) * 2
        if month:
            return date(year, month, 1).isoformat(), date(year, month, monthrange(year, month)[1]).isoformat()
    except ValueError:
        return "", ""
    return f"{year}-01-01", f"{year}-12-31"


_TIME_WORDS = frozenset(
    "recent recently latest last lately newest week month year day yesterday today tonight now ago since until between "
    "time monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december".split()
)


def without_time_terms(stems: Iterable[str]) -> list[str]:
    """Stemmed terms without those that only express time; a stem is taken for a prefix of its word."""
    return [stem for stem in stems if not stem.isdigit() and not any(word.startswith(stem) for word in _TIME_WORDS)]
