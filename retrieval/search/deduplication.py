"""Near-duplicate passages, such as a wire story in several outlets, count once; no article crowds out the rest."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from retrieval.documents import Hit
from retrieval.text.terms import passage_terms

SHINGLE = 4  # terms
SAME = 0.6  # share of the shorter passage's shingles found in the other
NUMBERS = frozenset(
    "one two three four five six seven eight nine ten eleven twelv thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenti thirti forti fifti sixti seventi eighti nineti dozen hundr "
    "thousand million billion".split()
)  # as terms
CROWDING = 0.12  # what each earlier passage of the same article costs; tuned on evals `news` and `quotes`


def deduplicate(ranked: Iterable[Hit], k: int) -> list[Hit]:
    """The first `k` hits that are not copies; a hit names the articles that hold copies of it."""
    kept: list[Hit] = []
    shingled: list[frozenset[str]] = []
    seen, shortest = set[str](), math.inf
    for hit in spread_articles(ranked):
        mine = shingles(hit.passage.text)
        # With so little in common with all of them together, it is a copy of none; so it nearly always is.
        is_new = len(mine & seen) < SAME * min(len(mine), shortest)
        alike = () if is_new else (at for at, one in enumerate(kept) if _are_copies(hit, mine, one, shingled[at]))
        twin = next(iter(alike), None)
        if twin is None:
            if len(kept) == k:
                break
            kept.append(hit)
            shingled.append(mine)
            seen |= mine
            shortest = min(shortest, len(mine))
        elif hit.passage.article not in (kept[twin].passage.article, *kept[twin].copies):
            kept[twin] = replace(kept[twin], copies=(*kept[twin].copies, hit.passage.article))
    return kept


def _are_copies(one: Hit, shingled: frozenset[str], other: Hit, also: frozenset[str]) -> bool:
    if overlap(shingled, also) < SAME:
        return False
    return one.published[:10] == other.published[:10] or not in_conflict(one.passage.text, other.passage.text)


def in_conflict(one: str, other: str) -> bool:
    """Whether two texts in nearly the same words each have a figure that the other lacks: a report and its update."""
    ours, theirs = _figures(one), _figures(other)
    return bool(ours - theirs and theirs - ours)


def _figures(text: str) -> set[str]:
    return {term for term in passage_terms(text) if term[0].isdigit() or term in NUMBERS}


def spread_articles(ranked: Iterable[Hit]) -> list[Hit]:
    """Lower each article's second, third, ... passage a little, so that the first page shows several articles."""
    seen = Counter[str]()
    lowered = []
    for hit in ranked:
        earlier = seen[hit.passage.article]
        lowered.append(replace(hit, score=hit.score - CROWDING * earlier) if earlier else hit)
        seen[hit.passage.article] += 1
    return sorted(lowered, key=lambda hit: -hit.score)


def shingles(text: str) -> frozenset[str]:
    """All runs of SHINGLE neighbouring terms; of a text with fewer, all it has."""
    found = passage_terms(text)
    runs = zip(*(found[at:] for at in range(SHINGLE)), strict=False)
    return frozenset(map(" ".join, runs)) or frozenset([" ".join(found)])


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Share of the smaller set that is in the other."""
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0
