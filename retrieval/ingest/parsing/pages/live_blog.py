"""A live blog cut into its entries: each is an article with its own headline, time and place on the page."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urldefrag, urljoin

from lxml.html import HtmlElement

from retrieval.documents import Article, digest
from retrieval.ingest.parsing.markup.authors import persons
from retrieval.ingest.parsing.markup.decoding import storable
from retrieval.ingest.parsing.markup.html import paragraphs_of
from retrieval.ingest.parsing.markup.paragraphs import join
from retrieval.ingest.parsing.pages import json_ld
from retrieval.ingest.parsing.pages.article_extraction import paragraphs, trimmed
from retrieval.ingest.parsing.pages.metadata import PageMetadata
from retrieval.text.boilerplate import has_article, split_blocks
from retrieval.text.canonical_url import url_key
from retrieval.text.dates import to_iso
from retrieval.text.same_site import is_same_site

FEWEST_INTRO = 200  # characters from which what stands above the entries is an article too
_FEWEST_ENTRY = 40  # characters; below it is a picture's caption or a time
_MOST_ENTRIES = 1_000
_KNOWN_BY = 60  # characters by which a paragraph of the page is known as an entry's


def updates(page: HtmlElement, url: str, facts: PageMetadata) -> tuple[Article, ...]:
    """The entries that a page at `url` lists as `liveBlogUpdate`, in its order, each once; empty for any other page."""
    found = json_ld.objects(page)
    listed = [one.get("liveBlogUpdate") for one in found if "LiveBlogPosting" in json_ld.types(one)]
    every = [row for rows in listed for row in (rows if isinstance(rows, list) else [rows]) if isinstance(row, dict)]
    articles = (_update(row, url, facts) for row in every[:_MOST_ENTRIES])
    return tuple({article.id: article for article in articles if article}.values())


def intro(page: HtmlElement, blog: Article, entries: Sequence[Article]) -> tuple[Article, ...]:
    """The blog itself, as far as it tells something above its first entry."""
    known = {text[:_KNOWN_BY] for entry in entries for text in (entry.title, entry.text.partition("\n\n")[0])}
    parts = trimmed(paragraphs(page), blog.title)
    first = next((at for at, (text, _) in enumerate(parts) if text[:_KNOWN_BY] in known), len(parts))
    text, headings = join(parts[:first])
    if len(text) < FEWEST_INTRO or not has_article(text, split_blocks(text, blog.title, headings)):
        return ()
    return (replace(blog, text=text, headings=headings),)


def _update(row: json_ld.Object, url: str, facts: PageMetadata) -> Article | None:
    text, headings = join(paragraphs_of(storable(_text(row.get("articleBody")) or _text(row.get("text")))))
    title = storable(" ".join(_text(row.get("headline")).split()))
    if len(text) < _FEWEST_ENTRY:
        return None
    published, updated = to_iso(row.get("datePublished")), to_iso(row.get("dateModified"))
    place = _place(row, url, f"{published} {title or text[:_KNOWN_BY]}")
    return Article(
        id=digest(f"{url_key(urldefrag(place).url)}#{urldefrag(place).fragment}")[:12],
        source=url,
        url=place,
        title=title or f"{facts.title}: {' '.join(text.split()[:8])} …",
        text=text,
        authors=persons(json_ld.texts(row.get("author")), facts.outlet) or facts.authors,
        outlet=facts.outlet,
        published=published or facts.published,
        updated=updated if updated[:19] > published[:19] else "",
        language=facts.language,
        section=facts.title,
        headings=headings,
    )


def _place(row: json_ld.Object, url: str, otherwise: str) -> str:
    """Where an entry stands: as it says itself, else on the blog's page by what stays when others are added."""
    for named in (_text(row.get("url")), _text(row.get("@id"))):
        try:
            address = urljoin(url, named)
        except ValueError:
            continue
        is_own = (
            named and is_same_site(address, url) and (urldefrag(address).fragment or url_key(address) != url_key(url))
        )
        if is_own and address.startswith(("http://", "https://")):
            return address
    return f"{urldefrag(url).url}#{quote(_text(row.get('identifier'))) or digest(otherwise)[:12]}"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
