"""Dates as articles and questions write them, to ISO 8601."""

import re
from datetime import date, datetime

from dateutil import parser

_NOWHERE = datetime(1, 1, 1)


def iso(written: object) -> str:
    """A date or a moment in any usual notation as ISO 8601, a bare day where no time is given; empty if it is none."""
    if isinstance(written, datetime):
        return written.isoformat(timespec="seconds")
    if isinstance(written, date):
        return written.isoformat()
    text = str(written or "").strip()
    if not re.search(r"\d{4}|\d\d?[/.-]\d\d?[/.-]\d\d", text):
        return ""
    try:
        moment = parser.parse(text, default=_NOWHERE)
    except (ValueError, OverflowError):
        return ""
    has_time = re.search(r"\d:\d\d|T\d{4}", text)
    return moment.isoformat(timespec="seconds") if has_time else moment.date().isoformat()
