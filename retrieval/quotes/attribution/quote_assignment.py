"""Readings of the network while it is decided which words are whose: a quotation is said whole and by one source."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from retrieval.quotes.attribution.network import BACK, WINDOW, CueReading
from retrieval.quotes.attribution.token_features import Booleans, TokenFeatures

# Tuned on half of PolNeAR with `evals.attributions`: where precision and recall of all attributions meet.
CUE_THRESHOLD = 0.45
QUOTATION_CUE_THRESHOLD = 0.2  # a cue that may be one is one when a quotation is nobody else's
CONTENT_THRESHOLD = 0.45
LONGEST_SOURCE = 40  # tokens
WITHIN, MOST_ODDS = 0.3, 3.0  # what each token between the ends of a source counts, and how sure it may be
FIRST_GUESSES = 5  # first tokens of a source that are tried
MOSTLY = 0.6  # a quotation is somebody's words when its tokens are on average this likely to be
AWAITED = 0.4  # what a quotation that ends with a comma adds for the cue after it, and takes from others
SAME_PARAGRAPH, ADJACENT, UNSURE = 0.15, 0.15, 0.3  # what a cue's place and certainty add to that and take from it

ChainStarts = Mapping[int, int]
"""For each quotation the first of those it goes on from, itself for most."""
Chains = Mapping[int, Sequence[int]]
"""The same the other way round: for each first quotation all that go on from it, itself included."""


@dataclass(slots=True)
class AttributionDraft:
    """One reading: which tokens of its window are said, and which quotations are its own."""

    reading: CueReading
    source: tuple[int, int] | None  # tokens of the text
    said: Booleans
    owned: list[int] = field(default_factory=list)  # quotations

    @property
    def base(self) -> int:
        return self.reading.first - BACK


def draft_attribution(reading: CueReading, tokens: TokenFeatures) -> AttributionDraft:
    """What a reading says on its own, before quotations are shared out."""
    draft = AttributionDraft(reading, None, reading.content > CONTENT_THRESHOLD)
    source = _source(reading)
    if source:
        draft.source = source[0] + draft.base, source[1] + draft.base
        draft.said[slice(*source)] = False
    draft.said[BACK : BACK + reading.last - reading.first + 1] = False
    draft.said[: max(0, -draft.base)] = False
    draft.said[max(0, len(tokens) - draft.base) :] = False
    return draft


def _source(reading: CueReading) -> tuple[int, int] | None:
    """The likeliest span of tokens in the window: its ends and all between; None where no source is likelier."""
    first, last = reading.source_first, reading.source_last
    within = np.concatenate([[0], np.cumsum(np.clip(reading.source, -MOST_ODDS, MOST_ODDS))])
    best, span = float(first[WINDOW] + last[WINDOW]), None
    for begin in np.argpartition(-first[:WINDOW], FIRST_GUESSES)[:FIRST_GUESSES].tolist():
        stop = min(WINDOW, begin + LONGEST_SOURCE)
        scores = first[begin] + last[begin:stop] + WITHIN * (within[begin + 1 : stop + 1] - within[begin])
        end = int(np.argmax(scores))
        if scores[end] > best:
            best, span = float(scores[end]), (begin, begin + end + 1)
    return span


def assign_quotations(
    drafts: Sequence[AttributionDraft], tokens: TokenFeatures, runs_on: ChainStarts, signed: Container[int]
) -> None:
    """Give each quotation whole to the draft that most likely says it, and take it from the others.

    A draft that reports the very cue of the owner as well ("Reuters reports that the pope said ...") keeps it.
    """
    chains: dict[int, list[int]] = {}
    for number, first in runs_on.items():
        chains.setdefault(first, []).append(number)
    claims: dict[int, list[tuple[float, AttributionDraft]]] = {}
    for draft in drafts:
        for number, likely in _claims(draft, tokens, runs_on, chains):
            claims.setdefault(number, []).append((likely, draft))
    for number, claimed in claims.items():
        likely, owner = max(claimed, key=lambda claim: claim[0])
        for _, draft in claimed:
            here = _window(draft, tokens, chains[number])
            reports = draft is not owner and draft.said[_at(draft, owner.reading.first)]
            if draft is owner and likely >= MOSTLY and number not in signed:
                draft.said[here] = True
                draft.owned.append(number)
            elif not reports or number in signed:
                draft.said[here] = False


def _claims(
    draft: AttributionDraft, tokens: TokenFeatures, runs_on: ChainStarts, chains: Chains
) -> Iterator[tuple[int, float]]:
    """The quotations of which a draft says something, and how likely it says each."""
    lowest, highest = max(0, draft.base), min(len(tokens), draft.base + WINDOW)
    numbers = tokens.quotations[lowest:highest][draft.said[lowest - draft.base : highest - draft.base]]
    held = set(tokens.quotations[draft.reading.first : draft.reading.last + 1].tolist())
    if draft.source:
        held.update(tokens.quotations[slice(*draft.source)].tolist())
    for number in {runs_on[at] for at in set(numbers.tolist()) - {0} - held}:
        likely = max(
            float(draft.reading.content[here].mean()) + _nearness(draft, tokens, part)
            for part in chains[number]
            if (here := _window(draft, tokens, [part])).any()
        )
        yield number, likely


def _nearness(draft: AttributionDraft, tokens: TokenFeatures, number: int) -> float:
    """What a claim gains where its cue stands in the sentence of the quotation, or at least in its paragraph."""
    cue, places = draft.reading.first, np.flatnonzero(tokens.quotations == number)
    unsure = UNSURE * (draft.reading.certainty < CUE_THRESHOLD)
    if not len(places) or tokens.paragraphs[cue] not in tokens.paragraphs[places]:
        return -unsure
    if tokens.leads_on(number):
        return AWAITED if places[-1] < cue and tokens.sentences[cue] == tokens.sentences[places[-1]] else -AWAITED
    between = tokens.quotations[min(cue, places[-1]) : max(cue, places[0])]
    adjacent = not set(between.tolist()) - {0, number}
    return SAME_PARAGRAPH + ADJACENT * adjacent - unsure


def _window(draft: AttributionDraft, tokens: TokenFeatures, numbers: Sequence[int]) -> Booleans:
    """Which tokens of a draft's window stand in these quotations."""
    lowest, highest = max(0, draft.base), min(len(tokens), draft.base + WINDOW)
    here = np.zeros(WINDOW, dtype=bool)
    seen = tokens.quotations[lowest:highest]
    here[lowest - draft.base : highest - draft.base] = (
        seen == numbers[0] if len(numbers) == 1 else np.isin(seen, numbers)
    )
    return here


def _at(draft: AttributionDraft, token: int) -> int:
    return min(max(0, token - draft.base), WINDOW - 1)
