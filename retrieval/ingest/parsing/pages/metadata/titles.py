"""Choose the title of a page's article.

A source is believed that another confirms, the visible headline before all: what JSON-LD calls a headline is sometimes
a description, what a preview shows ends in a section, and the only `h1` may be the site's logo.
"""

import re
from collections.abc import Iterable, Sequence

from retrieval.ingest.parsing.markup.decoding import storable
from retrieval.ingest.parsing.pages.metadata.sources import MetadataSources
from retrieval.text.addresses.same_site import hostname

_SEPARATOR = re.compile(r"\s+(?:[|·»•]+|[-–—:]+)\s+(?=[^|·»•]*$)")
_FIRST_SEPARATOR = re.compile(r"\s*(?:[|·»•:]|\s[-–—])\s+")
_ELLIPSIS = re.compile(r"\s*(?:\.\.\.|…)$")
_MAX_LENGTH = 500  # characters


def page_title(sources: MetadataSources, outlet: str, section: str) -> str:
    """The title of the article, without the names of the site and of the section; empty if there is none."""
    headlines = [text[:_MAX_LENGTH] for tag, text in sources.header.headings if tag == "h1"]
    subheads = [text[:_MAX_LENGTH] for tag, text in sources.header.headings if tag != "h1"]
    sites = _site_names(sources, outlet)
    names = sites | _section_names(sources, section)
    groups = [
        sources.json_ld("headline"),
        sources.json_ld("name"),
        sources.meta("og:title", "twitter:title", "dc.title", "dcterms.title", "sailthru.title", "parsely-title"),
        [sources.entry.title] if sources.entry.title else [],
        sources.xpath("//head/title/text()"),
    ]
    cleaned = [[_without_site(text[:_MAX_LENGTH], names, sites) for text in group] for group in groups]
    listed = [text for group in cleaned[:-1] for text in group]
    pages = [text for text in cleaned[-1] if _letters(text) not in names]
    choices = (
        _confirmed([*listed, *pages], headlines),
        _confirmed_elsewhere(cleaned),
        next(iter(listed), ""),
        _confirmed(pages, subheads),
        headlines[0] if len(headlines) == 1 and _letters(headlines[0]) not in names else "",
        *pages,
        *headlines,
        *subheads,
    )
    title = next(filter(None, choices), "")
    return storable(_completed(title, [*listed, *pages, *headlines]))


def _confirmed(titles: Iterable[str], headlines: Sequence[str]) -> str:
    """The first title that a headline has too, or, where it goes on behind a separator or breaks off, that headline."""
    for title in titles:
        for headline in headlines:
            if _letters(headline) and _letters(headline) == _letters(title):
                return title
            if len(headline.split()) > 1 and _goes_on(title, headline):
                return headline
    return ""


def _goes_on(title: str, headline: str) -> bool:
    """Whether a title is a headline and what a separator divides from it: `Pier closes | Sport`."""
    ends = (found.start() for found in re.finditer(r"\s+(?:[|·»•]+|[-–—]+)\s+", title))
    return any(_letters(title[:end]) == _letters(headline) for end in ends)


def _confirmed_elsewhere(groups: Sequence[Sequence[str]]) -> str:
    """The first title that another group of sources has too."""
    for at, group in enumerate(groups):
        others = {_letters(text) for number, other in enumerate(groups) if number != at for text in other}
        for title in group:
            if _letters(title) and _letters(title) in others:
                return title
    return ""


def _completed(title: str, candidates: Iterable[str]) -> str:
    """The title in full, where it breaks off and another source has it whole."""
    if not _ELLIPSIS.search(title):
        return title
    begun = _ELLIPSIS.sub("", title)
    return next((text for text in candidates if len(text) > len(title) and text.startswith(begun)), title)


def _site_names(sources: MetadataSources, outlet: str) -> set[str]:
    site = hostname(sources.url)
    named = [
        outlet,
        site,
        site.rpartition(".")[0],
        *sources.json_ld("publisher"),
        *sources.json_ld_of("WebSite", "name"),
    ]
    return {_letters(name) for name in named} - {""}


def _section_names(sources: MetadataSources, section: str) -> set[str]:
    listed = sources.json_ld("articleSection") + sources.meta("article:section", "og:section", "parsely-section")
    return {_letters(name) for name in (section, *listed)} - {""}


def _without_site(title: str, names: set[str], sites: set[str]) -> str:
    """Remove the site's names, and after the title also sections': `Harbour Post: Pier closes | Town`."""
    while separators := list(_SEPARATOR.finditer(title)):
        suffix = _letters(title[separators[-1].end() :])
        if not separators[-1].start() or not any(
            suffix and (suffix == name or _is_part(suffix, name)) for name in names
        ):
            break
        title = title[: separators[-1].start()]
    first = _FIRST_SEPARATOR.search(title)
    if first and first.start() and _letters(title[: first.start()]) in sites and len(title[first.end() :].split()) > 1:
        title = title[first.end() :]
    return title


def _is_part(suffix: str, name: str) -> bool:
    """Whether one of two names of a site holds the other: `Harbour Post` and `harbourpost.example`."""
    return suffix in name or (len(name) > 2 and name in suffix)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold())).removeprefix("the")
