"""TODO."""

import re
from datetime import UTC, datetime

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def printable(text: str) -> str:
    """The text without control characters: an article must not give orders to the terminal."""
    return _CONTROL.sub("", text)


def day(moment: str) -> str:
    """An ISO date as a reader writes it: 11 March 2025."""
    try:
        then = datetime.fromisoformat(moment)
    except ValueError:
        return moment
    return f"{then.day} {then:%B %Y}"


def ago(moment: str, now: datetime | None = None) -> str:
    """How long ago, in the largest unit that fits."""
    seconds = int(((now or datetime.now(UTC)) - datetime.fromisoformat(moment)).total_seconds())
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"
