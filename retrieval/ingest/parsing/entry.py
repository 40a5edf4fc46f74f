"""An article as a feed, a sitemap or an API lists it, before its page is fetched."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape

from retrieval.documents import digest

MIN_WHOLE_LENGTH = 1_000  # characters; for a shorter whole article its page is fetched needlessly
_TAG = re.compile(r"<[^<>]{0,2000}>")
_WORDPRESS_SIGNATURE = re.compile(r"\bThe post .{1,300} (?:first )?appeared (?:first )?on .{1,200}$", re.DOTALL)
_TRUNCATED = re.compile(
    r"(?:\[?(?:…|\.\.\.)\]?|\b(?:read|see) (?:more|on|the (?:full|whole|rest)[\w ]{0,30})|\bkeep reading"
    r"|\bcontinue reading[^.]{0,200}|\bfull (?:story|article)|\bweiterlesen|\bmehr lesen|\blire (?:la suite|plus)"
    r"|\bseguir leyendo|\bleer más|\bleggi tutto|\bcontinua a leggere|\bleia mais|\blees (?:meer|verder))"
    r"[\s.:→»›>\])]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a listing; fields that it lacks are empty. Dates are ISO 8601; `html` is its longest text.

    `page_changed` is when its page changed, which may be a new menu around it: a sitemap's `lastmod`; `date_problem` is
    why the entry is undated although it has a date.
    """

    url: str
    title: str = ""
    authors: tuple[str, ...] = ()
    published: str = ""
    updated: str = ""
    section: str = ""
    language: str = ""
    page_changed: str = ""
    date_problem: str = ""
    html: str = field(default="", repr=False)

    @property
    def digest(self) -> str:
        """Hash of what the listing says about the article."""
        return digest("\x1f".join((self.url, self.title, self.published, self.updated or self.page_changed, self.html)))


@dataclass(frozen=True, slots=True)
class Listing:
    """One document that lists articles: its kind (`RSS 2.0`), its title and its entries.

    `further_urls` are the parts of a sitemap index or the next page, `last_modified` has the dates of some of them;
    `interval_minutes` is how often it asks to be read. `warnings` are sentences for the user about skipped entries,
    with the document as their subject.
    """

    kind: str
    title: str = ""
    entries: tuple[Entry, ...] = ()
    further_urls: tuple[str, ...] = ()
    interval_minutes: float = 0.0
    last_modified: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def skipped_warnings(entries: Sequence[Entry]) -> tuple[str, ...]:
    """What a listing tells the user about its entries without an address, which are not read."""
    count = sum(not entry.url for entry in entries)
    return (f"{count:,} of its entries were left out, because they name no address of an article",) if count else ()


def is_teaser(entry: Entry) -> bool:
    """Whether the entry lacks the whole text, so that the page has to be fetched: it is truncated, short or empty."""
    text = " ".join(unescape(_TAG.sub(" ", entry.html)).split())
    # WordPress signs whole articles like this, too.
    text = text[:-600] + _WORDPRESS_SIGNATURE.sub("", text[-600:]).rstrip()
    return len(text) < MIN_WHOLE_LENGTH or bool(_TRUNCATED.search(text[-300:]))
