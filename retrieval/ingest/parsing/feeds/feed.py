"""Parse RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0; JSON Feed is passed on to `json_feed`.

RSS 2.0: https://www.rssboard.org/rss-specification, RSS 1.0: https://web.resource.org/rss/1.0/spec, Atom: RFC 4287,
paged feeds: RFC 5005. The XML is parsed here and not by feedparser, which takes minutes for some malicious feeds of
100 kB and unescapes the entities of a headline twice.
"""

from dataclasses import dataclass, field, replace
from html import escape
from typing import NamedTuple

from lxml import etree

from retrieval.ingest.parsing.entry import Entry, Listing, skipped_warnings
from retrieval.ingest.parsing.feeds import json_feed
from retrieval.ingest.parsing.markup import inline_text
from retrieval.ingest.parsing.markup.authors import person_names
from retrieval.ingest.parsing.markup.decoding import decode_xml
from retrieval.ingest.parsing.markup.html import clean_fragment, inner_html
from retrieval.ingest.parsing.markup.links import absolute_url
from retrieval.ingest.parsing.markup.xml import element_name, iter_elements
from retrieval.text.dates import DateConvention, ambiguous_date, date_convention, to_iso
from retrieval.text.language import language_code

MAX_FEED_BYTES = 10_000_000
MAX_ENTRIES = 5_000
_ENTRY_ELEMENTS = frozenset({"item", "entry"})
_COMPLETE = _ENTRY_ELEMENTS | {"author", "image", "textinput"}  # elements with children of their own
_PUBLISHED = ("published", "pubdate", "issued", "dcterms:issued", "dc:date", "dcterms:created", "created")
_UPDATED = ("updated", "modified", "dcterms:modified", "dc:modified")
_TEXTS = ("content:encoded", "content", "description", "summary")
_PERIOD_MINUTES = {"hourly": 60, "daily": 1440, "weekly": 10_080, "monthly": 43_200, "yearly": 525_600}  # minutes
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"

Children = dict[str, list[etree._Element]]


@dataclass(slots=True)
class _FeedHead:
    """The fields of a feed itself, which may stand before, between or after its entries."""

    kind: str
    title: str = ""
    language_tag: str = ""
    authors: tuple[str, ...] = ()
    next_urls: tuple[str, ...] = ()
    schedule: dict[str, str] = field(default_factory=dict)


class _ParsedEntry(NamedTuple):
    """An entry without its dates, and those as they are written: the whole feed tells in which order."""

    entry: Entry
    published: tuple[str, ...]
    updated: tuple[str, ...]


def parse_feed(content: bytes, url: str, charset: str = "") -> Listing:
    """Parse a feed of any format, up to MAX_ENTRIES entries. Raises ValueError with the reason when it is not a feed.

    An entry without a URL of its own has an empty `url`.
    """
    if len(content) > MAX_FEED_BYTES:
        raise ValueError(f"is larger than {MAX_FEED_BYTES:,} bytes, more than a feed may have")
    text = decode_xml(content, charset).strip()
    if text.startswith(("{", "[")):
        return json_feed.parse_json_feed(text, url)
    if not text:
        raise ValueError("is empty")
    parts = iter_elements(text, url, _COMPLETE)
    head, entries = _parse_root(next(parts)), list[_ParsedEntry]()
    for element in parts:
        if len(entries) == MAX_ENTRIES:
            break
        if element_name(element) in _ENTRY_ELEMENTS:
            entries.append(_parse_entry(element))
        else:
            _add_to_head(head, element, url)
    samples = [date for parsed in entries for date in (*parsed.published, *parsed.updated)]
    convention = date_convention(language=head.language_tag, url=url, samples=samples)
    finished = tuple(_finish_entry(parsed, head, convention) for parsed in entries)
    return Listing(
        kind=head.kind,
        title=head.title,
        entries=finished,
        further_urls=head.next_urls,
        interval_minutes=_interval_minutes(head.schedule),
        warnings=skipped_warnings(finished),
    )


def _parse_root(root: etree._Element) -> _FeedHead:
    namespace, version = etree.QName(root).namespace or "", root.get("version") or ""
    match element_name(root):
        case "rss":
            return _FeedHead(f"RSS {inline_text.plain(version)[:5] or '2.0'}")
        case "rdf:rdf":
            return _FeedHead("RSS 1.0 (RDF)")
        case "feed" | "entry":
            is_old = namespace == "http://purl.org/atom/ns#" or version.startswith("0.")
            return _FeedHead("Atom 0.3" if is_old else "Atom 1.0", language_tag=(root.get(_LANGUAGE) or "")[:20])
    raise ValueError(f"is no feed: its first element is <{root.tag.rpartition('}')[2][:60]}>")


def _add_to_head(head: _FeedHead, element: etree._Element, url: str) -> None:
    match element_name(element):
        case "title":
            head.title = head.title or _title([element])
        case "language" | "dc:language":
            head.language_tag = (element.text or "").strip()[:20] or head.language_tag
        case "author":
            head.authors += _authors({"author": [element]})
        case "ttl" | "sy:updateperiod" | "sy:updatefrequency" as number:
            head.schedule[number] = (element.text or "").strip().lower()[:20]
        case "link" if element.get("rel") == "next":
            following = absolute_url(element.get("href"), element.base or url)
            head.next_urls = (following,) if following and following != url else ()


def _interval_minutes(schedule: dict[str, str]) -> float:
    """The `ttl` of RSS, or the period of RSS 1.0's syndication module divided by its frequency; 0 for neither."""
    try:
        if minutes := float(schedule.get("ttl") or 0):
            return minutes if 0 < minutes < 1e9 else 0.0
        times = float(schedule.get("sy:updatefrequency") or 1)
        return _PERIOD_MINUTES.get(schedule.get("sy:updateperiod", ""), 0) / times if times >= 1 else 0.0
    except ValueError:
        return 0.0


def _finish_entry(parsed: _ParsedEntry, head: _FeedHead, convention: DateConvention) -> Entry:
    """The entry with its dates, the language of the feed if it has none, and in Atom the authors of the feed."""
    entry, published = parsed.entry, _first_date(parsed.published, convention)
    ambiguous = (ambiguous_date(text, convention) for text in parsed.published)
    return replace(
        entry,
        authors=person_names(entry.authors or (head.authors if head.kind.startswith("Atom") else ()), head.title),
        published=published,
        updated=_first_date(parsed.updated, convention),
        date_problem="" if published else next(filter(None, ambiguous), ""),
        language=entry.language or language_code(head.language_tag),
    )


def _parse_entry(item: etree._Element) -> _ParsedEntry:
    children: Children = {}
    for child in item.iterchildren(etree.Element):
        children.setdefault(element_name(child), []).append(child)
    url = _link(item, children)
    entry = Entry(
        url=url,
        title=_title(children.get("title", []) + children.get("dc:title", [])),
        authors=_authors(children),
        section=_section(children),
        language=language_code(item.get(_LANGUAGE) or _text(children, "dc:language")),
        html=_longest_text(children, url),
    )
    return _ParsedEntry(entry, _dates(children, _PUBLISHED), _dates(children, _UPDATED))


def _link(item: etree._Element, children: Children) -> str:
    """The URL of the article, not of enclosures or comments."""
    base = item.base or ""
    links = [link for link in children.get("link", []) if link.get("rel", "alternate") == "alternate"]
    links.sort(key=lambda link: "html" not in link.get("type", "html"))
    alternates = [(link.get("href") or link.text, link.base or base) for link in links]
    origin = [(_text(children, "feedburner:origlink"), base)]
    identities = [
        (guid.text, "")  # without a base: an id is a URL only if it is absolute
        for guid in children.get("guid", []) + children.get("id", [])
        if guid.get("isPermaLink", "true").strip().lower() != "false"
    ]
    about = [(str(value), base) for key, value in item.attrib.items() if str(key).endswith("}about")]
    found = (absolute_url(link, link_base) for link, link_base in (*alternates, *identities, *origin, *about))
    return next(filter(None, found), "")


def _title(titles: list[etree._Element]) -> str:
    for title in titles:
        kind, text = title.get("type", ""), title.text or ""
        if len(title) or "xhtml" in kind:
            found = inline_text.plain("".join(map(str, title.itertext())))
        elif kind == "text":
            found = inline_text.plain(text)
        else:
            found = inline_text.from_html(text) if "html" in kind else inline_text.from_either(text)
        if found:
            return found
    return ""


def _authors(children: Children) -> tuple[str, ...]:
    """Names in the author elements of Dublin Core, Atom or RSS, or iTunes: the first that has any."""
    for tag in ("dc:creator", "author", "itunes:author"):
        lines = (inline_text.unescaped(_author_text(author)) for author in children.get(tag, []))
        if found := person_names(lines):
            return found
    return ()


def _author_text(author: etree._Element) -> str:
    """Atom has an element for the name, RSS writes it beside the e-mail address."""
    named = [child.text or "" for child in author.iterchildren(etree.Element) if element_name(child) == "name"]
    return named[0] if named else author.text or ""


def _section(children: Children) -> str:
    for tag in ("category", "dc:subject"):
        for category in children.get(tag, []):
            label = category.get("label") or category.get("term") or category.text or ""
            if found := inline_text.from_either(label):
                return found
    return ""


def _longest_text(children: Children, url: str) -> str:
    texts = [_html(text) for tag in _TEXTS for text in children.get(tag, [])]
    return clean_fragment(max(texts, key=len), url) if texts else ""


def _html(text: etree._Element) -> str:
    """The element's content as HTML: Atom tells plain text from HTML, RSS always has HTML."""
    if text.get("type") in ("text", "text/plain"):
        return escape(text.text or "", quote=False)
    return inner_html(text)


def _dates(children: Children, tags: tuple[str, ...]) -> tuple[str, ...]:
    """The dates in elements with these names, as they are written."""
    return tuple(element.text or "" for tag in tags for element in children.get(tag, []))


def _first_date(written: tuple[str, ...], convention: DateConvention) -> str:
    return next(filter(None, (to_iso(date, convention) for date in written)), "")


def _text(children: Children, tag: str) -> str:
    return next((element.text or "" for element in children.get(tag, [])), "")
