"""Parse fetched pages and documents (PDF, DOCX and others), and entries with their whole text, into articles."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote, urljoin

from lxml.html import HtmlElement

from retrieval.catalog.reader import article_id_for_url
from retrieval.documents import Article, digest
from retrieval.ingest.fetched_document import FetchedDocument
from retrieval.ingest.parsing.entry import Entry, is_teaser
from retrieval.ingest.parsing.formats.detection import detect_format
from retrieval.ingest.parsing.formats.parsed_document import ParsedDocument
from retrieval.ingest.parsing.formats.reading import read_document
from retrieval.ingest.parsing.markup.decoding import decode_html, storable
from retrieval.ingest.parsing.markup.html import parse_html
from retrieval.ingest.parsing.markup.paragraphs import join_paragraphs
from retrieval.ingest.parsing.pages.article_extraction import article_text, clean_paragraphs, fragment_paragraphs
from retrieval.ingest.parsing.pages.live_blog import live_blog_intro, live_blog_updates
from retrieval.ingest.parsing.pages.metadata import PageMetadata, page_metadata
from retrieval.text.addresses.canonical_url import canonical_url
from retrieval.text.addresses.same_site import hostname
from retrieval.text.boilerplate import has_article, split_blocks
from retrieval.text.dates import is_later
from retrieval.text.language import language_code
from retrieval.text.sentences import Span

HTML_TYPES = frozenset(("", "text/html", "application/xhtml+xml", "application/xml", "text/xml", "text/plain"))
_FEED_TYPES = frozenset(("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"))
_ALTERNATE_LINKS = "//link[contains(translate(@rel, 'ALTERN', 'altern'), 'alternate')][@href]"
_WORDPRESS_RELATION = "https://api.w.org/"


@dataclass(frozen=True, slots=True)
class DiscoveredLinks:
    """Absolute URLs of the feeds that a page announces (comment feeds last) and of the REST API of WordPress.

    `is_article` is true when the page itself has an article.
    """

    feeds: tuple[str, ...] = ()
    wordpress: str = ""
    is_article: bool = False


def parse_page(
    fetched: FetchedDocument, entry: Entry | None = None, further: Sequence[FetchedDocument] = ()
) -> tuple[Article, ...]:
    """The articles of a page or document: one, a live blog's intro and updates, or the chapters of an e-book.

    `entry` is the entry of the listing that led to the page, `further` are later pages of the same article. Raises
    ValueError with the reason when there is none.
    """
    if document_format := detect_format(fetched.content):
        documents = read_document(document_format, fetched.content)
        return tuple(_build_document_article(document, fetched, entry or Entry(fetched.url)) for document in documents)
    page = _parse_fetched_html(fetched)
    metadata = page_metadata(page, fetched.url, entry)
    url = canonical_url(metadata.canonical or fetched.url)
    updates = live_blog_updates(url, metadata)
    if updates:
        return (*live_blog_intro(page, _build_article(url, metadata, "", ()), updates), *updates)
    text, headings = article_text(page, metadata, [_parse_fetched_html(one) for one in further])
    return (_build_article(url, metadata, text, headings),)


def parse_entry(entry: Entry, outlet: str) -> Article | None:
    """The article in an entry that has its whole text; None when it is a teaser.

    Raises ValueError when its HTML cannot be parsed.
    """
    if not entry.url or not entry.title or is_teaser(entry):
        return None
    text, headings = parse_fragment(entry.html, entry.title, entry.authors)
    if not has_article(text, split_blocks(text, entry.title, headings)):
        return None
    url = canonical_url(entry.url)
    metadata = PageMetadata(
        title=storable(entry.title),
        authors=entry.authors,
        outlet=outlet or hostname(url),
        published=entry.published,
        updated=entry.updated if is_later(entry.updated, entry.published) else "",
        language=language_code(entry.language),
        section=entry.section,
        warnings=tuple(filter(None, [entry.date_problem])),
    )
    return _build_article(url, metadata, text, headings)


def parse_fragment(html: str, title: str, authors: Sequence[str] = ()) -> tuple[str, tuple[Span, ...]]:
    """The text and the headings of an article in HTML without a page around it. Raises ValueError."""
    return join_paragraphs(clean_paragraphs(fragment_paragraphs(html), title, authors))


def discover_links(fetched: FetchedDocument) -> DiscoveredLinks:
    """Find what a page announces. Raises ValueError when it is not an HTML page."""
    page = _parse_fetched_html(fetched)
    return DiscoveredLinks(
        feeds=_feed_urls(page, fetched.url),
        wordpress=_wordpress_api_root(page, fetched),
        is_article=page_metadata(page, fetched.url).is_article and _has_article(fetched),
    )


def _parse_fetched_html(fetched: FetchedDocument) -> HtmlElement:
    if fetched.content_type not in HTML_TYPES:
        raise ValueError(f"is {fetched.content_type}, not a page")
    return parse_html(decode_html(fetched.content, fetched.charset))


def _build_article(url: str, metadata: PageMetadata, text: str, headings: tuple[Span, ...]) -> Article:
    return Article(
        id=article_id_for_url(url),
        source=url,
        url=url,
        title=metadata.title or " ".join(text.split()[:10]),
        text=text,
        authors=metadata.authors,
        outlet=metadata.outlet,
        published=metadata.published,
        updated=metadata.updated,
        language=metadata.language,
        section=metadata.section,
        headings=headings,
        warnings=metadata.warnings,
    )


def _build_document_article(document: ParsedDocument, fetched: FetchedDocument, entry: Entry) -> Article:
    url = canonical_url(fetched.url)
    metadata = PageMetadata(
        title=document.title or entry.title or url.rpartition("/")[2],
        authors=document.authors or entry.authors,
        outlet=hostname(url),
        published=entry.published or document.published,
        language=document.language or language_code(entry.language),
        section=document.section or entry.section,
    )
    article = _build_article(url, metadata, document.text, document.headings)
    if not document.anchor:
        return article
    anchor = quote(document.anchor)
    return replace(article, id=digest(f"{article.id}#{anchor}")[:12], url=f"{url}#{anchor}")


def _has_article(fetched: FetchedDocument) -> bool:
    try:
        return bool(parse_page(fetched))
    except ValueError:
        return False


def _feed_urls(page: HtmlElement, url: str) -> tuple[str, ...]:
    found = [
        (_absolute_or_empty(url, link.get("href")), f"{link.get('title') or ''} {link.get('href')}".lower())
        for link in page.xpath(_ALTERNATE_LINKS)
        if (link.get("type") or "").partition(";")[0].strip().lower() in _FEED_TYPES
    ]
    comment_feeds = [feed for feed, label in found if "comment" in label]
    return tuple(dict.fromkeys([feed for feed, _ in found if feed and feed not in comment_feeds] + comment_feeds))


def _wordpress_api_root(page: HtmlElement, fetched: FetchedDocument) -> str:
    """Root of the REST API of WordPress (https://developer.wordpress.org/rest-api/using-the-rest-api/discovery/)."""
    for link in fetched.headers.get("link", "").split(","):
        target, _, parameters = link.partition(">")
        if _WORDPRESS_RELATION in parameters:
            return _absolute_or_empty(fetched.url, target.strip().removeprefix("<"))
    links = page.xpath("//link[@rel=$rel]/@href", rel=_WORDPRESS_RELATION)
    return _absolute_or_empty(fetched.url, str(links[0])) if links else ""


def _absolute_or_empty(base_url: str, link: str) -> str:
    try:
        url = urljoin(base_url, link.strip())
    except ValueError:
        return ""
    return url if url.startswith(("http://", "https://")) else ""
