"""Rank the passages found for a question: BM25 and cosine fused with what comparing the texts tells."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from retrieval.documents import Hit
from retrieval.search.question_analysis import ParsedQuestion
from retrieval.text.terms import passage_terms, terms

WINDOW_TERMS = 30  # question terms this close together belong together
SIBLINGS = 4  # an article's best passages that count for each other


@dataclass(frozen=True, slots=True)
class RankingWeights:
    """How much each signal counts, all scaled to 0..1.

    Tuned one at a time on evals `news` (6,000 articles), `quotes` and `multihop`, 2026-11; around these values the
    figures change by less than a point.
    """

    bm25: float = 0.2
    dense: float = 0.25
    title: float = 0.25
    coverage: float = 0.45
    window: float = 0.45
    phrases: float = 0.3
    quote_score: float = 1.2
    siblings: float = 0.1
    day: float = 0.3
    latest: float = 0.5


DEFAULT_WEIGHTS = RankingWeights()


@dataclass(frozen=True, slots=True)
class TextSignals:
    """What a passage's text tells about its fit to a question; shares of the question's IDF, each 0..1.

    `coverage` counts terms in the passage, its title, heading and outlet, `title` those in the last three alone,
    `window` those that stand close together in the passage, `phrases` those in phrases of the question.
    """

    coverage: float
    title: float
    window: float
    phrases: float
    quote_score: float


def text_signals(question: ParsedQuestion, hit: Hit) -> TextSignals:
    """Compare the question's terms with one passage, its title and heading."""
    body, context = passage_terms(hit.passage.text, hit.language), _context_terms(hit)
    positions = [(at, term) for at, term in enumerate(body) if term in question.idf]
    matched = {term for _, term in positions} | {term for term in question.idf if term in context}
    # Each phrase has a term with a weight, so it stands where one of them does.
    phrases = {pair for at, _ in positions for pair in pairwise(body[max(0, at - 1) : at + 2])} & question.phrases
    in_phrases = sum(question.idf.get(a, 0.0) + question.idf.get(b, 0.0) for a, b in phrases)
    return TextSignals(
        coverage=_idf_share(question, matched),
        title=_idf_share(question, context),
        window=_window_share(question, positions),
        phrases=min(1.0, in_phrases / question.total_idf),
        quote_score=hit.quote_score,
    )


def text_score(question: ParsedQuestion, hit: Hit, weights: RankingWeights = DEFAULT_WEIGHTS) -> float:
    """What comparing the texts adds to a passage's score; the slow part of ranking, which needs neither index."""
    found = text_signals(question, hit)
    return (
        weights.coverage * found.coverage
        + weights.title * found.title
        + weights.window * found.window
        + weights.phrases * found.phrases
        + weights.quote_score * found.quote_score
    )


def rank(
    question: ParsedQuestion,
    hits: Sequence[Hit],
    text_scores: Mapping[str, float],
    weights: RankingWeights = DEFAULT_WEIGHTS,
) -> list[Hit]:
    """Hits with their final score, best first.

    `bm25` and `dense` of each hit are the raw BM25 score and cosine; `text_scores` are by passage id.
    """
    best_bm25 = max((hit.bm25 for hit in hits), default=0.0) or 1.0
    cosines = [hit.dense for hit in hits if hit.dense]
    low, high = min(cosines, default=0.0), max(cosines, default=1.0)
    scores, recency = list[float](), _recency(hits) if question.wants_latest else {}
    for hit in hits:
        dense = (hit.dense - low) / (high - low) if hit.dense and high > low else 0.0
        score = weights.bm25 * hit.bm25 / best_bm25 + weights.dense * dense
        score += weights.latest * recency.get(hit.published[:10], 0.0)
        scores.append(score + text_scores[hit.passage.id] + _day_score(question, hit, weights))
    final = _with_siblings(hits, scores, weights.siblings)
    return [replace(hit, score=score) for score, hit in sorted(zip(final, hits, strict=True), key=_by_score)]


def _by_score(scored: tuple[float, Hit]) -> tuple[float, str]:
    return -scored[0], scored[1].passage.id


def _day_score(question: ParsedQuestion, hit: Hit, weights: RankingWeights) -> float:
    has_days = question.since or question.until
    return weights.day if has_days and question.covers(hit.published) else 0.0


def _recency(hits: Sequence[Hit]) -> dict[str, float]:
    """By day of publication: 1 for the newest day among the hits, down towards 0 for the oldest; no undated ones."""
    days = sorted({hit.published[:10] for hit in hits if hit.published})
    return {day: (at + 1) / len(days) for at, day in enumerate(days)}


def _with_siblings(hits: Sequence[Hit], scores: Sequence[float], weight: float) -> list[float]:
    """Scale scores to 0..1 and add a part of the best of the same article: one that answers often does twice."""
    low, high = min(scores, default=0.0), max(scores, default=1.0)
    scaled = [(score - low) / (high - low) if high > low else 1.0 for score in scores]
    by_article = defaultdict[str, list[float]](list)
    for hit, score in zip(hits, scaled, strict=True):
        by_article[hit.passage.article].append(score)
    sums = {article: sum(sorted(found, reverse=True)[:SIBLINGS]) for article, found in by_article.items()}
    return [score + weight * sums[hit.passage.article] for hit, score in zip(hits, scaled, strict=True)]


def _context_terms(hit: Hit) -> frozenset[str]:
    return _distinct_terms(f"{hit.title} {hit.passage.heading} {hit.outlet}", hit.language)


@lru_cache(maxsize=4096)
def _distinct_terms(text: str, language: str) -> frozenset[str]:
    return frozenset(terms(text, language))


def _idf_share(question: ParsedQuestion, found: AbstractSet[str]) -> float:
    return sum(question.idf[term] for term in question.terms if term in found) / question.total_idf


def _window_share(question: ParsedQuestion, positions: Sequence[tuple[int, str]]) -> float:
    """The largest share of the question's IDF within WINDOW_TERMS neighbouring terms of a passage.

    `positions` are where question terms stand in it. A sliding window: each term enters once and leaves once.
    """
    best, first = 0.0, 0
    counts = defaultdict[str, int](int)
    held = 0.0
    for at, term in positions:
        counts[term] += 1
        held += question.idf[term] if counts[term] == 1 else 0.0
        while at - positions[first][0] > WINDOW_TERMS:
            dropped = positions[first][1]
            counts[dropped] -= 1
            held -= question.idf[dropped] if counts[dropped] == 0 else 0.0
            first += 1
        best = max(best, held)
    return best / question.total_idf
