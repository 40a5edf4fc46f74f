"""Filters that restrict a search by date, outlet, author, article or speaker."""

from calendar import monthrange
from dataclasses import dataclass

from retrieval.errors import UsageError
from retrieval.text.dates import to_iso


@dataclass(frozen=True, slots=True)
class Filters:
    """Dates are ISO days, both included; outlet and author match any part of the name, case-insensitively.

    `article` is one article's id. A speaker does not restrict the articles: it asks for that person's quotes.
    """

    since: str = ""
    until: str = ""
    outlet: str = ""
    author: str = ""
    speaker: str = ""
    article: str = ""

    @property
    def restricts_articles(self) -> bool:
        return any((self.since, self.until, self.outlet, self.author, self.article))


def parse_filters(
    *, since: str = "", until: str = "", outlet: str = "", author: str = "", speaker: str = ""
) -> Filters:
    """Parse filters as a user writes them. Raises UsageError for a date that cannot be read."""
    return Filters(_parse_day("since", since), _parse_until(until), outlet.strip(), author.strip(), speaker.strip())


def _parse_day(name: str, written: str) -> str:
    day = to_iso(written)[:10]
    if written and not day:
        raise UsageError(f"{name} is {written!r}, which is no date; write it as 2025-03-11.")
    return day


def _parse_until(written: str) -> str:
    """The last day included; `2025` and `2025-03` mean until their end."""
    day, parts = _parse_day("until", written), written.strip().split("-")
    if len(written.strip()) == 4:
        return f"{day[:4]}-12-31"
    if len(parts) == 2:
        return f"{day[:7]}-{monthrange(int(day[:4]), int(day[5:7]))[1]}"
    return day
