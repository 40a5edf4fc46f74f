"""Text with marks on it: bold words, links, quotations that unfold."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import quote, urldefrag, urlsplit

Kind = Literal["bold", "italic", "text_link", "expandable_blockquote"]

LONGEST_URL = 2048  # characters

# What Telegram takes out of a text in silence, so that offsets would no longer be ours.
_REMOVED = re.compile("[\r\u202a-\u202e\u030a\u0333\u033f]")
_LINES = re.compile("\r\n|[\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_HOST = re.compile(r"[^\s<>\"{}|\\^`/?#@]+")
_NOT_IN_URLS = re.compile(r"[\x00-\x20\x7f<>\"{}|\\^`]|\s")


@dataclass(frozen=True, slots=True)
class Mark:
    """What is special about `text[start:end]`; marks lie inside or beside each other."""

    kind: Kind
    start: int
    end: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class RichText:
    """A text and its marks, in the order of their starts, the outer before the inner."""

    text: str = ""
    marks: tuple[Mark, ...] = ()

    def __add__(self, other: "RichText") -> "RichText":
        shift = len(self.text)
        moved = (replace(mark, start=mark.start + shift, end=mark.end + shift) for mark in other.marks)
        return RichText(self.text + other.text, (*self.marks, *moved))

    def within(self, kind: Kind) -> "RichText":
        """The same as a whole in one more mark."""
        return RichText(self.text, (Mark(kind, 0, len(self.text)), *self.marks)) if self.text else self


def plain(text: str) -> RichText:
    """Text as Telegram will keep it."""
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return RichText(_CONTROL.sub(" ", _REMOVED.sub("", _LINES.sub("\n", text))))


def bold(text: str) -> RichText:
    return plain(text).within("bold")


def italic(text: str) -> RichText:
    return plain(text).within("italic")


def link(text: str, url: str) -> RichText:
    """The text, linked where Telegram takes the address."""
    shown, url = plain(text), safe_url(url)
    return RichText(shown.text, (Mark("text_link", 0, len(shown.text), url),)) if url and shown.text else shown


def joined(parts: Iterable[RichText], separator: str = "\n\n") -> RichText:
    """Those that are not empty, one below the other."""
    result = RichText()
    for part in parts:
        if part.text:
            result = result + RichText(separator) + part if result.text else part
    return result


def safe_url(url: str) -> str:
    """The address as a link may have it: http(s) with a host, of bounded length; empty where it is none."""
    url = _NOT_IN_URLS.sub(lambda found: quote(found[0], safe="", errors="replace"), url.strip())
    url = url.encode("utf-8", "replace").decode("utf-8")
    if len(url) > LONGEST_URL:
        url = urldefrag(url).url
    if len(url) > LONGEST_URL:
        return ""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not _HOST.fullmatch(host):
        return ""
    return url if "." in host.strip(".") or ":" in host else ""  # Telegram links no host without a dot
