"""Tell how numeric dates are written where a text comes from: whether `03/04/2026` is 3 April or 4 March."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

# Unicode CLDR has the month first in the short dates of these regions alone.
_MONTH_FIRST_REGIONS = frozenset("us vi um ph bi mp pr as mh gu".split())
_BOTH_ORDERS_REGIONS = frozenset({"ca"})
# Top-level domains of countries where English is written, by region; those sold for their letters (.io, .tv) are none.
_ENGLISH_DOMAINS = frozenset("au bd bw gh gy ie in jm ke lk mt my ng nz pk sg tt tz ug uk us za zm zw ph".split())
_NUMERIC_DATE = re.compile(r"(?<!\d)(\d{1,2})[-/](\d{1,2})[-/](?:\d{4}|\d\d)(?!\d)")
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class DateConvention:
    """How a publisher writes dates: in which language, and whether the day comes first; None if that is unknown."""

    language: str = ""
    day_first: bool | None = None


def date_convention(
    *, language: str = "", url: str = "", samples: Iterable[str] = (), day_first: bool | None = None
) -> DateConvention:
    """The convention of a publisher.

    Other dates of the same publisher tell most (`samples`, such as `25/11/2026`; or `day_first`, if they have been
    looked at), then the region of a language tag (`en-GB`), then the language, where that is not English, then the
    country of the site.
    """
    code, _, region = language.lower().replace("_", "-").partition("-")
    order = day_first_in(samples) if day_first is None else day_first
    if order is None:
        order = _order_of_place(code, region.rpartition("-")[2], _country(url))
    return DateConvention(language, order)


def day_first_in(samples: Iterable[str]) -> bool | None:
    """Whether the day comes first in numeric dates, by those that have a number above 12; None if they do not agree."""
    orders = set[bool]()
    for text in samples:
        for first, second in _NUMERIC_DATE.findall(text):
            if (int(first) > _MONTHS) != (int(second) > _MONTHS):
                orders.add(int(first) > _MONTHS)
    return orders.pop() if len(orders) == 1 else None


def _order_of_place(language: str, region: str, country: str) -> bool | None:
    place = region if len(region) == 2 else country if language in ("", "en") else ""
    if place in _BOTH_ORDERS_REGIONS:
        return None
    if place:
        return place not in _MONTH_FIRST_REGIONS
    return True if language not in ("", "en") else None


def _country(url: str) -> str:
    try:
        domain = (urlsplit(url).hostname or "").rpartition(".")[2]
    except ValueError:
        return ""
    return domain if domain in _ENGLISH_DOMAINS else ""
