"""Dates as feeds write them: RFC 822 in several languages, RFC 3339, W3C, to ISO 8601."""

import re
from datetime import datetime

from retrieval.text.dates import to_iso

_LONGEST = 60  # characters; what is longer is no date
_RFC_3339 = re.compile(
    r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?"
)
_WEEKDAY = re.compile(r"^[^\W\d]+\.?,?\s+(?=\d)")
_DAY_AND_MONTH = re.compile(r"^(\d{1,2})[ .-]+([^\W\d]{3,10})\.?[ ,-]+(\d{2}|\d{4})\b")
# How other languages' months begin, where not as in English: German, French, Italian, Spanish, Portuguese, Dutch.
_MONTHS = {
    **{"janv": 1, "jän": 1, "gen": 1, "ene": 1, "fév": 2, "fev": 2, "mär": 3, "mrz": 3, "mrt": 3, "avr": 4, "abr": 4},
    **{"mai": 5, "mag": 5, "mei": 5, "juin": 6, "giu": 6, "juil": 7, "lug": 7, "aoû": 8, "aou": 8, "ago": 8},
    **{"set": 9, "okt": 10, "ott": 10, "out": 10, "dez": 12, "dic": 12, "déc": 12},
}
_ENGLISH = "jan feb mar apr may jun jul aug sep oct nov dec".split()


def parse_feed_date(written: object) -> str:
    """Any usual notation as ISO 8601, a bare day where no time is given; empty if it is none."""
    text = " ".join(written.split()) if isinstance(written, str) else ""
    if not text or len(text) > _LONGEST:
        return ""
    try:
        if _RFC_3339.fullmatch(text):  # a sitemap has 50,000 of them; dateutil takes a tenth of a millisecond for one
            return datetime.fromisoformat(text).isoformat(timespec="seconds") if len(text) > len("2026-03-03") else text
        return to_iso(text) or to_iso(_in_english(text))
    except Exception:  # dateutil raises what it happens to stumble over; an odd date must not cost the entry
        return ""


def _in_english(text: str) -> str:
    """Without the day of the week, the month by its number, the year with four digits (RFC 822 has two)."""
    bare = _WEEKDAY.sub("", text)
    found = _DAY_AND_MONTH.match(bare)
    if not found:
        return bare
    day, month, year = found[1], _month(found[2].lower()), found[3]
    if not month:
        return ""
    century = "" if len(year) == 4 else "20" if int(year) < 70 else "19"
    rest = re.sub(r"\bUT\b", "UTC", bare[found.end() :])
    return f"{century}{year}-{month:02}-{int(day):02}{rest}"


def _month(word: str) -> int:
    for begin, number in _MONTHS.items():
        if word.startswith(begin):
            return number
    return _ENGLISH.index(word[:3]) + 1 if word[:3] in _ENGLISH else 0
