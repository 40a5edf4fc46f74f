"""Assign each quotation whole to one of the attributions that the network drafts."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from retrieval.quotes.attribution.network import BACK, WINDOW, CueReading
from retrieval.quotes.attribution.token_features import Booleans, Floats, Integers, TokenFeatures

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


@dataclass(slots=True)
class AttributionDraft:
    """One reading of a cue while quotations are being assigned.

    `first`, `last` and `source` are tokens of the text; `content` says which tokens of the cue's window are content,
    `probability` how likely each is, `encoded` are the tokens around the cue, `quotations` the numbers of those
    assigned to it.
    """

    first: int
    last: int
    certainty: float
    probability: Floats
    source: tuple[int, int] | None
    content: Booleans
    encoded: Floats
    quotations: list[int] = field(default_factory=list)

    @property
    def base(self) -> int:
        """The token of the text where the window begins; negative where it begins before the text."""
        return self.first - BACK


@dataclass(frozen=True, slots=True)
class QuotationPlaces:
    """Where the quotations of a text stand: the first token of each and the one after its last, by its number.

    `chains` is the first of the chain that each continues, `of_tokens` that of the quotation each token stands in.
    """

    firsts: Integers
    ends: Integers
    chains: Integers
    of_tokens: Integers


def quotation_places(tokens: TokenFeatures, starts: ChainStarts) -> QuotationPlaces:
    """Find the places of all quotations at once; those of a quotation without a token are 0."""
    firsts, ends, chains = np.zeros((3, len(starts) + 1), dtype=np.int32)
    numbers, first, count = np.unique(tokens.quotations, return_index=True, return_counts=True)
    firsts[numbers], ends[numbers] = first, first + count
    chains[list(starts.keys())] = list(starts.values())
    return QuotationPlaces(firsts, ends, chains, chains[tokens.quotations])


def draft_attribution(reading: CueReading, tokens: TokenFeatures) -> AttributionDraft:
    """The draft of a reading by itself, before quotations are assigned."""
    content = reading.content > CONTENT_THRESHOLD
    draft = AttributionDraft(
        reading.first, reading.last, reading.certainty, reading.content.copy(), None, content, reading.encoded
    )
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
    places = quotation_places(tokens, starts)
    claims: dict[int, list[tuple[float, AttributionDraft]]] = {}
    for draft in drafts:
        for number, claim in _claims(draft, tokens, places):
            claims.setdefault(number, []).append((claim, draft))
    for number, claimed in claims.items():
        highest, owner = max(claimed, key=lambda claim: claim[0])
        for _, draft in claimed:
            here = _in_chain(draft, places, number)
            reports_owner = draft is not owner and draft.content[_place_in_window(draft, owner.first)]
            if draft is owner and highest >= CLAIM_THRESHOLD and number not in signed:
                draft.content[here] = True
                draft.quotations.append(number)
            elif not reports_owner or number in signed:
                draft.content[here] = False


def _claims(draft: AttributionDraft, tokens: TokenFeatures, places: QuotationPlaces) -> Iterator[tuple[int, float]]:
    """The chains of quotations that a draft's content touches, by their first, and how high it claims each."""
    lowest, highest = max(0, draft.base), min(len(tokens), draft.base + WINDOW)
    numbers = tokens.quotations[lowest:highest]
    touched = numbers[draft.content[lowest - draft.base : highest - draft.base]]
    holding_cue = set(tokens.quotations[draft.first : draft.last + 1].tolist())
    if draft.source:
        holding_cue.update(tokens.quotations[slice(*draft.source)].tolist())
    parts: dict[int, list[int]] = {}  # of each chain, those in the window
    for part in np.unique(numbers).tolist():
        parts.setdefault(int(places.chains[part]), []).append(part)
    for number in {int(places.chains[at]) for at in set(touched.tolist()) - {0} - holding_cue}:
        yield number, max(_claim(draft, tokens, places, part) for part in parts[number])


def _claim(draft: AttributionDraft, tokens: TokenFeatures, places: QuotationPlaces, number: int) -> float:
    """How high a draft claims one quotation."""
    probability = draft.probability[_in_window(draft, places, number)]
    return float(probability.mean()) + _proximity(draft, tokens, places, number)


def _proximity(draft: AttributionDraft, tokens: TokenFeatures, places: QuotationPlaces, number: int) -> float:
    """What a claim gains or loses by where its cue stands to the quotation, and loses where the cue is unsure."""
    cue, first, last = draft.first, int(places.firsts[number]), int(places.ends[number]) - 1
    penalty = UNSURE_PENALTY * (draft.certainty < CUE_THRESHOLD)
    if not tokens.paragraphs[first] <= tokens.paragraphs[cue] <= tokens.paragraphs[last]:
        return -penalty
    if tokens.precedes_cue(number):
        return COMMA_BONUS if last < cue and tokens.sentences[cue] == tokens.sentences[last] else -COMMA_BONUS
    between = tokens.quotations[min(cue, last) : max(cue, first)]
    is_adjacent = not set(between.tolist()) - {0, number}
    return SAME_PARAGRAPH_BONUS + ADJACENT_BONUS * is_adjacent - penalty


def _in_chain(draft: AttributionDraft, places: QuotationPlaces, number: int) -> Booleans:
    """Which tokens of a draft's window stand in the quotations of a chain."""
    lowest, highest = max(0, draft.base), min(len(places.of_tokens), draft.base + WINDOW)
    here = np.zeros(WINDOW, dtype=bool)
    here[lowest - draft.base : highest - draft.base] = places.of_tokens[lowest:highest] == number
    return here


def _in_window(draft: AttributionDraft, places: QuotationPlaces, number: int) -> slice:
    """The part of a draft's window in which a quotation stands."""
    first, end = int(places.firsts[number]) - draft.base, int(places.ends[number]) - draft.base
    return slice(max(0, first), min(WINDOW, end))


def _place_in_window(draft: AttributionDraft, token: int) -> int:
    """Where a token of the text stands in a draft's window, at its nearer end where it is outside."""
    return min(max(0, token - draft.base), WINDOW - 1)
