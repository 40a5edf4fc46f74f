"""What a search is limited to."""

from calendar import monthrange
from dataclasses import dataclass

from retrieval.errors import UsageError
from retrieval.text.dates import iso


@dataclass(frozen=True, slots=True)
class Filters:
    """Dates are ISO days, both ends included; outlet and author match as parts of the name, whatever the case.

    `article` is one article's id. A speaker does not limit the articles: it asks for that person's words.
    """

    since: str = ""
    until: str = ""
    outlet: str = ""
    author: str = ""
    speaker: str = ""
    article: str = ""

    @property
    def limit_articles(self) -> bool:
        return any((self.since, self.until, self.outlet, self.author, self.article))


def filters_of(*, since: str = "", until: str = "", outlet: str = "", author: str = "", speaker: str = "") -> Filters:
    """Filters as a user writes them. Raises UsageError when a date is none."""
    return Filters(_day("since", since), _last_day(until), outlet.strip(), author.strip(), speaker.strip())


def _day(name: str, written: str) -> str:
    day = iso(written)[:10]
    if written and not day:
        raise UsageError(f"{name} is {written!r}, which is no date; write it as 2025-03-11.")
    return day


def _last_day(written: str) -> str:
    """`2025` and `2025-03` mean until their end."""
    day, parts = _day("until", written), written.strip().split("-")
    if len(written.strip()) == 4:
        return f"{day[:4]}-12-31"
    if len(parts) == 2:
        return f"{day[:7]}-{monthrange(int(day[:4]), int(day[5:7]))[1]}"
    return day
