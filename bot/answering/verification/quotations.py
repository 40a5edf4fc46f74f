"""Find the words of a sentence in the passages, whatever their quotation marks, dashes and white space."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from retrieval.quotes.attribution.quotation_marks import is_closed, quotation_spans
from retrieval.text.sentences import Span

_MARKS = "“”„«»\"'‘’‚‹›`´"
_DASHES = "-–—−‐‑‒―"
_INVISIBLE = "\xad\u200b\u200c\u200d\ufeff"
_ELLIPSIS = re.compile(r"\.(?:\s?\.){2,}|…")
_ENDS = " ,.…"
_LAST = re.compile(r"[,.?!]+\Z")


@dataclass(frozen=True, slots=True)
class Quotation:
    """The words between quotation marks, and the span including the marks."""

    span: Span
    words: str


@dataclass(frozen=True, slots=True)
class QuotationMatch:
    """The place of a quotation: the passage's index and the span in its text."""

    passage: int
    span: Span


@dataclass(frozen=True, slots=True)
class QuoteCheck:
    """A sentence with exact quotations, its text outside quotation marks, and the places of its quotations."""

    text: str
    outside: str
    places: tuple[QuotationMatch, ...]


def find_quotations(text: str) -> list[Quotation]:
    """Find the quotations of a sentence; an unclosed one runs to the end."""
    return [Quotation(span, _inside(text, span)) for span in quotation_spans(text)]


def quote_exactly(text: str, passages: Sequence[str], among: Sequence[int]) -> QuoteCheck | None:
    """Replace each quotation by the passage's characters, looking in the passages in the order of `among`.

    Returns None where a quotation is not exact.
    """
    shown, outside, places, at = "", "", list[QuotationMatch](), 0
    for quotation in find_quotations(text):
        before = text[at : quotation.span[0]]
        place = locate_quotation(quotation.words, passages, among)
        if not place:
            return None
        shown += before + _shown(quotation, passages[place.passage], place)
        outside += f"{before}“”"
        places.append(place)
        at = quotation.span[1]
    return QuoteCheck(shown + text[at:], outside + text[at:], tuple(places))


def locate_quotation(words: str, texts: Sequence[str], among: Iterable[int]) -> QuotationMatch | None:
    """Find the first of some passages with exactly these words; `…` matches any text between its parts."""
    parts = [part for part in (_flat(part)[0].strip(_ENDS) for part in _ELLIPSIS.split(words)) if part]
    if not any(char.isalnum() for part in parts for char in part):
        return None
    spans = ((number, _in_order(parts, texts[number])) for number in among)
    return next((QuotationMatch(number, span) for number, span in spans if span), None)


def _in_order(parts: Sequence[str], text: str) -> Span | None:
    flat, origin = _flat(text)
    begin, at = -1, 0
    for part in parts:
        at = _find(part, flat, at)
        if at < 0:
            return None
        begin = at if begin < 0 else begin
        at += len(part)
    return origin[begin], origin[at - 1] + 1


def _find(part: str, flat: str, start: int) -> int:
    """Where the part stands as whole words; its first letter may be in the other case."""
    first = re.escape(part[0])
    either = f"(?:{first}|{re.escape(part[0].swapcase())})" if part[0].isalpha() else first
    found = re.compile(rf"(?<!\w){either}{re.escape(part[1:])}(?!\w)").search(flat, start)
    return found.start() if found else -1


@lru_cache(256)
def _flat(text: str) -> tuple[str, list[int]]:
    """The text with one kind of quotation mark, dash and white space, and where each character stands in it."""
    kept: list[str] = []
    origin: list[int] = []
    for at, char in enumerate(text):
        plain = "'" if char in _MARKS else "-" if char in _DASHES else " " if char.isspace() else char
        if plain in _INVISIBLE:
            continue
        if plain == "'" and char == "'" and text[at - 1 : at] == "'" and kept:
            continue  # '' is one mark
        if plain in " -" and kept and (kept[-1] == "-" or (plain == " " and kept[-1] == " ")):
            continue
        if plain == "-" and kept and kept[-1] == " ":
            del kept[-1], origin[-1]
        kept.append(plain)
        origin.append(at)
    return "".join(kept), origin


def _inside(text: str, span: Span) -> str:
    opening = 2 if text.startswith("''", span[0]) else 1
    closing = 2 if text.endswith("''", 0, span[1]) else 1
    return text[span[0] + opening : span[1] - closing if is_closed(text, span) else span[1]]


def _shown(quotation: Quotation, passage: str, place: QuotationMatch) -> str:
    """The passage's characters in typographic marks, with the sentence's own punctuation at the end."""
    last = _LAST.search(quotation.words)
    words = " ".join(passage[slice(*place.span)].split())
    return f"“{words}{last[0] if last and words[-1].isalnum() else ''}”"
