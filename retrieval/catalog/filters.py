"""Filters that restrict a search by date, outlet, author, article or speaker, and the articles that pass them."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import cache

from sqlalchemy import Select, bindparam, case, or_, select

from retrieval.catalog.database.dialects import among, text_list
from retrieval.catalog.database.tables import articles, versions
from retrieval.catalog.rows import CURRENT
from retrieval.errors import UsageError
from retrieval.text.dates import to_iso

_ISO = re.compile(r"\d{4}(?:-\d\d){0,2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Filters:
    """Dates are ISO days, both included; outlet and author match any part of the name, case-insensitively.

    `article` is one article's id, `language` that of the articles. A speaker does not restrict the articles: it asks
    for that person's quotes.
    """

    since: str = ""
    until: str = ""
    outlet: str = ""
    author: str = ""
    speaker: str = ""
    article: str = ""
    language: str = ""

    @property
    def restricts_articles(self) -> bool:
        return any((self.since, self.until, self.outlet, self.author, self.article, self.language))


@dataclass(frozen=True, slots=True)
class ArticleScope:
    """What a search is limited to; `named` are the articles where they are few, None where they are many.

    For an index that checks the filters itself, `outlets` are the names that the outlet filter means, and `copied` the
    articles that pass it because a copy of theirs does.
    """

    filters: Filters
    named: tuple[str, ...] | None
    outlets: tuple[str, ...] = ()
    copied: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether no article passes the filters."""
        return self.named == ()


def parse_filters(
    *, since: str = "", until: str = "", outlet: str = "", author: str = "", speaker: str = ""
) -> Filters:
    """Parse filters as a user writes them. Raises UsageError for a date that cannot be read, and for no days at all."""
    first, last = _parse_day("since", since), _parse_until(until)
    if first and last and first > last:
        raise UsageError(f"since is {first}, which is after until, {last}; exchange the two.")
    return Filters(first, last, outlet.strip(), author.strip(), speaker.strip())


def _parse_day(name: str, written: str) -> str:
    """The day that a user writes, the first of a month or year. Raises UsageError if it cannot be read."""
    found = _iso_date(written)
    if written and not found:
        raise UsageError(f"{name} is {written!r}, which is no date; write it as 2025-03-11.")
    return f"{found}-01-01"[:10] if found else ""


def _parse_until(written: str) -> str:
    """The last day included; `2025` and `2025-03` mean until their end."""
    day, precision = _parse_day("until", written), len(_iso_date(written))
    if precision == len("2025"):
        return f"{day[:4]}-12-31"
    if precision == len("2025-03"):
        return f"{day[:7]}-{monthrange(int(day[:4]), int(day[5:7]))[1]}"
    return day


def _iso_date(written: str) -> str:
    """A date as ISO 8601, as precise as it is written; of any year where it is in that form."""
    if not _ISO.fullmatch(written):
        return to_iso(written)[:10]
    try:
        date.fromisoformat(f"{written}-01-01"[:10])
    except ValueError:
        return ""
    return written


@cache
def passing_articles(names: frozenset[str]) -> Select[tuple[str]]:
    """Make the statement for the ids of original articles that pass filters, which are named by its parameters.

    `since` goes with `month` and `year`, `language` with `or_language`; outlet and authors are lists of whole names.
    Made once, so that it is compiled once.
    """
    # Joined to nothing, so that SQLite does not start with the index of all originals.
    statement = select(articles.c.id).select_from(CURRENT).where(articles.c.copy_of.concat("") == "")
    published = versions.c.published
    if "since" in names:
        is_known_in_part = published.in_([bindparam("month"), bindparam("year")])
        statement = statement.where(or_(published >= bindparam("since"), is_known_in_part))
    if "until" in names:
        statement = statement.where(published > "", published < bindparam("until"))
    if "language" in names:
        statement = statement.where(versions.c.language.in_([bindparam("language"), bindparam("or_language")]))
    if names & {"article", "outlet", "authors"}:
        statement = statement.where(articles.c.id.in_(_named(names)))
    if "candidates" in names:
        statement = statement.where(among(articles.c.id, text_list("candidates")))
    return statement.limit(bindparam("limit")) if "limit" in names else statement


def _named(names: frozenset[str]) -> Select[tuple[str]]:
    """The ids of articles that match id, outlet and author, or have a copy that does."""
    named, version = articles.alias(), versions.alias()
    statement = select(case((named.c.copy_of == "", named.c.id), else_=named.c.copy_of)).join_from(
        named, version, (version.c.article == named.c.id) & (version.c.number == named.c.version)
    )
    if "article" in names:
        statement = statement.where(or_(named.c.id == bindparam("article"), named.c.copy_of == bindparam("article")))
    for column in sorted(names & {"outlet", "authors"}):
        statement = statement.where(among(version.c[column], text_list(column)))
    return statement
