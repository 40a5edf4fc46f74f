"""Assign each quotation whole to one of the attributions that the network drafts."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from retrieval.quotes.attribution.network import BACK, WINDOW, CueReading
from retrieval.quotes.attribution.token_features import Booleans, TokenFeatures

# Tuned on half of PolNeAR with `evals.attributions`: where precision and recall of all attributions meet.
CUE_THRESHOLD = 0.45
QUOTATION_CUE_THRESHOLD = 0.2  # of a cue that takes a quotation no other takes
CONTENT_THRESHOLD = 0.45
MAX_SOURCE_TOKENS = 40
INNER_TOKEN_WEIGHT, MAX_LOG_ODDS = 0.3, 3.0  # of each token between the ends of a source
MAX_SOURCE_STARTS = 5  # first tokens of a source that are tried
CLAIM_THRESHOLD = 0.6  # a claim below it wins no quotation; a claim is the mean content probability of its tokens
COMMA_BONUS = 0.4  # for the cue that follows a quotation with a final comma, and off the claims of others
SAME_PARAGRAPH_BONUS, ADJACENT_BONUS, UNSURE_PENALTY = 0.15, 0.15, 0.3

ChainStarts = Mapping[int, int]
"""For each quotation the first of the chain that it continues; most are chains of their own. Numbered from 1."""
Chains = Mapping[int, Sequence[int]]
"""The quotations of each chain, by its first."""


@dataclass(slots=True)
class AttributionDraft:
    """One reading of a cue while quotations are being assigned.

    `source` are tokens of the text; `content` says which tokens of the cue's window are content, `quotations` are the
    numbers of those assigned to it.
    """

    reading: CueReading
    source: tuple[int, int] | None
    content: Booleans
    quotations: list[int] = field(default_factory=list)

    @property
    def base(self) -> int:
        """The token of the text where the window begins; negative where it begins before the text."""
        return self.reading.first - BACK


def draft_attribution(reading: CueReading, tokens: TokenFeatures) -> AttributionDraft:
    """The draft of a reading by itself, before quotations are assigned."""
    draft = AttributionDraft(reading, None, reading.content > CONTENT_THRESHOLD)
    source = _source(reading)
    if source:
        draft.source = source[0] + draft.base, source[1] + draft.base
        draft.content[slice(*source)] = False
    draft.content[BACK : BACK + reading.last - reading.first + 1] = False
    draft.content[: max(0, -draft.base)] = False
    draft.content[max(0, len(tokens) - draft.base) :] = False
    return draft


def _source(reading: CueReading) -> tuple[int, int] | None:
    """The likeliest span of tokens in the window by its ends and all between; None where no source is likelier."""
    first, last = reading.source_first, reading.source_last
    inner = np.concatenate([[0], np.cumsum(np.clip(reading.source, -MAX_LOG_ODDS, MAX_LOG_ODDS))])
    best, span = float(first[WINDOW] + last[WINDOW]), None
    for begin in np.argpartition(-first[:WINDOW], MAX_SOURCE_STARTS)[:MAX_SOURCE_STARTS].tolist():
        stop = min(WINDOW, begin + MAX_SOURCE_TOKENS)
        scores = first[begin] + last[begin:stop] + INNER_TOKEN_WEIGHT * (inner[begin + 1 : stop + 1] - inner[begin])
        end = int(np.argmax(scores))
        if scores[end] > best:
            best, span = float(scores[end]), (begin, begin + end + 1)
    return span


def assign_quotations(
    drafts: Sequence[AttributionDraft], tokens: TokenFeatures, starts: ChainStarts, signed: Container[int]
) -> None:
    """Assign each quotation whole to the draft with the highest claim, and take it from the others; changes drafts.

    A draft whose content holds the cue of that draft as well ("Reuters reports that the pope said ...") keeps it.
    Quotations that are `signed` go to no draft.
    """
    chains: dict[int, list[int]] = {}
    for number, first in starts.items():
        chains.setdefault(first, []).append(number)
    claims: dict[int, list[tuple[float, AttributionDraft]]] = {}
    for draft in drafts:
        for number, claim in _claims(draft, tokens, starts, chains):
            claims.setdefault(number, []).append((claim, draft))
    for number, claimed in claims.items():
        highest, owner = max(claimed, key=lambda claim: claim[0])
        for _, draft in claimed:
            here = _in_quotations(draft, tokens, chains[number])
            reports_owner = draft is not owner and draft.content[_place_in_window(draft, owner.reading.first)]
            if draft is owner and highest >= CLAIM_THRESHOLD and number not in signed:
                draft.content[here] = True
                draft.quotations.append(number)
            elif not reports_owner or number in signed:
                draft.content[here] = False


def _claims(
    draft: AttributionDraft, tokens: TokenFeatures, starts: ChainStarts, chains: Chains
) -> Iterator[tuple[int, float]]:
    """The chains of quotations that a draft's content touches, by their first, and how high it claims each."""
    lowest, highest = max(0, draft.base), min(len(tokens), draft.base + WINDOW)
    numbers = tokens.quotations[lowest:highest][draft.content[lowest - draft.base : highest - draft.base]]
    holding_cue = set(tokens.quotations[draft.reading.first : draft.reading.last + 1].tolist())
    if draft.source:
        holding_cue.update(tokens.quotations[slice(*draft.source)].tolist())
    for number in {starts[at] for at in set(numbers.tolist()) - {0} - holding_cue}:
        claim = max(
            float(draft.reading.content[here].mean()) + _proximity(draft, tokens, part)
            for part in chains[number]
            if (here := _in_quotations(draft, tokens, [part])).any()
        )
        yield number, claim


def _proximity(draft: AttributionDraft, tokens: TokenFeatures, number: int) -> float:
    """What a claim gains or loses by where its cue stands to the quotation, and loses where the cue is unsure."""
    cue, positions = draft.reading.first, np.flatnonzero(tokens.quotations == number)
    penalty = UNSURE_PENALTY * (draft.reading.certainty < CUE_THRESHOLD)
    if not len(positions) or tokens.paragraphs[cue] not in tokens.paragraphs[positions]:
        return -penalty
    if tokens.precedes_cue(number):
        return (
            COMMA_BONUS
            if positions[-1] < cue and tokens.sentences[cue] == tokens.sentences[positions[-1]]
            else -COMMA_BONUS
        )
    between = tokens.quotations[min(cue, positions[-1]) : max(cue, positions[0])]
    is_adjacent = not set(between.tolist()) - {0, number}
    return SAME_PARAGRAPH_BONUS + ADJACENT_BONUS * is_adjacent - penalty


def _in_quotations(draft: AttributionDraft, tokens: TokenFeatures, numbers: Sequence[int]) -> Booleans:
    """Which tokens of a draft's window stand in these quotations."""
    lowest, highest = max(0, draft.base), min(len(tokens), draft.base + WINDOW)
    here = np.zeros(WINDOW, dtype=bool)
    found = tokens.quotations[lowest:highest]
    here[lowest - draft.base : highest - draft.base] = (
        found == numbers[0] if len(numbers) == 1 else np.isin(found, numbers)
    )
    return here


def _place_in_window(draft: AttributionDraft, token: int) -> int:
    """Where a token of the text stands in a draft's window, at its nearer end where it is outside."""
    return min(max(0, token - draft.base), WINDOW - 1)
