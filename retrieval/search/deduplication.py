"""Count near-duplicate passages, such as a wire story in several outlets, once; let no article crowd out the rest."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from retrieval.documents import Hit
from retrieval.text.facts.conflicting_reports import reports_conflict
from retrieval.text.language import ENGLISH
from retrieval.text.terms import passage_terms

SHINGLE_TERMS = 4
DUPLICATE_OVERLAP = 0.6  # share of the shorter passage's shingles found in the other
CROWDING_PENALTY = 0.12  # for each earlier passage of the same article; tuned on evals `news` and `quotes`


def deduplicate(ranked: Iterable[Hit], k: int) -> list[Hit]:
    """The first `k` hits that are no duplicates; a hit's `copies` name the articles that hold duplicates of it."""
    kept: list[Hit] = []
    kept_shingles: list[frozenset[str]] = []
    all_shingles, shortest = set[str](), math.inf
    for hit in spread_articles(ranked):
        own = shingles(hit.passage.text, hit.language)
        # With so little in common with all kept passages together, it duplicates none; this settles nearly every hit.
        is_new = len(own & all_shingles) < DUPLICATE_OVERLAP * min(len(own), shortest)
        at = None if is_new else _duplicate_of(hit, own, kept, kept_shingles)
        if at is None:
            if len(kept) == k:
                break
            kept.append(hit)
            kept_shingles.append(own)
            all_shingles |= own
            shortest = min(shortest, len(own))
        elif hit.passage.article not in (kept[at].passage.article, *kept[at].copies):
            kept[at] = replace(kept[at], copies=(*kept[at].copies, hit.passage.article))
    return kept


def _duplicate_of(
    hit: Hit, own_shingles: frozenset[str], kept: Sequence[Hit], kept_shingles: Sequence[frozenset[str]]
) -> int | None:
    """The place among the kept hits of the first that a hit duplicates, None where it duplicates none."""
    duplicates = (at for at, one in enumerate(kept) if _are_duplicates(hit, own_shingles, one, kept_shingles[at]))
    return next(duplicates, None)


def attach_copies(hits: Sequence[Hit], copies: Mapping[str, Sequence[str]]) -> tuple[Hit, ...]:
    """Hits whose `copies` also name the articles that the catalog holds as copies of theirs, given by article."""
    return tuple(_with_copies(hit, copies.get(hit.passage.article, ())) for hit in hits)


def _with_copies(hit: Hit, copies: Sequence[str]) -> Hit:
    return replace(hit, copies=tuple(dict.fromkeys((*hit.copies, *copies)))) if copies else hit


def _are_duplicates(one: Hit, one_shingles: frozenset[str], other: Hit, other_shingles: frozenset[str]) -> bool:
    is_same = overlap(one_shingles, other_shingles) >= DUPLICATE_OVERLAP
    return is_same and not reports_conflict(one.passage.text, other.passage.text)


def spread_articles(ranked: Iterable[Hit]) -> list[Hit]:
    """Lower each article's second, third, ... passage a little, so that the first hits come from several articles."""
    seen = Counter[str]()
    lowered = []
    for hit in ranked:
        earlier = seen[hit.passage.article]
        lowered.append(replace(hit, score=hit.score - CROWDING_PENALTY * earlier) if earlier else hit)
        seen[hit.passage.article] += 1
    return sorted(lowered, key=lambda hit: -hit.score)


def shingles(text: str, language: str = ENGLISH) -> frozenset[str]:
    """All runs of SHINGLE_TERMS neighbouring terms; a text with fewer terms is one shingle."""
    found = passage_terms(text, language)
    runs = zip(*(found[at:] for at in range(SHINGLE_TERMS)), strict=False)
    return frozenset(map(" ".join, runs)) or frozenset([" ".join(found)])


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Share of the smaller set that is in the other."""
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0
