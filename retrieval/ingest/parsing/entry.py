"""An article as a feed, a sitemap or an API lists it, before its page is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

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
