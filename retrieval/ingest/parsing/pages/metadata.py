"""What is known of a page's article besides its text, from all that speaks of it, the most trustworthy first.

JSON-LD comes first, because publishers write it for machines and check it; then the head's meta elements, which serve
previews; then the entry of the feed that led here, which speaks of the same article but may be older than the page;
what trafilatura guesses from the markup comes last. For the outlet `og:site_name` comes first: it is how the site calls
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
from retrieval.ingest.parsing.markup.authors import persons
from retrieval.ingest.parsing.markup.decoding import storable
from retrieval.ingest.parsing.pages import json_ld
from retrieval.text.dates import to_iso
from retrieval.text.same_site import hostname, trusted_canonical_url

_SUFFIX = re.compile(r"\s+(?:[|·»•]+|[-–—:]+)\s+(?=[^|·»•]*$)")
_CUT = re.compile(r"\s*(?:\.\.\.|…)$")
_EPOCH = ("0001-", "1970-01-01")  # what publishing systems write for no date
_LONGEST_TITLE = 500  # characters
_LONGEST_NAME = 80  # characters of an outlet or a section
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9_-]+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """Empty where nothing says; dates are ISO 8601, `canonical` is absolute and on the page's own site.

    `is_article` and `is_media` are what the page calls itself; `is_free` is false where the text is for subscribers.
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
    """The facts of the article in a page that is at `url` (empty for a file), as `entry` lists it."""
    said = _Said(page, url, entry or Entry(""))
    outlet, kind = _outlet(said), said.meta("og:type")[:1]
    published = _moment(_published(said)) or to_iso(said.guessed.date)
    return PageMetadata(
        title=_title(said, outlet),
        authors=_authors(said, outlet),
        outlet=outlet,
        published=published,
        updated=_later(_moment(_updated(said)), published),
        canonical=_canonical(said),
        language=_language(said),
        section=_section(said),
        is_article=bool(said.article) or kind == ["article"],
        is_media=kind[:1] in (["video.other"], ["video"], ["video.episode"], ["video.movie"]) or said.is_media,
        is_free=str(said.article.get("isAccessibleForFree", True)).lower() not in ("false", "0"),
    )


class _Said:
    """All that speaks of one page's article."""

    def __init__(self, page: HtmlElement, url: str, entry: Entry) -> None:
        self.page, self.url, self.entry = page, url, entry
        self.objects = json_ld.objects(page)
        self.article = json_ld.article(self.objects, url)
        self.is_media = not self.article and any(json_ld.types(one) & json_ld.MEDIA for one in self.objects)
        self._meta: dict[str, list[str]] = {}
        for element in page.iter("meta"):
            name = element.get("property") or element.get("name") or element.get("itemprop") or ""
            content = " ".join(storable(element.get("content") or "").split())
            if name and content:
                self._meta.setdefault(name.lower(), []).append(content)

    def meta(self, *names: str) -> list[str]:
        return [content for name in names for content in self._meta.get(name, ())]

    def ld(self, *names: str) -> list[str]:
        return [storable(text) for name in names for text in json_ld.texts(self.article.get(name))]

    def found(self, path: str) -> list[str]:
        return [" ".join(storable(str(one)).split()) for one in self.page.xpath(path) if str(one).strip()]

    @cached_property
    def guessed(self) -> Document:
        return extract_metadata(self.page, self.url or None)


def _title(said: _Said, outlet: str) -> str:
    heads = [" ".join("".join(head.itertext()).split()) for head in said.page.iter("h1")]
    heads = [head for head in heads if head]
    titles = said.ld("headline", "name") + said.meta("og:title", "twitter:title", "dc.title")
    listed = [said.entry.title] if said.entry.title else []
    every = titles + listed + (heads[:1] if len(heads) == 1 else []) + said.found("//head/title/text()")
    every = [one[:_LONGEST_TITLE] for one in every] or ([said.guessed.title] if said.guessed.title else [])
    if not every:
        return heads[0] if heads else ""
    title = _without_suffix(every[0], outlet, hostname(said.url))
    whole = [one for one in (*every, *heads) if len(one) > len(title) and one.startswith(_CUT.sub("", title))]
    return _without_suffix(whole[0], outlet, hostname(said.url)) if whole and _CUT.search(title) else storable(title)


def _without_suffix(title: str, outlet: str, site: str) -> str:
    """`Pier closes | Harbour Post` without what names the site, if that is what stands behind the last mark."""
    names = {_letters(outlet), _letters(site), _letters(site.rpartition(".")[0])} - {""}
    while found := list(_SUFFIX.finditer(title)):
        end = _letters(title[found[-1].end() :])
        if not found[-1].start() or not any(end and (end in name or name in end) for name in names):
            break
        title = title[: found[-1].start()]
    return title


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold())).removeprefix("the")


def _authors(said: _Said, outlet: str) -> tuple[str, ...]:
    written = (
        lambda: said.ld("author", "creator"),
        lambda: said.meta("author", "article:author", "parsely-author", "sailthru.author", "byl", "dc.creator"),
        lambda: said.entry.authors,
        lambda: said.found("//*[@itemprop='author']//*[@itemprop='name']/text() | //a[@rel='author']/text()"),
        lambda: [said.guessed.author or ""],
    )
    return next((names for source in written if (names := persons(source(), outlet))), ())


def _outlet(said: _Said) -> str:
    sites = [one for one in said.objects if "WebSite" in json_ld.types(one)]
    named = said.meta("og:site_name") + said.ld("publisher")
    named += [storable(name) for one in sites for name in json_ld.texts(one.get("name"))]
    is_name = (name for name in named if len(name) <= _LONGEST_NAME and "://" not in name and not name.startswith("@"))
    return next(is_name, "") or hostname(said.url)


def _published(said: _Said) -> Iterable[str]:
    yield from said.ld("datePublished", "dateCreated", "uploadDate")
    yield from said.meta("article:published_time", "og:published_time", "datepublished", "parsely-pub-date")
    yield from said.found("//*[@itemprop='datePublished']/@datetime | //*[@itemprop='datePublished']/@content")
    yield said.entry.published
    pages = [one for one in said.objects if "WebPage" in json_ld.types(one)]
    yield from (text for one in pages for text in json_ld.texts(one.get("datePublished")))
    yield from said.meta("date", "pubdate", "publish-date", "dc.date.issued", "dc.date", "sailthru.date")


def _updated(said: _Said) -> Iterable[str]:
    yield from said.ld("dateModified")
    yield from said.meta("article:modified_time", "og:updated_time", "datemodified", "last-modified")
    yield from said.found("//*[@itemprop='dateModified']/@datetime")
    yield said.entry.updated


def _moment(written: Iterable[str]) -> str:
    """The first date; where that is a bare day, the first moment on that day that a later one tells."""
    first = ""
    for text in written:
        date = to_iso(text)
        if not date or date.startswith(_EPOCH):
            continue
        if not first:
            first = date
        if len(first) > len("2026-03-03"):
            break
        if date[:10] == first[:10]:
            first = date
    return first


def _later(updated: str, published: str) -> str:
    return updated if updated[:10] > published[:10] or updated[:19] > published[:19] else ""


def _canonical(said: _Said) -> str:
    named = said.found("//link[translate(@rel, 'CANOIL', 'canoil')='canonical']/@href") + said.meta("og:url")
    if not said.url:
        return next((url for url in named if url.startswith(("http://", "https://"))), "")
    return next((url for url in (trusted_canonical_url(one, said.url) for one in named[:4]) if url), "")


def _language(said: _Said) -> str:
    named = said.found("/html/@lang | /html/@*[local-name()='lang']") + said.ld("inLanguage")
    codes = named + said.meta("og:locale", "content-language", "language") + [said.entry.language]
    return next((found[1].lower() for code in codes if (found := _LANGUAGE.fullmatch(code))), "")


def _section(said: _Said) -> str:
    named = said.ld("articleSection") + said.meta("article:section", "parsely-section") + [said.entry.section]
    return next((name for name in named if name and len(name) <= _LONGEST_NAME), "")
