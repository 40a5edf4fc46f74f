"""An article's text to its quotes: what is said in it, by whom, and the exact spans of both."""

import re
from collections.abc import Sequence
from functools import cache

from retrieval.documents import Quote, QuoteKind
from retrieval.quotes.attribution.attribution import Attribution
from retrieval.quotes.attribution.attribution_spans import find_attributions
from retrieval.quotes.attribution.network import NetworkWeights, trained_weights
from retrieval.quotes.attribution.quotation_marks import quotation_spans
from retrieval.quotes.attribution.token_features import tokenize
from retrieval.quotes.speakers.coreference import ResolvedSpeaker, resolve_speakers
from retrieval.quotes.speakers.mentions import find_mentions
from retrieval.quotes.word_lists import word_list
from retrieval.text.sentences import Span, sentence_spans
from retrieval.text.terms import terms

LONGEST_NAME = 120  # characters; a longer phrase is no name but a clause
_MOSTLY = 0.6  # of the words in quotation marks make a quote direct


def extract_quotes(
    text: str, within: Sequence[Span] | None = None, *, net: NetworkWeights | None = None
) -> list[Quote]:
    """The quotes of a text in their order; `within` limits them to spans, such as its passages.

    `net` are the weights to read with, those of the package by default.
    """
    marked, whole = quotation_spans(text), sentence_spans(text)
    found = find_attributions(net or trained_weights(), text, tokenize(text, marked, whole), marked)
    named = resolve_speakers(text, find_mentions(text, marked, whole), found)
    quotes = [_quote(text, item, speaker, marked) for item, speaker in zip(found, named, strict=True)]
    kept = [quote for quote in quotes if within is None or _inside(quote, within)]
    return sorted(kept, key=lambda quote: (quote.start, quote.end))


@cache
def _cues() -> frozenset[str]:
    return frozenset(terms(" ".join(word_list("cues"))))


def _is_said(text: str, item: Attribution) -> bool:
    """Whether the cue is none of words, such as a colon, or has a word that reports words or thoughts."""
    found = terms(text[slice(*item.cue)]) if item.cue else []
    return not found or bool(_cues() & set(found))


def _quote(text: str, item: Attribution, speaker: ResolvedSpeaker, marked: Sequence[Span]) -> Quote:
    kind = _kind(item.content, marked)
    name = speaker.name if len(speaker.name) <= LONGEST_NAME else ""
    return Quote(
        speaker=name,
        role=speaker.role,
        is_person=speaker.is_person,
        kind=kind,
        words=" … ".join(re.sub(r"\s+", " ", text[start:end]) for start, end in item.content),
        spans=item.content,
        source=item.source,
        cue=item.cue,
        is_speech=kind == "direct" or _is_said(text, item),
    )


def _kind(content: Sequence[Span], marked: Sequence[Span]) -> QuoteKind:
    """Direct where it begins with a quotation and is one for the most part, mixed where a part of it is."""
    length = sum(end - start for start, end in content)
    held = sum(max(0, min(end, close) - max(start, begin)) for start, end in content for begin, close in marked)
    if not held:
        return "indirect"
    begins = any(begin <= content[0][0] < close for begin, close in marked)
    return "direct" if begins and held >= _MOSTLY * length else "mixed"


def _inside(quote: Quote, within: Sequence[Span]) -> bool:
    return any(start <= quote.start < end for start, end in within)
