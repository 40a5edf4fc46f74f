"""A page from the web, as it came, to the articles in it."""

from dataclasses import dataclass
from urllib.parse import urljoin

from lxml.html import HtmlElement

from retrieval.catalog.reader import article_id_for_url
from retrieval.documents import Article
from retrieval.ingest.fetched_document import FetchedDocument
from retrieval.ingest.parsing.entry import Entry, is_teaser
from retrieval.ingest.parsing.markup.decoding import decoded, storable
from retrieval.ingest.parsing.markup.html import body, parse_html
from retrieval.ingest.parsing.markup.paragraphs import join
from retrieval.ingest.parsing.pages import live_blog, pdf
from retrieval.ingest.parsing.pages.article_extraction import article_text
from retrieval.ingest.parsing.pages.metadata import PageMetadata, page_metadata
from retrieval.text.boilerplate import has_article, split_blocks
from retrieval.text.canonical_url import canonical_url
from retrieval.text.same_site import hostname
from retrieval.text.sentences import Span

PAGES = frozenset(("", "text/html", "application/xhtml+xml", "application/xml", "text/xml", "text/plain"))
_FEEDS = frozenset(("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"))
_ALTERNATES = "//link[contains(translate(@rel, 'ALTERN', 'altern'), 'alternate')][@href]"
_WORDPRESS = "https://api.w.org/"


@dataclass(frozen=True, slots=True)
class DiscoveredLinks:
    """What a page says of itself and its site: feeds (of comments last), WordPress's REST root, absolute addresses."""

    feeds: tuple[str, ...] = ()
    wordpress: str = ""
    is_article: bool = False
    canonical: str = ""
    amp: str = ""


def articles_of_page(fetched: FetchedDocument, entry: Entry | None = None) -> tuple[Article, ...]:
    """The articles of a page or a PDF file: one, or a live blog's intro and entries. Raises ValueError with the reason.

    `entry` is what the list that led here says of it.
    """
    if fetched.content_type == "application/pdf" or fetched.content.startswith(b"%PDF-"):
        return (_of_pdf(fetched, entry or Entry(fetched.url)),)
    page = _page(fetched)
    facts = page_metadata(page, fetched.url, entry)
    url = canonical_url(facts.canonical or fetched.url)
    updates = live_blog.updates(page, url, facts)
    if updates:
        return (*live_blog.intro(page, _article(url, facts, "", ()), updates), *updates)
    text, headings = article_text(page, facts)
    return (_article(url, facts, text, headings),)


def article_of_entry(entry: Entry, outlet: str) -> Article | None:
    """The article in an entry of a feed or a row of an API that carries its whole text; None where that is a teaser.

    Raises ValueError when its HTML cannot be parsed.
    """
    if not entry.url or not entry.title or is_teaser(entry):
        return None
    text, headings = join(body(entry.html))
    if not has_article(text, split_blocks(text, entry.title, headings)):
        return None
    url = canonical_url(entry.url)
    facts = PageMetadata(
        title=storable(entry.title),
        authors=entry.authors,
        outlet=outlet or hostname(url),
        published=entry.published,
        updated=entry.updated if entry.updated[:19] > entry.published[:19] else "",
        language=entry.language[:2].lower(),
        section=entry.section,
    )
    return _article(url, facts, storable(text), headings)


def discover_links(fetched: FetchedDocument) -> DiscoveredLinks:
    """What a page announces. Raises ValueError when it is no HTML page."""
    page = _page(fetched)
    facts = page_metadata(page, fetched.url)
    amp = page.xpath("//link[translate(@rel, 'AMPHTL', 'amphtl')='amphtml']/@href")
    return DiscoveredLinks(
        feeds=_feeds(page, fetched.url),
        wordpress=_wordpress(page, fetched),
        is_article=facts.is_article and _holds_article(fetched),
        canonical=facts.canonical,
        amp=_absolute(fetched.url, str(amp[0])) if amp else "",
    )


def _page(fetched: FetchedDocument) -> HtmlElement:
    if fetched.content_type not in PAGES:
        raise ValueError(f"is {fetched.content_type}, not a page")
    return parse_html(decoded(fetched.content, fetched.charset))


def _article(url: str, facts: PageMetadata, text: str, headings: tuple[Span, ...]) -> Article:
    return Article(
        id=article_id_for_url(url),
        source=url,
        url=url,
        title=facts.title or " ".join(text.split()[:10]),
        text=text,
        authors=facts.authors,
        outlet=facts.outlet,
        published=facts.published,
        updated=facts.updated,
        language=facts.language,
        section=facts.section,
        headings=headings,
    )


def _of_pdf(fetched: FetchedDocument, entry: Entry) -> Article:
    found = pdf.parse_pdf(fetched.content)
    url = canonical_url(fetched.url)
    facts = PageMetadata(
        title=found.title or entry.title or url.rpartition("/")[2],
        authors=found.authors or entry.authors,
        outlet=hostname(url),
        published=entry.published or found.published,
        language=found.language or entry.language[:2].lower(),
        section=entry.section,
    )
    return _article(url, facts, found.text, ())


def _holds_article(fetched: FetchedDocument) -> bool:
    try:
        return bool(articles_of_page(fetched))
    except ValueError:
        return False


def _feeds(page: HtmlElement, url: str) -> tuple[str, ...]:
    found = [
        (_absolute(url, link.get("href")), f"{link.get('title') or ''} {link.get('href')}".lower())
        for link in page.xpath(_ALTERNATES)
        if (link.get("type") or "").partition(";")[0].strip().lower() in _FEEDS
    ]
    of_comments = [address for address, named in found if "comment" in named]
    return tuple(dict.fromkeys([one for one, _ in found if one and one not in of_comments] + of_comments))


def _wordpress(page: HtmlElement, fetched: FetchedDocument) -> str:
    """WordPress's REST root (https://developer.wordpress.org/rest-api/using-the-rest-api/discovery/)."""
    for link in fetched.headers.get("link", "").split(","):
        address, _, about = link.partition(">")
        if _WORDPRESS in about:
            return _absolute(fetched.url, address.strip().removeprefix("<"))
    named = page.xpath("//link[@rel=$rel]/@href", rel=_WORDPRESS)
    return _absolute(fetched.url, str(named[0])) if named else ""


def _absolute(url: str, address: str) -> str:
    try:
        found = urljoin(url, address.strip())
    except ValueError:
        return ""
    return found if found.startswith(("http://", "https://")) else ""
