"""Find the words of a sentence in the passages, whatever their quotation marks, dashes and white space."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from retrieval.quotes.attribution.quotation_marks import quotation_spans
from retrieval.text.sentences import Span

_MARKS, _DASHES, _HIDDEN = "“”„«»\"'‘’‚‹›`´", r"\-–—−‐‑‒―", "\xad\u200b\u200c\u200d\ufeff"
_VARIABLE = re.compile(rf"(\s*[{_DASHES}]+[\s{_DASHES}]*|\s+|[{_MARKS}]+)")
_ELLIPSIS = re.compile(r"\.(?:\s?\.){2,}|…")
_ENDS = " ,.…"
_LAST = re.compile(r"[,.?!]+\Z")
_INNER = re.compile(rf"(?<!\w)[{_MARKS}]|[{_MARKS}](?!\w)")  # not apostrophes
_OUTER_MARKS = re.compile(r"\A(?:''|.)|(?:''|[”\"'’»“])\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class QuotationMatch:
    """The place of a quotation: the passage's index and the span in its text."""

    passage: int
    span: Span


@dataclass(frozen=True, slots=True)
class QuoteCheck:
    """A sentence with exact quotations, and the places of these."""

    text: str
    places: tuple[QuotationMatch, ...]


def quoted_words(text: str) -> list[str]:
    """The words of a sentence between quotation marks; an unclosed quotation runs to the end."""
    return [_OUTER_MARKS.sub("", text[slice(*span)]) for span in quotation_spans(text)]


def without_quotations(text: str) -> str:
    """The text with the words of its quotations blanked out, at the same length."""
    for start, end in quotation_spans(text):
        text = f"{text[:start]}“{' ' * (end - start - 2)}”{text[end:]}"
    return text


def without_inner_marks(text: str) -> str:
    """The text with the marks within its quotations blanked out, at the same length."""
    for start, end in quotation_spans(text):
        text = f"{text[: start + 1]}{_INNER.sub(' ', text[start + 1 : end - 1])}{text[end - 1 :]}"
    return text


def quote_exactly(text: str, passages: Sequence[str], among: Sequence[int]) -> QuoteCheck | None:
    """Replace each quotation by the passage's characters, looking in the passages in the order of `among`.

    Returns None where a quotation is not exact.
    """
    shown, at, places = "", 0, list[QuotationMatch]()
    for (start, end), words in zip(quotation_spans(text), quoted_words(text), strict=True):
        place = locate_quotation(words, passages, among)
        if not place:
            return None
        shown += text[at:start] + _shown(words, passages[place.passage][slice(*place.span)])
        places.append(place)
        at = end
    return QuoteCheck(shown + text[at:], tuple(places))


def locate_quotation(words: str, texts: Sequence[str], among: Iterable[int]) -> QuotationMatch | None:
    """Find the first of some passages with exactly these words; `…` matches any text between its parts."""
    bare = " ".join(words.translate(dict.fromkeys(map(ord, _HIDDEN))).split())
    parts = [part for part in (part.strip(_ENDS) for part in _ELLIPSIS.split(bare)) if part]
    if not any(char.isalnum() for part in parts for char in part):
        return None
    patterns = [_pattern(part) for part in parts]
    spans = ((number, _in_order(patterns, texts[number])) for number in among)
    return next((QuotationMatch(number, span) for number, span in spans if span), None)


def _pattern(words: str) -> re.Pattern[str]:
    """Matches whole words with any marks, dashes and white space; their first letter may be in the other case."""
    pieces = _VARIABLE.split(words)
    pieces[::2] = [f"[{_HIDDEN}]*".join(map(re.escape, piece)) for piece in pieces[::2]]
    pieces[1::2] = [_any_of_kind(piece) for piece in pieces[1::2]]
    if words[0].isalpha():
        pieces[0] = f"(?i:{words[0]}){pieces[0][1:]}"
    return re.compile(rf"(?<!\w){''.join(pieces)}(?!\w)")


def _any_of_kind(piece: str) -> str:
    if piece.isspace():
        return r"\s+"
    return rf"[{_MARKS}]+?" if piece[0] in _MARKS else rf"\s*[{_DASHES}]+[\s{_DASHES}]*"


def _in_order(patterns: Iterable[re.Pattern[str]], text: str) -> Span | None:
    """The span from the first to the last of some patterns that a text has one after another."""
    begin, at = -1, 0
    for pattern in patterns:
        found = pattern.search(text, at)
        if not found:
            return None
        begin, at = found.start() if begin < 0 else begin, found.end()
    return begin, at


def _shown(words: str, passage: str) -> str:
    """The passage's characters in typographic marks, with the sentence's own punctuation at the end."""
    last, exact = _LAST.search(words), " ".join(passage.split())
    return f"“{exact}{last[0] if last and exact[-1].isalnum() else ''}”"
