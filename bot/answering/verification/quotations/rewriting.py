"""Rewrite the quotations of a sentence into the articles' exact words, or reject the sentence."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.answering.verification.contradiction.paraphrase_diff import word_changes
from bot.answering.verification.lexical.figures import figures
from bot.answering.verification.quotations.matching import Quotation, QuotationMatch, find_quotations, locate_quotation
from retrieval.text.sentences import sentence_spans
from retrieval.text.terms import terms

_OF_SPEAKER = re.compile(r"\b(?:I|[Ww]e|[Mm]y|[Oo]ur|me|us|mine|ours)\b")
_LAST = re.compile(r"[,.?!]+\Z")


@dataclass(frozen=True, slots=True)
class QuoteCheck:
    """A sentence with exact quotations, its text outside quotation marks, and the places of its quotations."""

    text: str
    outside: str
    places: tuple[QuotationMatch, ...]


def quote_exactly(text: str, passages: Sequence[str], cited: Sequence[int]) -> QuoteCheck | None:
    """Replace each quotation by the passage's characters, looking in the cited passages first.

    A close paraphrase loses its quotation marks. Returns None where a quotation is neither exact nor close.
    """
    others = [number for number in range(len(passages)) if number not in cited]
    shown, outside, places, at = "", "", list[QuotationMatch](), 0
    for quotation in find_quotations(text):
        before = text[at : quotation.span[0]]
        place = locate_quotation(quotation.words, passages, [*cited, *others])
        if place:
            shown += before + _shown(quotation, passages[place.passage], place)
            outside += f"{before}“”"
            places.append(place)
        elif any(_is_close(quotation.words, passages[number]) for number in cited):
            shown, outside = shown + before + quotation.words, outside + before + quotation.words
        else:
            return None
        at = quotation.span[1]
    return QuoteCheck(shown + text[at:], outside + text[at:], tuple(places))


def _shown(quotation: Quotation, passage: str, place: QuotationMatch) -> str:
    """The passage's characters in typographic marks, with the sentence's own punctuation at the end."""
    last = _LAST.search(quotation.words)
    words = " ".join(passage[slice(*place.span)].split())
    return f"“{words}{last[0] if last and words[-1].isalnum() else ''}”"


def _is_close(words: str, passage: str) -> bool:
    """Whether one sentence of a passage has all of the words, and they are not in the first person."""
    if _OF_SPEAKER.search(words) or len(terms(words)) < 2:
        return False
    wanted, values = set(terms(words)), {figure.value for figure in figures(words)}
    texts = (passage[slice(*span)] for span in sentence_spans(passage))
    return any(
        wanted <= set(terms(text))
        and values <= {figure.value for figure in figures(text)}
        and not any(change.gone and change.come for change in word_changes(words, text))
        for text in texts
    )
