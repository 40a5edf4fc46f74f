"""Find when a page's article was published and updated, as its sources state it; nothing is guessed.

The sources, the most trustworthy first: JSON-LD; meta elements; `time` elements and dates beside the headline; the
date in the address; the entry of the feed. A year in the text, a copyright line and the dates of other articles on the
page are none.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from retrieval.ingest.parsing.pages.metadata.article_header import names_of, visible_text
from retrieval.ingest.parsing.pages.metadata.sources import MetadataSources
from retrieval.text.dates import DateConvention, ambiguous_date, date_convention, is_later, to_iso

_DAY_LENGTH, _MINUTE_LENGTH = len("2026-03-03"), len("2026-03-03T08:00")
_PUBLISHED_METAS = (
    "article:published_time",
    "og:published_time",
    "og:article:published_time",
    "datepublished",
    "parsely-pub-date",
    "pubdate",
    "dc.date.issued",
    "dcterms.issued",
    "sailthru.date",
)
# Names of other meta elements: `publish-date`, `article.published`, `cXenseParse:publishtime`, `dc.date.created`.
_OTHER_PUBLISHED_META = re.compile(
    r"(?:publi(?:sh|cation)|pub|issue|creat|releas|origin|article|post)\w{0,8}[\W_]?(?:date|time|at\b|on\b)|"
    r"date[\W_]?(?:of[\W_]?)?(?:publi|pub|issue|creat|original)|^(?:dc\.|dcterms\.)?date$|publish(?:ed|time)$"
)
_UPDATE = re.compile(r"modif|updat|revis|expir|copyright|access|valid|aktualisi|mis à jour|actualiza", re.IGNORECASE)
_DATE_NAME = re.compile(
    r"(?:^|[\s_-])(?:date|datum|fecha|data|time|times?tamp|dateline|pubdate|published|publish-?date|posted|posted-on|"
    r"entry-date|article-date|pub-date)(?=$|[\s_-])|(?:publish|article|post|entry|news)[_-]{0,2}(?:date|time)"
)
_MAX_NAMED_DATE, _MAX_BARE_DATE = 100, 60  # characters of an element that is called a date, and of one that is not
_MAX_CHILDREN = 4
# `/2026/03/03/`, `/2026-03-03-`, `/20260303/`, `/2026/mar/03/`
_DAY_IN_PATH = re.compile(
    r"/(?P<year>(?:19|20)\d\d)(?:([/-])(?P<month>\d\d?|[a-z]{3})\2(?P<day>\d\d?)(?!\d)|(?P<digits>[01]\d[0-3]\d)(?!\d))",
    re.IGNORECASE,
)


class PageDates(NamedTuple):
    """When an article was published, and when it was updated after that; empty where no source says so.

    `problem` is why it is undated, where a source gives a date that may be one of two days.
    """

    published: str
    updated: str
    problem: str


def page_dates(sources: MetadataSources, title: str, language: str) -> PageDates:
    """The dates of a page's article, in the order of day and month that the page, its language or its site has."""
    published, updated = list(_published(sources, title)), list(_updated(sources, title))
    convention = date_convention(language=language, url=sources.url, samples=(*published, *updated))
    first = _first_date(published, convention)
    last = _first_date(updated, convention)
    ambiguous = (ambiguous_date(text, convention) for text in published)
    problem = "" if first else next(filter(None, ambiguous), sources.entry.date_problem)
    return PageDates(first, last if is_later(last, first) else "", problem)


def _published(sources: MetadataSources, title: str) -> Iterator[str]:
    yield from sources.json_ld("datePublished", "dateCreated", "uploadDate")
    yield from sources.meta(*_PUBLISHED_METAS)
    others = [name for name in sources.metas if _OTHER_PUBLISHED_META.search(name) and not _UPDATE.search(name)]
    yield from sources.meta(*sorted(others, key=lambda name: "creat" in name))
    yield from sources.json_ld_of("WebPage", "datePublished")
    yield from sources.xpath("//*[@itemprop='datePublished']/@datetime | //*[@itemprop='datePublished']/@content")
    yield from _beside_headline(sources, title, updates=False)
    yield from _in_path(sources.url or next(iter(sources.meta("og:url")), ""))
    yield sources.entry.published
    yield from _beside_headline(sources, title, updates=True)  # a theme that calls its only date `updated`


def _updated(sources: MetadataSources, title: str) -> Iterator[str]:
    yield from sources.json_ld("dateModified")
    yield from sources.meta("article:modified_time", "og:updated_time", "datemodified", "last-modified")
    yield from sources.meta("og:article:modified_time")
    yield from sources.xpath("//*[@itemprop='dateModified']/@datetime | //*[@itemprop='dateModified']/@content")
    yield from _beside_headline(sources, title, updates=True)
    yield sources.entry.updated


def _beside_headline(sources: MetadataSources, title: str, *, updates: bool) -> Iterator[str]:
    """Dates of `time` elements, then of elements that are called a date or are short; updates alone, or no updates."""
    elements = sources.header.elements(title)
    times = [element for element in elements if element.tag == "time"]
    for element in (one for one in times if _is_update(one) == updates):
        yield element.get("datetime") or element.get("title") or ""
        yield " ".join(visible_text(element).split())
    for element in elements:
        is_named = bool(_DATE_NAME.search(names_of(element)))
        if element.tag != "time" and (is_named or _has_digits(element)) and _is_update(element) == updates:
            text = " ".join(visible_text(element).split())
            if len(text) <= (_MAX_NAMED_DATE if is_named else _MAX_BARE_DATE):
                yield text


def _has_digits(element: HtmlElement) -> bool:
    """Whether an element has no more than a few others in it, and numbers of its own."""
    own = [element.text or "", *(child.tail or "" for child in element)]
    return len(element) <= _MAX_CHILDREN and any(map(str.isdecimal, "".join(own)))


def _is_update(element: HtmlElement) -> bool:
    """Whether a date is that of an update: its class, its text or the text right before it says so."""
    before = element.getprevious()
    lead = (
        before.tail if before is not None else element.getparent().text if element.getparent() is not None else ""
    ) or ""
    said = f"{names_of(element)} {lead[-30:]} {element.text or ''}"
    is_published = "publish" in said.lower() or "entry-date" in said  # WordPress: `entry-date published updated`
    return bool(_UPDATE.search(said)) and not is_published


def _in_path(url: str) -> Iterator[str]:
    """The day in an address; a month alone may be that of an upload."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return
    if found := _DAY_IN_PATH.search(path):
        digits = found["digits"]
        day = f"{found['year']}{digits}" if digits else f"{found['day']} {found['month']} {found['year']}"
        is_named = not digits and found["month"].isalpha()
        yield day if digits or is_named else f"{found['year']}-{found['month']}-{found['day']}"


def _first_date(candidates: Iterable[str], convention: DateConvention) -> str:
    """The first date, as precisely as the others tell it: by one that agrees with it and goes further."""
    found = list(filter(None, (to_iso(text, convention) for text in candidates)))
    first = next(iter(found), "")
    for date in found[1:]:
        if _agrees(first, date) and (len(date) > len(first)):
            first = date
    return first


def _agrees(date: str, other: str) -> bool:
    """Whether a date that is more precise than another is the same as far as that goes."""
    shared = len(date) if len(date) <= _DAY_LENGTH else _MINUTE_LENGTH
    return date[:shared] == other[:shared]
