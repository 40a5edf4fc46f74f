"""Split a live blog into its updates: each is an article with its own headline, time and URL on the page."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urldefrag, urljoin

from lxml.html import HtmlElement

from retrieval.documents import Article, digest
from retrieval.ingest.parsing.markup.authors import person_names
from retrieval.ingest.parsing.markup.decoding import storable
from retrieval.ingest.parsing.markup.paragraphs import join_paragraphs
from retrieval.ingest.parsing.pages import json_ld
from retrieval.ingest.parsing.pages.article_extraction import clean_paragraphs, extract_paragraphs, fragment_paragraphs
from retrieval.ingest.parsing.pages.metadata import PageMetadata
from retrieval.text.addresses.canonical_url import url_key, without_credentials
from retrieval.text.addresses.same_site import is_same_site
from retrieval.text.boilerplate import has_article, split_blocks
from retrieval.text.dates import is_later, to_iso

MIN_INTRO_LENGTH = 200  # characters of the text above the updates for an article of its own
_MIN_UPDATE_LENGTH = 40  # characters; a shorter one is a caption or a time
_MAX_UPDATES = 1_000
_PREFIX_LENGTH = 60  # characters by which a paragraph of the page is recognised as that of an update


def live_blog_updates(url: str, metadata: PageMetadata) -> tuple[Article, ...]:
    """The updates that a page at `url` lists as `liveBlogUpdate`, in its order, each once; empty for other pages."""
    blogs = [item for item in metadata.objects if "LiveBlogPosting" in json_ld.object_types(item)]
    listed = [blog.get("liveBlogUpdate") for blog in blogs]
    updates = [row for rows in listed for row in (rows if isinstance(rows, list) else [rows]) if isinstance(row, dict)]
    articles = (_parse_update(row, url, metadata) for row in updates[:_MAX_UPDATES])
    return tuple({article.id: article for article in articles if article}.values())


def live_blog_intro(page: HtmlElement, blog: Article, updates: Sequence[Article]) -> tuple[Article, ...]:
    """The text above the first update as an article; empty when it is too short or not prose."""
    prefixes = {
        text[:_PREFIX_LENGTH] for update in updates for text in (update.title, update.text.partition("\n\n")[0])
    }
    paragraphs = clean_paragraphs(extract_paragraphs(page), blog.title)
    starts = (index for index, (text, _) in enumerate(paragraphs) if text[:_PREFIX_LENGTH] in prefixes)
    text, headings = join_paragraphs(paragraphs[: next(starts, len(paragraphs))])
    if len(text) < MIN_INTRO_LENGTH or not has_article(text, split_blocks(text, blog.title, headings)):
        return ()
    return (replace(blog, text=text, headings=headings),)


def _parse_update(row: json_ld.JsonObject, url: str, metadata: PageMetadata) -> Article | None:
    text, headings = join_paragraphs(
        fragment_paragraphs(json_ld.body_html(storable(_text(row.get("articleBody")) or _text(row.get("text")))))
    )
    title = storable(next(iter(json_ld.text_values(row.get("headline"))), ""))
    if len(text) < _MIN_UPDATE_LENGTH:
        return None
    published, updated = to_iso(row.get("datePublished")), to_iso(row.get("dateModified"))
    update_url = _update_url(row, url, f"{published} {title or text[:_PREFIX_LENGTH]}")
    return Article(
        id=digest(f"{url_key(urldefrag(update_url).url)}#{urldefrag(update_url).fragment}")[:12],
        source=url,
        url=update_url,
        title=title or f"{metadata.title}: {' '.join(text.split()[:8])} …",
        text=text,
        authors=person_names(json_ld.people(row.get("author")), metadata.outlet) or metadata.authors,
        outlet=metadata.outlet,
        published=published or metadata.published,
        updated=updated if is_later(updated, published) else "",
        language=metadata.language,
        section=metadata.title,
        headings=headings,
    )


def _update_url(row: json_ld.JsonObject, url: str, fallback_key: str) -> str:
    """The URL that an update names, else the blog's URL with a fragment that stays when updates are added."""
    for link in (_text(row.get("url")), _text(row.get("@id"))):
        try:
            address = without_credentials(urljoin(url, link))
        except ValueError:
            continue
        is_own = (
            link and is_same_site(address, url) and (urldefrag(address).fragment or url_key(address) != url_key(url))
        )
        if is_own and address.startswith(("http://", "https://")):
            return address
    return f"{urldefrag(url).url}#{quote(_text(row.get('identifier'))) or digest(fallback_key)[:12]}"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
