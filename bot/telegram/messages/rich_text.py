"""Rich text: a text with marks such as bold, links and expandable quotations."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import quote, urldefrag, urlsplit

MarkKind = Literal["bold", "italic", "text_link", "expandable_blockquote"]

MAX_URL_LENGTH = 2048  # characters

# Characters that Telegram removes from a text without notice, which would shift all offsets.
_REMOVED = re.compile("[\r\u202a-\u202e\u030a\u0333\u033f]")
_LINES = re.compile("\r\n|[\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_HOST = re.compile(r"[^\s<>\"{}|\\^`/?#@]+")
_NOT_IN_URLS = re.compile(r"[\x00-\x20\x7f<>\"{}|\\^`]|\s")


@dataclass(frozen=True, slots=True)
class Mark:
    """The format of `text[start:end]`; marks may be nested but do not overlap otherwise."""

    kind: MarkKind
    start: int
    end: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class RichText:
    """A text and its marks, ordered by start, outer before inner."""

    text: str = ""
    marks: tuple[Mark, ...] = ()

    def __add__(self, other: "RichText") -> "RichText":
        shift = len(self.text)
        moved = (replace(mark, start=mark.start + shift, end=mark.end + shift) for mark in other.marks)
        return RichText(self.text + other.text, (*self.marks, *moved))

    def wrapped(self, kind: MarkKind) -> "RichText":
        """The same text, all of it inside one more mark."""
        return RichText(self.text, (Mark(kind, 0, len(self.text)), *self.marks)) if self.text else self


def plain(text: str) -> RichText:
    """Text without marks, normalized as Telegram will store it."""
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return RichText(_CONTROL.sub(" ", _REMOVED.sub("", _LINES.sub("\n", text))))


def bold(text: str) -> RichText:
    return plain(text).wrapped("bold")


def italic(text: str) -> RichText:
    return plain(text).wrapped("italic")


def link(text: str, url: str) -> RichText:
    """The text, linked if Telegram accepts the URL."""
    rich, url = plain(text), safe_url(url)
    return RichText(rich.text, (Mark("text_link", 0, len(rich.text), url),)) if url and rich.text else rich


def join(parts: Iterable[RichText], separator: str = "\n\n") -> RichText:
    """Join the parts that are not empty."""
    result = RichText()
    for part in parts:
        if part.text:
            result = result + RichText(separator) + part if result.text else part
    return result


def safe_url(url: str) -> str:
    """The URL, escaped, if Telegram accepts it in a link: http(s) with a host, of limited length; otherwise empty."""
    url = _NOT_IN_URLS.sub(lambda found: quote(found[0], safe="", errors="replace"), url.strip())
    url = url.encode("utf-8", "replace").decode("utf-8")
    if len(url) > MAX_URL_LENGTH:
        url = urldefrag(url).url
    if len(url) > MAX_URL_LENGTH:
        return ""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not _HOST.fullmatch(host):
        return ""
    return url if "." in host.strip(".") or ":" in host else ""  # Telegram does not link hosts without a dot
