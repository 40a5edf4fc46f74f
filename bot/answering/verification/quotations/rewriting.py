"""Rewrite the quotations of a sentence into the articles' exact words, or reject the sentence."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.answering.verification.quotations.matching import Quotation, QuotationMatch, find_quotations, locate_quotation

_LAST = re.compile(r"[,.?!]+\Z")


@dataclass(frozen=True, slots=True)
class QuoteCheck:
    """A sentence with exact quotations, its text outside quotation marks, and the places of its quotations."""

    text: str
    outside: str
    places: tuple[QuotationMatch, ...]


def quote_exactly(text: str, passages: Sequence[str], cited: Sequence[int]) -> QuoteCheck | None:
    """Replace each quotation by the passage's characters, looking in the cited passages first.

    Returns None where a quotation is not exact.
    """
    others = [number for number in range(len(passages)) if number not in cited]
    shown, outside, places, at = "", "", list[QuotationMatch](), 0
    for quotation in find_quotations(text):
        before = text[at : quotation.span[0]]
        place = locate_quotation(quotation.words, passages, [*cited, *others])
        if not place:
            return None
        shown += before + _shown(quotation, passages[place.passage], place)
        outside += f"{before}“”"
        places.append(place)
        at = quotation.span[1]
    return QuoteCheck(shown + text[at:], outside + text[at:], tuple(places))


def _shown(quotation: Quotation, passage: str, place: QuotationMatch) -> str:
    """The passage's characters in typographic marks, with the sentence's own punctuation at the end."""
    last = _LAST.search(quotation.words)
    words = " ".join(passage[slice(*place.span)].split())
    return f"“{words}{last[0] if last and words[-1].isalnum() else ''}”"
