"""Convert headlines, names and language codes in feeds to one line of plain text; unescape entities only once."""

import re
from html import unescape

from retrieval.ingest.parsing.markup.decoding import storable

MAX_LENGTH = 2_000  # characters of a headline with its markup; the rest is cut off
_MAX_NAMES_LENGTH = 500
_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]{0,15})\b[^<>]{0,1000}>")
_VOID = {"br", "img", "wbr", "hr"}
_EMAIL = re.compile(r"[(<\[]?(?:mailto:)?[^\s<>()\[\]:]+@[^\s<>()\[\]]+[)>\]]?")
_NAME_SEPARATOR = re.compile(r"\s*(?:[,;|]|\band\b|&)\s*(?:\band\b\s*)?")


def plain(text: str) -> str:
    """Text that has no markup, on one line."""
    return " ".join(storable(text[:MAX_LENGTH]).split())


def unescaped(text: str) -> str:
    """Text that should have no markup but may have entities (`&#8217;`), on one line."""
    return plain(unescape(text[:MAX_LENGTH]))


def from_html(text: str) -> str:
    """The text of an HTML fragment, on one line."""
    return unescaped(_TAG.sub(lambda tag: " " if tag[1].lower() in ("br", "hr") else "", text[:MAX_LENGTH]))


def from_either(text: str) -> str:
    """The text of an RSS headline, which may be plain text or HTML: only void tags and closed tags count as markup."""
    text = text[:MAX_LENGTH]
    lower = text.lower()

    def replace_tag(tag: re.Match[str]) -> str:
        is_markup = tag[1].lower() in _VOID or f"</{tag[1].lower()}>" in lower
        return tag[0] if not is_markup else " " if tag[1].lower() in ("br", "hr") else ""

    return unescaped(_TAG.sub(replace_tag, text))


def names(byline: str) -> tuple[str, ...]:
    """Split a byline into names without e-mail addresses: `ada@x.example (Ada Lovelace)` is Ada Lovelace.

    A byline is split at commas and `and` only if each part has at least two words.
    """
    line = _EMAIL.sub(" ", unescaped(byline[:_MAX_NAMES_LENGTH]))
    line = line.strip(" ,;-")
    if line.startswith("(") and line.endswith(")"):
        line = line[1:-1].strip()
    line = re.sub(r"^by[:\s]\s*", "", line, flags=re.I)
    parts = [part.strip() for part in _NAME_SEPARATOR.split(line)]
    is_list = all(len(part.split()) >= 2 for part in parts)
    return tuple(parts) if is_list else (line,) if line else ()


def language(code: str | None) -> str:
    """The language of a language tag: `en` of `en-US`; empty when it is not one."""
    primary = (code or "").strip().lower().replace("_", "-").split("-")[0]
    return primary if primary.isascii() and primary.isalpha() and len(primary) <= 3 else ""
