"""TODO."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from retrieval.search.quote_intent import QuoteIntent
from retrieval.text.terms import content_terms, terms


@dataclass(frozen=True, slots=True)
class ParsedQuestion:
    """A question as ranking sees it: its content terms with their inverse document frequencies.

    `since` and `until` are the days it speaks of, `unknown` are the terms that stand in none of the `passages`.
    """

    terms: tuple[str, ...]
    phrases: frozenset[tuple[str, str]]
    weight: Mapping[str, float]
    speech: QuoteIntent | None = None
    since: str = ""
    until: str = ""
    latest: bool = False
    unknown: frozenset[str] = frozenset()
    passages: int = 0

    @property
    def total(self) -> float:
        return sum(self.weight.values()) or 1.0


def phrases(question: str) -> frozenset[tuple[str, str]]:
    """Neighbouring terms of a question of which at least one carries its topic."""
    topical = set(content_terms(question))
    return frozenset(pair for pair in pairwise(terms(question)) if topical & set(pair))
