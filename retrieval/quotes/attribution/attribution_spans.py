"""Who is said to have said what: the network's readings as spans of the text."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from retrieval.quotes.attribution.attribution import Attribution
from retrieval.quotes.attribution.network import NetworkWeights, read_cues
from retrieval.quotes.attribution.quote_assignment import (
    CUE_THRESHOLD,
    QUOTATION_CUE_THRESHOLD,
    AttributionDraft,
    ChainStarts,
    assign_quotations,
    draft_attribution,
)
from retrieval.quotes.attribution.signed_quotes import chain_starts, continued_quotations, signed_quotations
from retrieval.quotes.attribution.token_features import TokenFeatures
from retrieval.text.sentences import Span

_GAP = 2  # tokens; a shorter hole in what is said is filled
_FRAGMENT = 3  # tokens; a shorter piece beside a longer one is dropped
_SENTENCE_SHARE = 0.4  # what spills over into a further sentence must be this much of it
_PRONOUN_LAST = re.compile(r"\s(he|she|they)$")
_TELLING = re.compile(
    r"\b(?:told|tells?|telling|warn(?:ed|s|ing)|assur(?:ed|es|ing)|inform(?:ed|s)|remind(?:ed|s|ing))$"
)
_ADDRESSEE = re.compile(r"(?:[\w’'.&-]+\s+){1,6}?(?=that\b)")
_HANGING = re.compile(r"[\s,;]+(?:and|but|or|as|while)$")
_LAST_WORDS = re.compile(r"(?: [a-z’'-]+){1,2}(?=[.!?](?:\s|$))")  # a sentence's last words belong to what is said
_PUNCTUATION = " \n\t\xa0,;:—–-"


def find_attributions(
    net: NetworkWeights, text: str, tokens: TokenFeatures, marked: Sequence[Span]
) -> list[Attribution]:
    """Everything that is attributed to somebody in this text, in the order of its cues; `marked` are its quotations."""
    drafts = [
        draft_attribution(reading, tokens) for reading in read_cues(net, tokens, threshold=QUOTATION_CUE_THRESHOLD)
    ]
    from_layout, chains = signed_quotations(text, marked), chain_starts(text, marked)
    assign_quotations(drafts, tokens, chains, from_layout)
    drafts = [draft for draft in drafts if text[tokens.starts[draft.reading.first] - 1] != "-"]  # `so-called`
    sure = [draft for draft in drafts if draft.owned or draft.reading.certainty > CUE_THRESHOLD]
    found = [made for draft in sure if (made := _spans(draft, text, tokens, marked, chains))]
    found.extend(from_layout.values())
    return [*found, *continued_quotations(text, found, marked)]


def _spans(
    draft: AttributionDraft, text: str, tokens: TokenFeatures, marked: Sequence[Span], chains: ChainStarts
) -> Attribution | None:
    apart = set(range(draft.reading.first, draft.reading.last + 1)) | set(range(*(draft.source or (0, 0))))
    pieces = _pieces((np.flatnonzero(draft.said) + draft.base).tolist(), apart)
    pieces = [part for piece in pieces for part in _within_sentences(piece, tokens, apart)]
    longest = max((end - start for start, end in pieces), default=0)
    kept = [_span(text, tokens, piece) for piece in pieces if piece[1] - piece[0] >= min(_FRAGMENT, longest)]
    # A quotation longer than the window is whole all the same.
    whole = [marked[number - 1] for number, first in chains.items() if first in draft.owned]
    content = tuple(
        span for span in (_trimmed(text, span) for span in _merged([*kept, *whole])) if span[1] - span[0] > 1
    )
    if not content:
        return None
    cue = _span(text, tokens, (draft.reading.first, draft.reading.last + 1))
    content = (_without_addressee(text, cue, content[0]), *content[1:])
    source = _from_pronoun(text, _span(text, tokens, draft.source)) if draft.source else None
    return Attribution(source, cue, content, draft.reading.certainty)


def _pieces(said: Sequence[int], apart: set[int]) -> list[tuple[int, int]]:
    pieces: list[tuple[int, int]] = []
    for at in said:
        if pieces and at - pieces[-1][1] <= _GAP and not apart & set(range(pieces[-1][1], at)):
            pieces[-1] = (pieces[-1][0], at + 1)
        else:
            pieces.append((at, at + 1))
    return pieces


def _within_sentences(piece: tuple[int, int], tokens: TokenFeatures, apart: set[int]) -> Iterator[tuple[int, int]]:
    """A piece without the ends that reach a little way into another sentence."""
    numbers = tokens.sentences[piece[0] : piece[1]]
    cuts = [0, *(np.flatnonzero(np.diff(numbers)) + 1).tolist(), len(numbers)]
    parts = [(piece[0] + one, piece[0] + other) for one, other in pairwise(cuts)]
    kept = [part for part in parts if len(parts) == 1 or _share(part, tokens, apart) >= _SENTENCE_SHARE]
    yield from _joined(kept)


def _joined(parts: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in parts:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _share(part: tuple[int, int], tokens: TokenFeatures, apart: set[int]) -> float:
    number = tokens.sentences[part[0]]
    first, last = np.searchsorted(tokens.sentences, [number, number + 1]) if number else part
    of = int(last - first) - len(apart & set(range(int(first), int(last))))
    return (part[1] - part[0]) / max(of, 1)


def _span(text: str, tokens: TokenFeatures, piece: tuple[int, int]) -> Span:
    """The characters of some tokens, widened to whole words."""
    start, end = int(tokens.starts[piece[0]]), int(tokens.ends[piece[1] - 1])
    while start > 0 and text[start].isalnum() and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    return start, end


def _without_addressee(text: str, cue: Span, content: Span) -> Span:
    """`told the council that ...` begins with `that`."""
    close = content[0] - cue[1] <= 1 and _TELLING.search(text, *cue)
    addressee = _ADDRESSEE.match(text, *content) if close else None
    return (addressee.end(), content[1]) if addressee else content


def _from_pronoun(text: str, source: Span) -> Span:
    """`Jeddah he` is `he`: a source that ends in a pronoun is that pronoun."""
    last = _PRONOUN_LAST.search(text, *source)
    return last.span(1) if last else source


def _trimmed(text: str, span: Span) -> Span:
    start, end = span
    while start < end and text[start] in _PUNCTUATION + ".":
        start += 1
    while end > start and text[end - 1] in _PUNCTUATION:
        end -= 1
    hanging = _HANGING.search(text, start, end)
    if hanging:
        return start, hanging.start()
    rest = _LAST_WORDS.match(text, end)
    return start, rest.end() if rest and text[end - 1].isalnum() else end


def _merged(spans: Sequence[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
