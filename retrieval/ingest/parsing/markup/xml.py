"""Parse XML of publishers element by element: repair its usual mistakes and refuse entity declarations.

A document is never held as a whole tree, and nothing that it references is ever loaded.
"""

import re
from collections.abc import Iterator
from html.entities import html5

from lxml import etree

MAX_ENTRY_ELEMENTS = 20_000
MAX_DOCUMENT_ELEMENTS = 3_000_000  # 50,000 URLs in a sitemap with a dozen pictures each have as many
_SLICE_LENGTH = 65_536  # characters fed to the parser at once
_PREFIXES = {
    "http://www.w3.org/2005/Atom": "",
    "http://purl.org/atom/ns#": "",
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://backend.userland.com/rss2": "",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://purl.org/rss/1.0/modules/syndication/": "sy:",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner:",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
    "http://www.sitemaps.org/schemas/sitemap/0.9": "",
    "http://www.google.com/schemas/sitemap-news/0.9": "news:",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf:",
}
_MAX_PROLOG_LENGTH = 2_000  # characters, in which a declaration may stand behind comments
_DECLARATION = re.compile(r"<\?xml\s[^>]{0,200}>")
_REFERENCE = re.compile(r"&(?:(#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|(?:amp|lt|gt|quot|apos);)|(\w{2,31};)?)")
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SLICE_END = re.compile(">|(?=[<&])")  # never inside a reference; inside a tag only if it is very long and has one
_STRAY_BRACKET = re.compile(r"<(?![!?])(?![^<>]*>)")
_VOID_TAGS = ("br", "hr", "img", "wbr")


def iter_elements(text: str, url: str, complete: frozenset[str]) -> Iterator[etree._Element]:
    """Yield the root element at its start; then elements named in `complete` and those outside of them at their end.

    Each element is cleared when the next one is requested. Raises ValueError when the document declares entities, is
    not XML, or has too many elements. If the XML is broken beyond repair, the elements before that are yielded.
    """
    parser = etree.XMLPullParser(
        ("start", "end"),
        base_url=url or None,
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    current, in_current, total = None, 0, 0
    for event, element in _parse_events(parser, text):
        if event == "start":
            total += 1
            if total == 1:
                refuse_entities(element)
                yield element
            if current is None and element_name(element) in complete:
                current, in_current = element, 0
            in_current += 1
            if (current is not None and in_current > MAX_ENTRY_ELEMENTS) or total > MAX_DOCUMENT_ELEMENTS:
                raise ValueError(
                    f"has more than {MAX_ENTRY_ELEMENTS:,} elements in one entry or {MAX_DOCUMENT_ELEMENTS:,} in all"
                )
        elif current is None or element is current:
            current = None
            yield element
            _clear(element)
    if not total:
        raise ValueError("is not XML")


def _parse_events(parser: etree.XMLPullParser, text: str) -> Iterator[tuple[str, etree._Element]]:
    try:
        for part in _repair(text):
            parser.feed(part.encode("utf-8"))
            for event, element in parser.read_events():
                if isinstance(element, etree._Element):
                    yield event, element
        parser.close()
    except etree.XMLSyntaxError:
        return


def _clear(element: etree._Element) -> None:
    """Empty an element and drop its preceding siblings; the parser may still add to it and after it."""
    element.clear(keep_tail=True)  # type: ignore[call-arg]
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def refuse_entities(root: etree._Element) -> None:
    """Raise ValueError for entity declarations, as the parser itself sees them, so that none can be hidden."""
    subset = root.getroottree().docinfo.internalDTD
    if subset is not None and any(True for _ in subset.iterentities()):  # type: ignore[attr-defined]
        raise ValueError("declares XML entities, which are not read because they can be made to do harm")


def _repair(text: str) -> Iterator[str]:
    """The text in slices that XML allows: HTML entities as characters, `&` as `&amp;`, no forbidden characters."""
    declaration = _DECLARATION.search(text, 0, _MAX_PROLOG_LENGTH)
    start = declaration.end() if declaration else max(text.find("<"), 0)
    void_tags = "|".join(tag for tag in _VOID_TAGS if f"</{tag}" not in text)
    unclosed = re.compile(rf"<({void_tags})((?:\s[^<>]*)?)(?<!/)>") if void_tags else None
    yield '<?xml version="1.0" encoding="utf-8"?>'
    while start < len(text):
        section = text.find("<![CDATA[", start)
        end = section if section >= 0 else len(text)
        while start < end:
            boundary = _SLICE_END.search(text, min(start + _SLICE_LENGTH, end), end)
            slice_end = boundary.end() if boundary else end
            piece = _STRAY_BRACKET.sub("&lt;", _FORBIDDEN.sub("", text[start:slice_end]))
            piece = _REFERENCE.sub(_repair_reference, piece)
            yield unclosed.sub(r"<\1\2/>", piece) if unclosed else piece
            start = slice_end
        if section >= 0:
            close = text.find("]]>", section)
            start = close + 3 if close >= 0 else len(text)
            yield _FORBIDDEN.sub("", text[section:start])


def _repair_reference(found: re.Match[str]) -> str:
    if found[1]:
        return found[0]
    character = html5.get(found[2] or "", "")
    return character if character and character not in "&<>" else "&amp;" + (found[2] or "")


def element_name(element: etree._Element) -> str:
    """Lower-case name with its usual prefix (`dc:creator`); names of RSS, Atom and sitemaps have no prefix."""
    tag = element.tag if isinstance(element.tag, str) else ""
    namespace, closed, local = tag[1:].rpartition("}") if tag.startswith("{") else ("", "", tag)
    prefix = _PREFIXES.get(namespace, f"{element.prefix}:" if element.prefix else "") if closed else ""
    return (prefix + local).lower()
