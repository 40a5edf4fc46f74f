"""An article as a feed, a sitemap or an API lists it, before its page is read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape

from retrieval.documents import digest


@dataclass(frozen=True, slots=True)
class Entry:
    """Empty where the list does not say; dates are ISO 8601. `html` is all that the list carries of the text."""

    url: str
    title: str = ""
    authors: tuple[str, ...] = ()
    published: str = ""
    updated: str = ""
    section: str = ""
    language: str = ""
    html: str = field(default="", repr=False)

    @property
    def mark(self) -> str:
        """Changes when the list says anything new of the article."""
        return digest("\x1f".join((self.url, self.title, self.published, self.updated, self.html)))


@dataclass(frozen=True, slots=True)
class Listing:
    """One document that lists articles: what it is (`RSS 2.0`), whose, and which further documents belong to it.

    `more` are the addresses of a sitemap's parts or of the next page, `changed` says of some when they last did;
    `minutes` is how often it asks to be read. `remarks` are sentences for the user about what was left out.
    """

    kind: str
    title: str = ""
    entries: tuple[Entry, ...] = ()
    more: tuple[str, ...] = ()
    minutes: float = 0.0
    changed: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


SHORTEST = 1_000  # characters; a whole article may be shorter, and then its page is read for nothing


_TAG = re.compile(r"<[^<>]{0,2000}>")


_APPEARED = re.compile(r"\bThe post .{1,300} (?:first )?appeared (?:first )?on .{1,200}$", re.DOTALL)


_BREAKS_OFF = re.compile(
    r"(?:\[?(?:…|\.\.\.)\]?|\b(?:read|see) (?:more|on|the (?:full|whole|rest)[\w ]{0,30})|\bkeep reading"
    r"|\bcontinue reading[^.]{0,200}|\bfull (?:story|article)|\bweiterlesen|\bmehr lesen|\blire (?:la suite|plus)"
    r"|\bseguir leyendo|\bleer más|\bleggi tutto|\bcontinua a leggere|\bleia mais|\blees (?:meer|verder))"
    r"[\s.:→»›>\])]*$",
    re.IGNORECASE,
)


def is_teaser(entry: Entry) -> bool:
    """True when the page has to be read for the whole text: what is here breaks off, is short, or is nothing."""
    text = " ".join(unescape(_TAG.sub(" ", entry.html)).split())
    # WordPress signs whole articles so, too.
    text = text[:-600] + _APPEARED.sub("", text[-600:]).rstrip()
    return len(text) < SHORTEST or bool(_BREAKS_OFF.search(text[-300:]))
