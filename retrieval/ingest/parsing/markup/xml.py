"""XML as publishers write it, element by element: in any encoding, with its usual mistakes, and with no entities.

A document is never held as a tree, nothing it names is ever loaded, and what it says about itself is not believed where
its bytes say otherwise.
"""

import codecs
import re
from collections.abc import Iterator
from html.entities import html5

from lxml import etree

MOST_ELEMENTS = 20_000  # in one entry
MOST_OF_ALL = 3_000_000  # elements in one document; 50,000 addresses with a dozen pictures each have as many
_SLICE = 65_536  # characters handed to the parser at once
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
_DECLARATION = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_NO_TEXT = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7"}
_REFERENCE = re.compile(r"&(?:(#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|(?:amp|lt|gt|quot|apos);)|(\w{2,31};)?)")
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CUT = re.compile(">|(?=[<&])")  # never inside a reference, and inside a tag only if it is very long and has one
_NO_TAG = re.compile(r"<(?![!?])(?![^<>]*>)")
_VOID = ("br", "hr", "img", "wbr")


def decoded(content: bytes, charset: str = "") -> str:
    """Text in the encoding it really has: byte order mark, UTF-8 if it can be, what the header or the document says."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return content.decode(encoding, "replace").removeprefix("\ufeff")
    if content[:2] in (b"<\x00", b"{\x00", b"[\x00"):
        return content.decode("utf-16-le", "replace")
    if content[:2] in (b"\x00<", b"\x00{", b"\x00["):
        return content.decode("utf-16-be", "replace")
    declared = _DECLARATION.match(content)
    named = [charset, declared[1].decode("ascii") if declared else ""]
    first = [] if b"\x1b" in content else ["utf-8"]  # ISO 2022 shifts with escapes and would pass for UTF-8
    for encoding in (*first, *named):
        if (text := _strictly(content, encoding)) is not None:
            return text
    return _damaged(content)


def _strictly(content: bytes, encoding: str) -> str | None:
    try:
        known = codecs.lookup(encoding).name if encoding else ""
        if not known or known in _NO_TEXT:
            return None
        # What calls itself Latin 1 is Windows 1252 (WHATWG Encoding, 4.2); both leave no doubt about other bytes.
        return content.decode("cp1252" if known in ("iso8859-1", "ascii") else known)
    except (UnicodeError, LookupError, ValueError):
        return None


def _damaged(content: bytes) -> str:
    """UTF-8 with some broken characters where most of its characters are whole, else Windows 1252."""
    text = content.decode("utf-8", "replace")
    broken, unusual = text.count("\ufffd"), len(text) - len(text.encode("ascii", "ignore"))
    return text if broken * 2 < unusual else content.decode("cp1252", "replace")


def elements(text: str, url: str, whole: frozenset[str]) -> Iterator[etree._Element]:
    """The first element as it begins; then the elements called one of `whole`, and those outside of them, as they end.

    Each is emptied when the next is asked for. Raises ValueError when it declares entities, is no XML, or has
    more elements than it may. Where the XML is broken beyond repair, what stood before is read.
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
    inside, held, begun = None, 0, 0
    for event, element in _events(parser, text):
        if event == "start":
            begun += 1
            if begun == 1:
                _refuse_entities(element)
                yield element
            if inside is None and name(element) in whole:
                inside, held = element, 0
            held += 1
            if (inside is not None and held > MOST_ELEMENTS) or begun > MOST_OF_ALL:
                raise ValueError(f"has more than {MOST_ELEMENTS:,} elements in one entry or {MOST_OF_ALL:,} in all")
        elif inside is None or element is inside:
            inside = None
            yield element
            _forget(element)
    if not begun:
        raise ValueError("is not XML")


def _events(parser: etree.XMLPullParser, text: str) -> Iterator[tuple[str, etree._Element]]:
    try:
        for part in _repaired(text):
            parser.feed(part.encode("utf-8"))
            for event, element in parser.read_events():
                if isinstance(element, etree._Element):
                    yield event, element
        parser.close()
    except etree.XMLSyntaxError:
        return


def _forget(element: etree._Element) -> None:
    """Empty it and drop what stood before; itself and what follows stay, because the parser may still add there."""
    element.clear(keep_tail=True)  # type: ignore[call-arg]
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _refuse_entities(root: etree._Element) -> None:
    """Asked of the parser itself, so that nothing can be hidden from this question that is not hidden from it too."""
    subset = root.getroottree().docinfo.internalDTD
    if subset is not None and any(True for _ in subset.iterentities()):  # type: ignore[attr-defined]
        raise ValueError("declares XML entities, which are not read because they can be made to do harm")


def _repaired(text: str) -> Iterator[str]:
    """The text in slices, without declaration and what XML forbids; HTML's entities as characters, `&` as `&amp;`."""
    start = max(text.find("<"), 0)
    if text.startswith("<?xml", start):
        start = max(text.find(">", start) + 1, start)
    void = "|".join(tag for tag in _VOID if f"</{tag}" not in text)
    unclosed = re.compile(rf"<({void})((?:\s[^<>]*)?)(?<!/)>") if void else None
    yield '<?xml version="1.0" encoding="utf-8"?>'
    while start < len(text):
        section = text.find("<![CDATA[", start)
        end = section if section >= 0 else len(text)
        while start < end:
            mark = _CUT.search(text, min(start + _SLICE, end), end)
            cut = mark.end() if mark else end
            part = _NO_TAG.sub("&lt;", _UNPRINTABLE.sub("", text[start:cut]))
            part = _REFERENCE.sub(_reference, part)
            yield unclosed.sub(r"<\1\2/>", part) if unclosed else part
            start = cut
        if section >= 0:
            close = text.find("]]>", section)
            start = close + 3 if close >= 0 else len(text)
            yield _UNPRINTABLE.sub("", text[section:start])


def _reference(found: re.Match[str]) -> str:
    if found[1]:
        return found[0]
    known = html5.get(found[2] or "", "")
    return known if known and known not in "&<>" else "&amp;" + (found[2] or "")


def name(element: etree._Element) -> str:
    """`title`, `dc:creator`, `content:encoded`: lower-case, with the usual prefix; RSS, Atom and sitemaps have none."""
    tag = element.tag if isinstance(element.tag, str) else ""
    namespace, closed, local = tag[1:].rpartition("}") if tag.startswith("{") else ("", "", tag)
    prefix = _PREFIXES.get(namespace, f"{element.prefix}:" if element.prefix else "") if closed else ""
    return (prefix + local).lower()
