"""Collect the metadata of a page's article from all its sources, the most trustworthy first.

JSON-LD comes first, because publishers write it for machines and check it; then the meta elements of the head, which
serve previews; then what the markup says beside the headline, and the entry of the feed that led to the page, which
describes the same article but may be older. For the outlet `og:site_name` comes first: it is how the site calls itself,
where JSON-LD often names the company behind it.
"""

import re
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from retrieval.ingest.parsing.entry import Entry
from retrieval.ingest.parsing.pages.json_ld import JsonObject
from retrieval.ingest.parsing.pages.metadata.bylines import page_authors
from retrieval.ingest.parsing.pages.metadata.dates import page_dates
from retrieval.ingest.parsing.pages.metadata.sources import MetadataSources
from retrieval.ingest.parsing.pages.metadata.titles import page_title
from retrieval.text.addresses.same_site import hostname, trusted_canonical_url
from retrieval.text.language import language_code

_MAX_NAME_LENGTH = 80  # characters of an outlet or a section
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9_-]+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """Metadata of an article; unknown fields are empty. Dates are ISO 8601, `canonical` is on the page's own site.

    `is_article` and `is_media` are what the page declares itself to be; `is_free` is false for subscribers' articles.
    `warnings` say why a date is not known, `objects` are those of the page's JSON-LD.
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
    warnings: tuple[str, ...] = ()
    objects: tuple[JsonObject, ...] = field(default=(), repr=False, compare=False)


def page_metadata(page: HtmlElement, url: str, entry: Entry | None = None) -> PageMetadata:
    """The metadata of the article in a page at `url` (empty for a file) that `entry` lists."""
    sources = MetadataSources(page, url, entry or Entry(""))
    outlet, og_type = _outlet(sources), sources.meta("og:type")[:1]
    section = _section(sources)
    title = page_title(sources, outlet, section)
    dates = page_dates(sources, title, _language_tag(sources))
    return PageMetadata(
        title=title,
        authors=page_authors(sources, title, outlet),
        outlet=outlet,
        published=dates.published,
        updated=dates.updated,
        canonical=_canonical(sources),
        language=_language(sources),
        section=section,
        is_article=bool(sources.article) or og_type == ["article"],
        is_media=og_type[:1] in (["video.other"], ["video"], ["video.episode"], ["video.movie"]) or sources.is_media,
        is_free=str(sources.article.get("isAccessibleForFree", True)).lower() not in ("false", "0"),
        warnings=tuple(filter(None, [dates.problem])),
        objects=sources.objects,
    )


def _outlet(sources: MetadataSources) -> str:
    named = sources.meta("og:site_name") + sources.json_ld("publisher") + sources.json_ld_of("WebSite", "name")
    is_name = (
        name for name in named if len(name) <= _MAX_NAME_LENGTH and "://" not in name and not name.startswith("@")
    )
    return next(is_name, "") or hostname(sources.url)


def _canonical(sources: MetadataSources) -> str:
    named = sources.xpath("//link[translate(@rel, 'CANOIL', 'canoil')='canonical']/@href") + sources.meta("og:url")
    if not sources.url:
        return next((url for url in named if url.startswith(("http://", "https://"))), "")
    return next((url for url in (trusted_canonical_url(one, sources.url) for one in named[:4]) if url), "")


def _language(sources: MetadataSources) -> str:
    return language_code(_language_tag(sources))


def _language_tag(sources: MetadataSources) -> str:
    """The language with its region, as the page or its feed names it: `en-GB`."""
    named = sources.xpath("/html/@lang | /html/@*[local-name()='lang']") + sources.json_ld("inLanguage")
    tags = named + sources.meta("og:locale", "content-language", "language") + [sources.entry.language]
    return next((tag for tag in tags if _LANGUAGE.fullmatch(tag)), "")


def _section(sources: MetadataSources) -> str:
    named = (
        sources.json_ld("articleSection") + sources.meta("article:section", "parsely-section") + [sources.entry.section]
    )
    return next((name for name in named if name and len(name) <= _MAX_NAME_LENGTH), "")
