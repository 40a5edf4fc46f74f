"""Format dates, ages and foreign text for every surface."""

import re
from datetime import UTC, datetime

from retrieval.text.language import ENGLISH

_MONTH_LENGTH = len("2025-03")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def printable(text: str) -> str:
    """Remove control characters but tab and newline, so that an article cannot send commands to the terminal."""
    return _CONTROL.sub("", text)


def format_date(moment: str, language: str = ENGLISH) -> str:
    """Format an ISO 8601 date as `11 March 2025`, or as a language has it, a month as `March 2025`.

    Any other text is returned unchanged.
    """
    is_month = len(moment) == _MONTH_LENGTH
    try:
        date = datetime.fromisoformat(f"{moment}-01" if is_month else moment)
    except ValueError:
        return moment
    if language == ENGLISH:
        return f"{date:%B %Y}" if is_month else f"{date.day} {date:%B %Y}"
    from babel import dates  # takes a moment that English readers need not wait for

    return str(dates.format_date(date, "LLLL y" if is_month else "long", locale=language))


def format_age(moment: str, now: datetime | None = None, language: str = ENGLISH) -> str:
    """Format the time since an ISO 8601 moment in the largest unit that fits: `3 hours ago`."""
    since = datetime.fromisoformat(moment) - (now or datetime.now(UTC))
    if language != ENGLISH:
        from babel import dates

        return str(dates.format_timedelta(since, add_direction=True, threshold=1, locale=language))
    seconds = int(-since.total_seconds())
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"
