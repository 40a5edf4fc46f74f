"""Convert headlines and names in feeds to one line of plain text; unescape entities only once."""

import re
from html import unescape

from retrieval.ingest.parsing.markup.decoding import storable

MAX_LENGTH = 2_000  # characters of a headline with its markup; the rest is cut off
_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]{0,15})\b[^<>]{0,1000}>")
_CODE = re.compile(r"<(script|style)\b[^<>]{0,1000}>.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_VOID = {"br", "img", "wbr", "hr"}


def plain(text: str) -> str:
    """Text that has no markup, on one line."""
    return " ".join(storable(text[:MAX_LENGTH]).split())


def unescaped(text: str) -> str:
    """Text that should have no markup but may have entities (`&#8217;`), on one line."""
    return plain(unescape(text[:MAX_LENGTH]))


def from_html(text: str) -> str:
    """The text of an HTML fragment, on one line."""
    text = _CODE.sub("", text[:MAX_LENGTH])
    return unescaped(_TAG.sub(lambda tag: " " if tag[1].lower() in ("br", "hr") else "", text))


def from_either(text: str) -> str:
    """The text of an RSS headline, which may be plain text or HTML: only void tags and closed tags count as markup."""
    text = _CODE.sub("", text[:MAX_LENGTH])
    lower = text.lower()

    def replace_tag(tag: re.Match[str]) -> str:
        is_markup = tag[1].lower() in _VOID or f"</{tag[1].lower()}>" in lower
        return tag[0] if not is_markup else " " if tag[1].lower() in ("br", "hr") else ""

    return unescaped(_TAG.sub(replace_tag, text))
