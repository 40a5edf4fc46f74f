"""Collect the metadata of a page's article from all its sources, the most trustworthy first.

JSON-LD comes first, because publishers write it for machines and check it; then the meta elements of the head, which
serve previews; then the entry of the feed that led to the page, which describes the same article but may be older; what
trafilatura guesses from the markup comes last. For the outlet `og:site_name` comes first: it is how the site calls
itself, where JSON-LD often names the company behind it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from lxml.html import HtmlElement
from trafilatura.metadata import extract_metadata
from trafilatura.settings import Document

from retrieval.ingest.parsing.entry import Entry
from retrieval.ingest.parsing.markup.authors import person_names
from retrieval.ingest.parsing.markup.decoding import storable
from retrieval.ingest.parsing.pages import json_ld
from retrieval.text.dates import to_iso
from retrieval.text.same_site import hostname, trusted_canonical_url

_TITLE_SEPARATOR = re.compile(r"\s+(?:[|·»•]+|[-–—:]+)\s+(?=[^|·»•]*$)")
_ELLIPSIS = re.compile(r"\s*(?:\.\.\.|…)$")
_NO_DATE = ("0001-", "1970-01-01")  # what publishing systems write when there is no date
_MAX_TITLE_LENGTH = 500  # characters
_MAX_NAME_LENGTH = 80  # characters of an outlet or a section
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9_-]+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """Metadata of an article; unknown fields are empty. Dates are ISO 8601, `canonical` is on the page's own site.

    `is_article` and `is_media` are what the page declares itself to be; `is_free` is false for subscribers' articles.
    """

    title: str = ""
    authors: tuple[str, ...] = ()
    outlet: str = ""
    published: str = ""
    updated: str = ""
    canonical: str = ""
    language: str = ""
    section: str = ""
    is_article: bool = False
    is_media: bool = False
    is_free: bool = True


def page_metadata(page: HtmlElement, url: str, entry: Entry | None = None) -> PageMetadata:
    """The metadata of the article in a page at `url` (empty for a file) that `entry` lists."""
    sources = _MetadataSources(page, url, entry or Entry(""))
    outlet, og_type = _outlet(sources), sources.meta("og:type")[:1]
    published = _first_date(_published(sources)) or to_iso(sources.guessed.date)
    return PageMetadata(
        title=_title(sources, outlet),
        authors=_authors(sources, outlet),
        outlet=outlet,
        published=published,
        updated=_if_later(_first_date(_updated(sources)), published),
        canonical=_canonical(sources),
        language=_language(sources),
        section=_section(sources),
        is_article=bool(sources.article) or og_type == ["article"],
        is_media=og_type[:1] in (["video.other"], ["video"], ["video.episode"], ["video.movie"]) or sources.is_media,
        is_free=str(sources.article.get("isAccessibleForFree", True)).lower() not in ("false", "0"),
    )


class _MetadataSources:
    """All sources of metadata about one page's article."""

    def __init__(self, page: HtmlElement, url: str, entry: Entry) -> None:
        self.page, self.url, self.entry = page, url, entry
        self.objects = json_ld.page_objects(page)
        self.article = json_ld.find_article_object(self.objects, url)
        self.is_media = not self.article and any(
            json_ld.object_types(item) & json_ld.MEDIA_TYPES for item in self.objects
        )
        self._meta: dict[str, list[str]] = {}
        for element in page.iter("meta"):
            name = element.get("property") or element.get("name") or element.get("itemprop") or ""
            content = " ".join(storable(element.get("content") or "").split())
            if name and content:
                self._meta.setdefault(name.lower(), []).append(content)

    def meta(self, *names: str) -> list[str]:
        """Contents of the meta elements with these names, in this order."""
        return [content for name in names for content in self._meta.get(name, ())]

    def json_ld(self, *names: str) -> list[str]:
        """Texts of these properties of the JSON-LD article object."""
        return [storable(text) for name in names for text in json_ld.text_values(self.article.get(name))]

    def xpath(self, path: str) -> list[str]:
        """Texts or attribute values that an XPath selects in the page, without empty ones."""
        return [" ".join(storable(str(one)).split()) for one in self.page.xpath(path) if str(one).strip()]

    @cached_property
    def guessed(self) -> Document:
        """What trafilatura guesses from the markup."""
        return extract_metadata(self.page, self.url or None)


def _title(sources: _MetadataSources, outlet: str) -> str:
    headlines = [" ".join("".join(head.itertext()).split()) for head in sources.page.iter("h1")]
    headlines = [text[:_MAX_TITLE_LENGTH] for text in headlines if text]
    titles = sources.json_ld("headline", "name") + sources.meta("og:title", "twitter:title", "dc.title")
    listed = [sources.entry.title] if sources.entry.title else []
    candidates = titles + listed + (headlines[:1] if len(headlines) == 1 else []) + sources.xpath("//head/title/text()")
    candidates = [text[:_MAX_TITLE_LENGTH] for text in candidates] or (
        [sources.guessed.title] if sources.guessed.title else []
    )
    if not candidates:
        return headlines[0] if headlines else ""
    title = _without_suffix(candidates[0], outlet, hostname(sources.url))
    longer = [
        text
        for text in (*candidates, *headlines)
        if len(text) > len(title) and text.startswith(_ELLIPSIS.sub("", title))
    ]
    return (
        _without_suffix(longer[0], outlet, hostname(sources.url))
        if longer and _ELLIPSIS.search(title)
        else storable(title)
    )


def _without_suffix(title: str, outlet: str, site: str) -> str:
    """Remove the name of the site at the end of a title: `Pier closes | Harbour Post`."""
    names = {_letters(outlet), _letters(site), _letters(site.rpartition(".")[0])} - {""}
    while separators := list(_TITLE_SEPARATOR.finditer(title)):
        suffix = _letters(title[separators[-1].end() :])
        if not separators[-1].start() or not any(suffix and (suffix in name or name in suffix) for name in names):
            break
        title = title[: separators[-1].start()]
    return title


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold())).removeprefix("the")


def _authors(sources: _MetadataSources, outlet: str) -> tuple[str, ...]:
    candidates = (
        lambda: sources.json_ld("author", "creator"),
        lambda: sources.meta("author", "article:author", "parsely-author", "sailthru.author", "byl", "dc.creator"),
        lambda: sources.entry.authors,
        lambda: sources.xpath("//*[@itemprop='author']//*[@itemprop='name']/text() | //a[@rel='author']/text()"),
        lambda: [sources.guessed.author or ""],
    )
    return next((names for lines in candidates if (names := person_names(lines(), outlet))), ())


def _outlet(sources: _MetadataSources) -> str:
    sites = [one for one in sources.objects if "WebSite" in json_ld.object_types(one)]
    named = sources.meta("og:site_name") + sources.json_ld("publisher")
    named += [storable(name) for one in sites for name in json_ld.text_values(one.get("name"))]
    is_name = (
        name for name in named if len(name) <= _MAX_NAME_LENGTH and "://" not in name and not name.startswith("@")
    )
    return next(is_name, "") or hostname(sources.url)


def _published(sources: _MetadataSources) -> Iterable[str]:
    yield from sources.json_ld("datePublished", "dateCreated", "uploadDate")
    yield from sources.meta("article:published_time", "og:published_time", "datepublished", "parsely-pub-date")
    yield from sources.xpath("//*[@itemprop='datePublished']/@datetime | //*[@itemprop='datePublished']/@content")
    yield sources.entry.published
    pages = [one for one in sources.objects if "WebPage" in json_ld.object_types(one)]
    yield from (text for one in pages for text in json_ld.text_values(one.get("datePublished")))
    yield from sources.meta("date", "pubdate", "publish-date", "dc.date.issued", "dc.date", "sailthru.date")


def _updated(sources: _MetadataSources) -> Iterable[str]:
    yield from sources.json_ld("dateModified")
    yield from sources.meta("article:modified_time", "og:updated_time", "datemodified", "last-modified")
    yield from sources.xpath("//*[@itemprop='dateModified']/@datetime")
    yield sources.entry.updated


def _first_date(candidates: Iterable[str]) -> str:
    """The first date; if it has no time, the first candidate on the same day that has one."""
    first = ""
    for text in candidates:
        date = to_iso(text)
        if not date or date.startswith(_NO_DATE):
            continue
        if not first:
            first = date
        if len(first) > len("2026-03-03"):
            break
        if date[:10] == first[:10]:
            first = date
    return first


def _if_later(updated: str, published: str) -> str:
    return updated if updated[:10] > published[:10] or updated[:19] > published[:19] else ""


def _canonical(sources: _MetadataSources) -> str:
    named = sources.xpath("//link[translate(@rel, 'CANOIL', 'canoil')='canonical']/@href") + sources.meta("og:url")
    if not sources.url:
        return next((url for url in named if url.startswith(("http://", "https://"))), "")
    return next((url for url in (trusted_canonical_url(one, sources.url) for one in named[:4]) if url), "")


def _language(sources: _MetadataSources) -> str:
    named = sources.xpath("/html/@lang | /html/@*[local-name()='lang']") + sources.json_ld("inLanguage")
    codes = named + sources.meta("og:locale", "content-language", "language") + [sources.entry.language]
    return next((found[1].lower() for code in codes if (found := _LANGUAGE.fullmatch(code))), "")


def _section(sources: _MetadataSources) -> str:
    named = (
        sources.json_ld("articleSection") + sources.meta("article:section", "parsely-section") + [sources.entry.section]
    )
    return next((name for name in named if name and len(name) <= _MAX_NAME_LENGTH), "")
