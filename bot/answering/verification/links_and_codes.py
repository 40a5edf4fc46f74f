"""What no sentence of a model may have, whatever it says: addresses, markup, codes that no article has."""

import re
from collections.abc import Iterable

_LINK = re.compile(
    r"https?:|www\.|\]\(|!\[|<\s*/?\s*[a-z!][^>]*>?|&(?:lt|#\d+);|\bjavascript:|\bdata:\w+/", re.IGNORECASE
)
_CODE = re.compile(
    r"\b(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[A-Za-z0-9_-]{6,}\b|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,7}(?:/\S*)?|\S+@\S+"
)


def has_link(text: str, outlets: Iterable[str] = ()) -> bool:
    """Whether a text has a URL, an image or HTML, which no model may write; outlets named by their host are allowed."""
    for outlet in filter(None, outlets):
        text = text.replace(outlet, "")
    return bool(_LINK.search(text))


def is_only_code(text: str) -> bool:
    """Whether a text is nothing but codes, addresses and hosts."""
    return bool(_CODE.search(text)) and not any(char.isalpha() for char in _CODE.sub("", text))


def unknown_code(text: str, held: str) -> str:
    """The first code, address or host name of a text that its support does not have; empty if none."""
    known = held.casefold()
    return next((found for found in _CODE.findall(text) if found.casefold() not in known), "")
