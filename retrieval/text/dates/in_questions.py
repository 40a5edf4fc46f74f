"""Find the days, months and periods that a question names."""

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta

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
_DAY_PATTERNS = (
    re.compile(rf"\b(?:the )?{_DAY} (?:of )?{_MONTH}(?!\w)", re.I),
    re.compile(rf"\b{_MONTH} (?:the )?{_DAY}(?!\w)", re.I),
)
_OPEN_PREPOSITIONS = {"since", "after", "before", "until", "by"}
_RELATIVE_PERIODS = {
    "today": (0, 0),
    "this morning": (0, 0),
    "tonight": (0, 0),
    "yesterday": (1, 1),
    "last night": (1, 0),  # what happened in it was published on either day
    "this week": (7, 0),
    "last week": (14, 4),
    "past week": (7, 0),
    "this month": (31, 0),
    "last month": (62, 15),
    "past month": (31, 0),
    "last few days": (5, 0),
    "recent days": (7, 0),
}
_WEEKEND = re.compile(r"\b(?P<which>this|last|past|the)(?: past)? weekend\b", re.I)
_SATURDAY = 5  # weekday
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
# `on Friday`, but neither `Black Friday` nor `on Monday Night Football`.
_WEEKDAY = re.compile(
    rf"\b(?P<lead>on|last|past|this|since|after|before|until|by) (?:the )?(?:last |past |this )?"
    rf"(?P<weekday>{'|'.join(_WEEKDAYS)})\b(?!['’]?\s+(?-i:[A-Z]))",
    re.I,
)

_LATEST_PATTERN = re.compile(
    r"\b(?:latest|newest|most recent(?:ly)?|currently|right now|at the moment|up to date|last known)\b", re.I
)


def asks_for_latest(question: str) -> bool:
    """Whether a question asks for the latest state of affairs, so that newer articles matter more."""
    return bool(_LATEST_PATTERN.search(question))


def days_in_question(question: str, today: date, newest: date | None = None) -> tuple[str, str]:
    """First and last ISO day of the period a question names; both empty if it names none, one if that end is open.

    `newest` is the day of the newest article: `on Friday` is the last Friday until then where that is long ago.
    """
    for pattern in _DATE_PATTERNS:
        if found := pattern.search(question):
            first, last = _matched_period(found)
            return _apply_preposition(_preposition(question, found), first, last) if first else ("", "")
    lower = question.lower()
    for phrase, (oldest, latest) in _RELATIVE_PERIODS.items():
        if re.search(rf"\b{phrase}\b", lower):
            return (today - timedelta(days=oldest)).isoformat(), (today - timedelta(days=latest)).isoformat()
    if found := _WEEKEND.search(question):
        return _weekend(found["which"].lower(), today)
    return _weekday(found, today, newest) if (found := _WEEKDAY.search(question)) else ("", "")


def names_weekday(question: str) -> bool:
    """Whether a question names a day by its weekday alone: `on Friday`."""
    return bool(_WEEKDAY.search(question))


def _weekday(found: re.Match[str], today: date, newest: date | None) -> tuple[str, str]:
    """The last such day and the one after, on which it was reported; `last Friday` is before today."""
    until = newest if newest and newest < today - timedelta(days=6) else today
    back = (until.weekday() - _WEEKDAYS.index(found["weekday"].lower())) % 7
    if back == 0 and until == today and found["lead"].lower() in ("last", "past"):
        back = 7
    day = until - timedelta(days=back)
    first, last = day.isoformat(), min(today, day + timedelta(days=1)).isoformat()
    return _apply_preposition(found["lead"].lower(), first, last)


def _weekend(which: str, today: date) -> tuple[str, str]:
    """The weekend that is or was last; during one, `last weekend` is the one before."""
    saturday = today - timedelta(days=(today.weekday() - _SATURDAY) % 7)
    if which == "last" and today.weekday() >= _SATURDAY:
        saturday -= timedelta(days=7)
    return saturday.isoformat(), min(today, saturday + timedelta(days=1)).isoformat()


def date_phrase(question: str) -> re.Match[str] | None:
    """Where a question names a period that `days_in_question` reads, or a day without a year; None if it names none."""
    relative = re.compile(rf"\b(?:the )?(?:{'|'.join(_RELATIVE_PERIODS)})(?:['’]s)?\b", re.I)
    patterns = (*_DATE_PATTERNS, *_DAY_PATTERNS, relative, _WEEKEND, _WEEKDAY)
    return next((found for pattern in patterns if (found := pattern.search(question))), None)


def day_without_year(question: str) -> tuple[int, int] | None:
    """The month and day of a date that a question writes without a year, such as `11 March`; None if it has none."""
    found = next((found for pattern in _DAY_PATTERNS if (found := pattern.search(question))), None)
    if found is None:
        return None
    month = _month_number(found["month"])
    return (month, int(found["day"])) if 1 <= int(found["day"]) <= monthrange(2000, month)[1] else None


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
        month = _month_number(parts["month"])
    try:
        if day:
            return (date(year, month, day).isoformat(),) * 2
        if month:
            return date(year, month, 1).isoformat(), date(year, month, monthrange(year, month)[1]).isoformat()
    except ValueError:
        return "", ""
    return f"{year}-01-01", f"{year}-12-31"


def _month_number(name: str) -> int:
    return next(at for at, month in enumerate(_MONTHS, 1) if month.startswith(name.lower()[:3]))


_TIME_WORDS = frozenset(
    "recent recently latest last lately newest week month year day yesterday today tonight now ago since until between "
    "time monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december".split()
)


def without_time_terms(stems: Iterable[str]) -> list[str]:
    """Stemmed terms without those that only express time; a stem is taken for a prefix of its word."""
    return [stem for stem in stems if not stem.isdigit() and not any(word.startswith(stem) for word in _TIME_WORDS)]
