"""Convert dates as feeds write them (RFC 822 in several languages, RFC 3339, W3C) to ISO 8601."""

import re
from datetime import datetime

from retrieval.text.dates import to_iso

_MAX_LENGTH = 60  # characters of a date
_RFC_3339 = re.compile(
    r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?"
)
_WEEKDAY = re.compile(r"^[^\W\d]+\.?,?\s+(?=\d)")
_DAY_AND_MONTH = re.compile(r"^(\d{1,2})[ .-]+([^\W\d]{3,10})\.?[ ,-]+(\d{2}|\d{4})\b")
# First letters of months that differ from English: German, French, Italian, Spanish, Portuguese, Dutch.
_FOREIGN_MONTHS = {
    **{"janv": 1, "jän": 1, "gen": 1, "ene": 1, "fév": 2, "fev": 2, "mär": 3, "mrz": 3, "mrt": 3, "avr": 4, "abr": 4},
    **{"mai": 5, "mag": 5, "mei": 5, "juin": 6, "giu": 6, "juil": 7, "lug": 7, "aoû": 8, "aou": 8, "ago": 8},
    **{"set": 9, "okt": 10, "ott": 10, "out": 10, "dez": 12, "dic": 12, "déc": 12},
}
_ENGLISH_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()


def parse_feed_date(value: object) -> str:
    """The date in ISO 8601, without a time where none is given; empty when the value is not a date."""
    text = " ".join(value.split()) if isinstance(value, str) else ""
    if not text or len(text) > _MAX_LENGTH:
        return ""
    try:
        if _RFC_3339.fullmatch(text):  # a sitemap has 50,000 of them; dateutil takes a tenth of a millisecond for one
            return datetime.fromisoformat(text).isoformat(timespec="seconds") if len(text) > len("2026-03-03") else text
        return to_iso(text) or to_iso(_normalise(text))
    except Exception:  # dateutil raises many kinds of exceptions; an odd date must not lose the entry
        return ""


def _normalise(text: str) -> str:
    """Drop the day of the week, write the month as a number and the year with four digits (RFC 822 has two)."""
    bare = _WEEKDAY.sub("", text)
    found = _DAY_AND_MONTH.match(bare)
    if not found:
        return bare
    day, month, year = found[1], _month_number(found[2].lower()), found[3]
    if not month:
        return ""
    century = "" if len(year) == 4 else "20" if int(year) < 70 else "19"
    rest = re.sub(r"\bUT\b", "UTC", bare[found.end() :])
    return f"{century}{year}-{month:02}-{int(day):02}{rest}"


def _month_number(word: str) -> int:
    for prefix, number in _FOREIGN_MONTHS.items():
        if word.startswith(prefix):
            return number
    return _ENGLISH_MONTHS.index(word[:3]) + 1 if word[:3] in _ENGLISH_MONTHS else 0
