"""Pieces of HTML as feeds carry them: without scripts, forms and frames, their links absolute."""

import re
from html import escape

from lxml import etree
from lxml.html import fragment_fromstring
from lxml.html import tostring as serialised
from lxml_html_clean import Cleaner

from retrieval.ingest.parsing.markup.decoding import storable

LONGEST = 300_000  # characters; libxml2 takes time by the square for a tag with very many attributes
_PICTURE = re.compile(r"data:[\w/+.-]{1,80};base64,[\w/+=\s-]*")
_CLEANER = Cleaner(style=True, forms=True)  # and scripts, frames, embedded objects, handlers of events


def cleaned(html: str, base: str) -> str:
    """The same HTML made safe; text without any markup stays as it is; nothing of what is longer than LONGEST."""
    html = _PICTURE.sub("", storable(html)).strip()
    if len(html) > LONGEST:
        return ""
    if "<" not in html:
        return html
    try:
        parent = fragment_fromstring(html, create_parent="div")
        _CLEANER(parent)
        parent.make_links_absolute(base, handle_failures="discard")
        return str(serialised(parent, encoding="unicode")).removeprefix("<div>").removesuffix("</div>").strip()
    except (etree.LxmlError, ValueError, AssertionError, TypeError):  # what lxml raises for nothing and for nonsense
        return ""


def within(element: etree._Element) -> str:
    """What stands in an element as HTML, whether it was escaped, in CDATA or written as elements."""
    if len(element) == 0:
        return element.text or ""
    for part in element.iter(etree.Element):  # lxml can only write prefixes as they came
        part.tag = etree.QName(part).localname
    etree.cleanup_namespaces(element)
    inner = (etree.tostring(child, encoding="unicode", method="html") for child in element)
    return escape(element.text or "", quote=False) + "".join(inner)
