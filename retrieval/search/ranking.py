"""Order the passages found for a question: BM25 and cosine fused, then what only a look at the text can tell."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from retrieval.documents import Hit
from retrieval.search.question_analysis import ParsedQuestion
from retrieval.text.terms import passage_terms, terms

WINDOW = 30  # terms; question words this close together belong together
SIBLINGS = 4  # an article's best passages that count for each other


@dataclass(frozen=True, slots=True)
class RankingWeights:
    """How much each signal counts, all scaled to 0..1.

    Tuned one at a time on evals `news` (6,000 articles), `quotes` and `multihop`, 2026-11; around these values the
    figures change by less than a point.
    """

    words: float = 0.2
    dense: float = 0.25
    title: float = 0.25
    covered: float = 0.45
    window: float = 0.45
    phrases: float = 0.3
    speech: float = 1.2
    siblings: float = 0.1
    day: float = 0.3
    latest: float = 0.5


DEFAULT_WEIGHTS = RankingWeights()


@dataclass(frozen=True, slots=True)
class Signals:
    """What a passage's text tells about its fit to a question, shares and scores each 0..1."""

    found: frozenset[str]
    covered: float
    title: float
    window: float
    phrases: float
    speech: float


def text_signals(asked: ParsedQuestion, hit: Hit) -> Signals:
    """Compare the question's terms with one passage, its title and heading."""
    body, around = passage_terms(hit.passage.text), _terms_around(hit.title, hit.passage.heading, hit.outlet)
    places = [(at, term) for at, term in enumerate(body) if term in asked.weight]
    found = {term for _, term in places} | {term for term in asked.weight if term in around}
    # Each phrase has a term with a weight, so it stands where one of them does.
    neighbours = {pair for at, _ in places for pair in pairwise(body[max(0, at - 1) : at + 2])} & asked.phrases
    return Signals(
        found=frozenset(found),
        covered=_share(asked, found),
        title=_share(asked, around),
        window=_window(asked, places),
        phrases=min(1.0, sum(asked.weight.get(a, 0.0) + asked.weight.get(b, 0.0) for a, b in neighbours) / asked.total),
        speech=hit.quote_score,
    )


def text_score(asked: ParsedQuestion, hit: Hit, weights: RankingWeights = DEFAULT_WEIGHTS) -> float:
    """What a look at the passage's text adds to its score; the slow part, which needs neither index."""
    found = text_signals(asked, hit)
    return (
        weights.covered * found.covered
        + weights.title * found.title
        + weights.window * found.window
        + weights.phrases * found.phrases
        + weights.speech * found.speech
    )


def rank(
    asked: ParsedQuestion, hits: Sequence[Hit], texts: Mapping[str, float], weights: RankingWeights = DEFAULT_WEIGHTS
) -> list[Hit]:
    """Hits with their final score, best first.

    `words` and `dense` of each hit are the raw BM25 score and cosine; `texts` are the text scores by passage.
    """
    best_words = max((hit.bm25 for hit in hits), default=0.0) or 1.0
    cosines = [hit.dense for hit in hits if hit.dense]
    low, high = min(cosines, default=0.0), max(cosines, default=1.0)
    scores, newest = list[float](), _newest_first(hits) if asked.latest else {}
    for hit in hits:
        near = (hit.dense - low) / (high - low) if hit.dense and high > low else 0.0
        score = weights.words * hit.bm25 / best_words + weights.dense * near
        score += weights.latest * newest.get(hit.published[:10], 0.0)
        scores.append(score + texts[hit.passage.id] + _day_score(asked, hit, weights))
    final = _with_siblings(hits, scores, weights.siblings)
    return [replace(hit, score=score) for score, hit in sorted(zip(final, hits, strict=True), key=_by_score)]


def _by_score(scored: tuple[float, Hit]) -> tuple[float, str]:
    return -scored[0], scored[1].passage.id


def _day_score(asked: ParsedQuestion, hit: Hit, weights: RankingWeights) -> float:
    if not (asked.since or asked.until) or not hit.published:
        return 0.0
    day = hit.published[:10]
    return weights.day if asked.since <= day and (not asked.until or day <= asked.until) else 0.0


def _newest_first(hits: Sequence[Hit]) -> dict[str, float]:
    """1 for the newest day among the hits, down to 0 for the oldest; undated ones are not in it."""
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


@lru_cache(maxsize=4096)
def _terms_around(title: str, heading: str, outlet: str) -> frozenset[str]:
    return frozenset(terms(f"{title} {heading} {outlet}"))


def _share(asked: ParsedQuestion, found: AbstractSet[str]) -> float:
    return sum(asked.weight[term] for term in asked.terms if term in found) / asked.total


def _window(asked: ParsedQuestion, places: Sequence[tuple[int, str]]) -> float:
    """The largest share of the question's weight within WINDOW neighbouring terms; `places` are where they stand."""
    best, first = 0.0, 0
    counts = defaultdict[str, int](int)
    held = 0.0
    for at, term in places:
        counts[term] += 1
        held += asked.weight[term] if counts[term] == 1 else 0.0
        while at - places[first][0] > WINDOW:
            left = places[first][1]
            counts[left] -= 1
            held -= asked.weight[left] if counts[left] == 0 else 0.0
            first += 1
        best = max(best, held)
    return best / asked.total
