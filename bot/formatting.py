"""Format dates, ages and foreign text for every surface."""

import re
from datetime import UTC, datetime

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def printable(text: str) -> str:
    """Remove control characters but tab and newline, so that an article cannot send commands to the terminal."""
    return _CONTROL.sub("", text)


def format_date(moment: str) -> str:
    """Format an ISO 8601 date as `11 March 2025`; return any other text unchanged."""
    try:
        date = datetime.fromisoformat(moment)
    except ValueError:
        return moment
    return f"{date.day} {date:%B %Y}"


def format_age(moment: str, now: datetime | None = None) -> str:
    """Format the time since an ISO 8601 moment in the largest unit that fits: `3 hours ago`."""
    seconds = int(((now or datetime.now(UTC)) - datetime.fromisoformat(moment)).total_seconds())
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"
