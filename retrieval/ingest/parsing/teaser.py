"""Whether what a feed carries of an article is only its beginning."""

import re
from html import unescape

from retrieval.ingest.parsing.entry import Entry

SHORTEST = 1_000  # characters; a whole article may be shorter, and then its page is read for nothing
_TAG = re.compile(r"<[^<>]{0,2000}>")
_APPEARED = re.compile(r"\bThe post .{1,300} (?:first )?appeared (?:first )?on .{1,200}$", re.DOTALL)
_BREAKS_OFF = re.compile(
    r"(?:\[?(?:…|\.\.\.)\]?|\b(?:read|see) (?:more|on|the (?:full|whole|rest)[\w ]{0,30})|\bkeep reading"
    r"|\bcontinue reading[^.]{0,200}|\bfull (?:story|article)|\bweiterlesen|\bmehr lesen|\blire (?:la suite|plus)"
    r"|\bseguir leyendo|\bleer más|\bleggi tutto|\bcontinua a leggere|\bleia mais|\blees (?:meer|verder))"
    r"[\s.:→»›>\])]*$",
    re.IGNORECASE,
)


def is_teaser(entry: Entry) -> bool:
    """True when the page has to be read for the whole text: what is here breaks off, is short, or is nothing."""
    text = " ".join(unescape(_TAG.sub(" ", entry.html)).split())
    # WordPress signs whole articles so, too.
    text = text[:-600] + _APPEARED.sub("", text[-600:]).rstrip()
    return len(text) < SHORTEST or bool(_BREAKS_OFF.search(text[-300:]))
