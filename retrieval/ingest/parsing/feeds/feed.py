"""RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0 to the articles they list; JSON Feed is jsonfeed's.

RSS 2.0: https://www.rssboard.org/rss-specification, RSS 1.0: https://web.resource.org/rss/1.0/spec, Atom: RFC 4287,
paged feeds: RFC 5005. The XML is read here and not by feedparser, which takes minutes for some 100 kB that mean harm
and resolves the entities of a headline twice.
"""

from dataclasses import dataclass, field, replace
from html import escape

from lxml import etree

from retrieval.ingest.parsing.entry import Entry, Listing
from retrieval.ingest.parsing.feeds import json_feed
from retrieval.ingest.parsing.markup import inline_text
from retrieval.ingest.parsing.markup.feed_dates import parse_feed_date
from retrieval.ingest.parsing.markup.html_fragment import cleaned, within
from retrieval.ingest.parsing.markup.links import absolute_url
from retrieval.ingest.parsing.markup.xml import decoded, elements, name

LARGEST = 10_000_000  # bytes
MOST_ENTRIES = 5_000
_ENTRIES = frozenset({"item", "entry"})
_WHOLE = _ENTRIES | {"author", "image", "textinput"}  # what has parts of its own
_PUBLISHED = ("published", "pubdate", "issued", "dcterms:issued", "dc:date", "dcterms:created", "created")
_UPDATED = ("updated", "modified", "dcterms:modified", "dc:modified")
_TEXTS = ("content:encoded", "content", "description", "summary")
_PERIODS = {"hourly": 60, "daily": 1440, "weekly": 10_080, "monthly": 43_200, "yearly": 525_600}  # minutes
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"

Facts = dict[str, list[etree._Element]]


@dataclass(slots=True)
class _Head:
    """What a feed says of itself, before, between or after its entries."""

    kind: str
    title: str = ""
    language: str = ""
    authors: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    numbers: dict[str, str] = field(default_factory=dict)


def parse_feed(content: bytes, url: str, content_type: str = "", charset: str = "") -> Listing:
    """The articles that a feed lists, at most MOST_ENTRIES. Raises ValueError with the reason when it is no feed.

    An entry without an address of its own has an empty `url`.
    """
    if len(content) > LARGEST:
        raise ValueError(f"is larger than {LARGEST:,} bytes, more than a feed may have")
    text = decoded(content, charset).strip()
    if text.startswith(("{", "[")):
        return json_feed.parse_json_feed(text, url)
    if not text:
        raise ValueError("is empty")
    parts = elements(text, url, _WHOLE)
    head, entries = _head_of(next(parts)), list[Entry]()
    for element in parts:
        if len(entries) == MOST_ENTRIES:
            break
        if name(element) in _ENTRIES:
            entries.append(_entry(element))
        else:
            _add(head, element, url)
    return Listing(
        kind=head.kind,
        title=head.title,
        entries=tuple(_completed(entry, head) for entry in entries),
        more=head.more,
        minutes=_minutes(head.numbers),
    )


def _head_of(root: etree._Element) -> _Head:
    namespace, written = etree.QName(root).namespace or "", root.get("version") or ""
    match name(root):
        case "rss":
            return _Head(f"RSS {inline_text.plain(written)[:5] or '2.0'}")
        case "rdf:rdf":
            return _Head("RSS 1.0 (RDF)")
        case "feed" | "entry":
            old = namespace == "http://purl.org/atom/ns#" or written.startswith("0.")
            return _Head("Atom 0.3" if old else "Atom 1.0", language=inline_text.language(root.get(_LANGUAGE)))
    raise ValueError(f"is no feed: its first element is <{root.tag.rpartition('}')[2][:60]}>")


def _add(head: _Head, element: etree._Element, url: str) -> None:
    match name(element):
        case "title":
            head.title = head.title or _title([element])
        case "language" | "dc:language":
            head.language = inline_text.language(element.text) or head.language
        case "author":
            head.authors += _authors({"author": [element]})
        case "ttl" | "sy:updateperiod" | "sy:updatefrequency" as number:
            head.numbers[number] = (element.text or "").strip().lower()[:20]
        case "link" if element.get("rel") == "next":
            following = absolute_url(element.get("href"), element.base or url)
            head.more = (following,) if following and following != url else ()


def _minutes(numbers: dict[str, str]) -> float:
    """`ttl` of RSS, or the period of RSS 1.0's syndication module divided by its frequency; 0 where neither is said."""
    try:
        if minutes := float(numbers.get("ttl") or 0):
            return minutes if 0 < minutes < 1e9 else 0.0
        times = float(numbers.get("sy:updatefrequency") or 1)
        return _PERIODS.get(numbers.get("sy:updateperiod", ""), 0) / times if times >= 1 else 0.0
    except ValueError:
        return 0.0


def _completed(entry: Entry, head: _Head) -> Entry:
    """What stands once at the top holds for every entry that says nothing else; of the author in Atom alone."""
    authors = entry.authors or (head.authors if head.kind.startswith("Atom") else ())
    return replace(entry, authors=authors, language=entry.language or head.language)


def _entry(item: etree._Element) -> Entry:
    facts: Facts = {}
    for child in item.iterchildren(etree.Element):
        facts.setdefault(name(child), []).append(child)
    url = _link(item, facts)
    return Entry(
        url=url,
        title=_title(facts.get("title", [])),
        authors=_authors(facts),
        published=_first(facts, _PUBLISHED),
        updated=_first(facts, _UPDATED),
        section=_section(facts),
        language=inline_text.language(item.get(_LANGUAGE) or _text(facts, "dc:language")),
        html=_longest(facts, url),
    )


def _link(item: etree._Element, facts: Facts) -> str:
    """The address of the article: not what is enclosed or commented."""
    base = item.base or ""
    links = [link for link in facts.get("link", []) if link.get("rel", "alternate") == "alternate"]
    links.sort(key=lambda link: "html" not in link.get("type", "html"))
    written = [(link.get("href") or link.text, link.base or base) for link in links]
    origin = [(_text(facts, "feedburner:origlink"), base)]
    identities = [
        (guid.text, "")  # without a base: an identity is an address only when it is a whole one
        for guid in facts.get("guid", []) + facts.get("id", [])
        if guid.get("isPermaLink", "true").strip().lower() != "false"
    ]
    about = [(str(value), base) for key, value in item.attrib.items() if str(key).endswith("}about")]
    found = (absolute_url(link, within) for link, within in (*written, *identities, *origin, *about))
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


def _authors(facts: Facts) -> tuple[str, ...]:
    """Of Dublin Core, of Atom or RSS, of iTunes: the first of them that names anybody, each name once."""
    for kind in ("dc:creator", "author", "itunes:author"):
        written = (_name(author) for author in facts.get(kind, []))
        if found := tuple(dict.fromkeys(name for line in written for name in inline_text.names(line))):
            return found
    return ()


def _name(author: etree._Element) -> str:
    """Atom has an element for it, RSS writes it beside the address."""
    named = [child.text or "" for child in author.iterchildren(etree.Element) if name(child) == "name"]
    return named[0] if named else author.text or ""


def _section(facts: Facts) -> str:
    for kind in ("category", "dc:subject"):
        for category in facts.get(kind, []):
            written = category.get("label") or category.get("term") or category.text or ""
            if found := inline_text.from_either(written):
                return found
    return ""


def _longest(facts: Facts, url: str) -> str:
    texts = [_html(text) for kind in _TEXTS for text in facts.get(kind, [])]
    return cleaned(max(texts, key=len), url) if texts else ""


def _html(text: etree._Element) -> str:
    """Atom tells text from HTML; what RSS holds is HTML, whatever it looks like."""
    if text.get("type") in ("text", "text/plain"):
        return escape(text.text or "", quote=False)
    return within(text)


def _first(facts: Facts, kinds: tuple[str, ...]) -> str:
    return next(filter(None, (parse_feed_date(element.text) for kind in kinds for element in facts.get(kind, []))), "")


def _text(facts: Facts, kind: str) -> str:
    return next((element.text or "" for element in facts.get(kind, [])), "")
