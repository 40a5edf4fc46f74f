"""Headlines, names and languages as one line of plain text, their markup and entities resolved once."""

import re
from html import unescape

from retrieval.ingest.parsing.markup.decoding import storable

LONGEST = 2_000  # characters of a headline as it is written; what is longer is no headline
_LONGEST_NAMES = 500
_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]{0,15})\b[^<>]{0,1000}>")
_VOID = {"br", "img", "wbr", "hr"}
_ADDRESS = re.compile(r"[(<\[]?(?:mailto:)?[^\s<>()\[\]:]+@[^\s<>()\[\]]+[)>\]]?")
_BETWEEN_NAMES = re.compile(r"\s*(?:[,;|]|\band\b|&)\s*(?:\band\b\s*)?")


def plain(text: str) -> str:
    """Text that is no markup, on one line."""
    return " ".join(storable(text[:LONGEST]).split())


def unescaped(text: str) -> str:
    """Text that should be no markup, though it may hold entities (`&#8217;`) that nobody wants to read."""
    return plain(unescape(text[:LONGEST]))


def from_html(text: str) -> str:
    """The text of a piece of HTML."""
    return unescaped(_TAG.sub(lambda tag: " " if tag[1].lower() in ("br", "hr") else "", text[:LONGEST]))


def from_either(text: str) -> str:
    """RSS does not say whether a headline is text or HTML: tags that are closed are markup, others are spoken of."""
    text = text[:LONGEST]
    lower = text.lower()

    def resolved(tag: re.Match[str]) -> str:
        is_markup = tag[1].lower() in _VOID or f"</{tag[1].lower()}>" in lower
        return tag[0] if not is_markup else " " if tag[1].lower() in ("br", "hr") else ""

    return unescaped(_TAG.sub(resolved, text))


def names(written: str) -> tuple[str, ...]:
    """People as a byline lists them, without their addresses: `ada@x.example (Ada Lovelace)` is Ada Lovelace.

    A byline is cut at commas and `and` only where each part has a first and a last name.
    """
    line = _ADDRESS.sub(" ", unescaped(written[:_LONGEST_NAMES]))
    line = line.strip(" ,;-")
    if line.startswith("(") and line.endswith(")"):
        line = line[1:-1].strip()
    line = re.sub(r"^by[:\s]\s*", "", line, flags=re.I)
    parts = [part.strip() for part in _BETWEEN_NAMES.split(line)]
    several = all(len(part.split()) >= 2 for part in parts)
    return tuple(parts) if several else (line,) if line else ()


def language(written: str | None) -> str:
    """A language without its country: `en` of `en-US`; empty where it is none."""
    found = (written or "").strip().lower().replace("_", "-").split("-")[0]
    return found if found.isascii() and found.isalpha() and len(found) <= 3 else ""
