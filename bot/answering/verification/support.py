"""Find the sentences of passages that support a sentence."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.answering.verification.lexical.weighted_terms import BEGINNING, covered_share, meaning_terms, term_weight
from bot.answering.verification.quotations.matching import QuotationMatch
from retrieval.documents import Hit
from retrieval.text.sentences import Span, sentence_spans
from retrieval.text.terms import terms

SUPPORTED = 0.55  # share of a sentence's weighted terms that its support must have
TOGETHER = 0.7  # the same where several passages support it between them
ADDS = 0.15  # share that a further passage must bring
SECOND = 0.08  # share that a second sentence must bring
AROUND = 0.35  # what a term in the headline or the heading counts
STRETCH = 4  # content terms in a row that are nowhere
PART = 0.34  # share of what each clause says


@dataclass(frozen=True, slots=True)
class Support:
    """One or more neighbouring sentences of a passage, and the share of a sentence's terms that they hold."""

    passage: int
    span: Span
    text: str
    held: frozenset[str]
    share: float


def best_support(
    said: Sequence[str], number: int, hit: Hit, weights: Mapping[str, float], places: Iterable[QuotationMatch] = ()
) -> Support:
    """The one or two neighbouring sentences that hold most of a sentence's terms, including those it quotes."""
    text = hit.passage.text
    around = frozenset(terms(f"{hit.title} {hit.passage.heading}"))
    windows = [
        _support(said, number, text, span, around, weights)
        for span in _windows(sentence_spans(text), [place.span for place in places if place.passage == number])
    ]
    return max(windows, key=lambda window: window.share - SECOND * _length(window), default=_none(number))


def choose_supports(supports: Sequence[Support], said: Sequence[str], weights: Mapping[str, float]) -> list[Support]:
    """Choose the supports that suffice, each alone or all together; none if they do not."""
    alone = [support for support in supports if support.share >= SUPPORTED]
    ordered = sorted(supports, key=lambda support: -support.share)
    kept: list[Support] = ordered[:1]
    for support in ordered[1:]:
        before, after = (covered_share(said, _union(group), weights) for group in (kept, [*kept, support]))
        if after - before >= ADDS:
            kept.append(support)
    together = covered_share(said, _union(kept), weights) >= TOGETHER
    chosen = kept if together and len(kept) > 1 else alone
    return [support for support in supports if support in chosen or support in alone]


def supports_each_clause(
    parts: Iterable[Sequence[str]], supports: Sequence[Support], weights: Mapping[str, float]
) -> bool:
    """Whether the support holds a part of each clause of a sentence."""
    held = _union(supports)
    return all(covered_share(said, held, weights) >= PART for said in parts if len(said) > 1)


def has_no_unsupported_stretch(said: Sequence[str], supports: Sequence[Support], hits: Iterable[Hit]) -> bool:
    """Whether the support or its headline has one of every STRETCH content terms in a row."""
    held = _union(supports) | {term for hit in hits for term in terms(f"{hit.title} {hit.passage.heading}")}
    starts = {term[:BEGINNING] for term in held}
    missing = [not (term in held or term[:BEGINNING] in starts) for term in said if term[0] != "#"]
    return not any(all(missing[at : at + STRETCH]) for at in range(len(missing) - STRETCH + 1))


def _union(supports: Iterable[Support]) -> frozenset[str]:
    return frozenset(term for support in supports for term in support.held)


def _windows(spans: Sequence[Span], fixed: Sequence[Span]) -> Iterator[Span]:
    within = [at for at, (start, end) in enumerate(spans) if any(a < end and start < b for a, b in fixed)]
    if not within:
        yield from spans
        yield from ((one[0], two[1]) for one, two in pairwise(spans))
        return
    first, last = within[0], within[-1]
    yield spans[first][0], spans[last][1]
    if first:
        yield spans[first - 1][0], spans[last][1]
    if last + 1 < len(spans):
        yield spans[first][0], spans[last + 1][1]


def _support(
    said: Sequence[str],
    number: int,
    text: str,
    span: Span,
    around: frozenset[str],
    weights: Mapping[str, float],
) -> Support:
    held = frozenset(meaning_terms(text[slice(*span)]))
    inside = covered_share(said, held, weights)
    total = sum(term_weight(term, weights) for term in said)
    nearby = sum(term_weight(term, weights) for term in said if term in around and term not in held)
    return Support(number, span, text[slice(*span)], held, inside + (AROUND * nearby / total if total else 0.0))


def _length(window: Support) -> int:
    return len(sentence_spans(window.text)) - 1


def _none(number: int) -> Support:
    return Support(number, (0, 0), "", frozenset(), 0.0)
