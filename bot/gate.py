"""Is there enough evidence to answer? A calibrated guess from what the search found, before any answer is made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp

from retrieval.documents import Hit
from retrieval.rank import Asked, signals
from retrieval.terms import names, terms

LOOKED_AT = 5  # hits

ENOUGH = 0.5


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic regression fitted on evals `multihop`, `clapnq` and `quotes`, 2026-11; each set counts the same."""

    intercept: float
    coefficients: Mapping[str, float]


WITH_VECTORS = Calibration(
    -4.9,
    {
        "cosine": 5.91,
        "covered": 0.47,
        "pooled": 0.72,
        "window": 1.04,
        "named": 0.41,
        "all_named": 2.04,
        "speech": 0.69,
        "is_speech": 1.01,
    },
)
BY_WORDS_ALONE = Calibration(
    -1.89, {"covered": 1.87, "window": 1.76, "named": 0.77, "all_named": 1.84, "speech": 0.14, "is_speech": 0.77}
)


def evidence(question: str, asked: Asked, hits: Sequence[Hit], *, all_embedded: bool = True) -> float:
    """The probability that the hits answer the question, 0 to 1; compare with ENOUGH.

    While passages wait for their vectors a low cosine proves nothing, so the more hopeful of both guesses counts.
    """
    if not hits:
        return 0.0
    found = features(question, asked, hits)
    guesses = (
        [_guess(WITH_VECTORS, found)] if all_embedded else [_guess(WITH_VECTORS, found), _guess(BY_WORDS_ALONE, found)]
    )
    return max(guesses)


def unmentioned(question: str, asked: Asked) -> tuple[str, ...]:
    """Names in the question that stand in no article, as the question writes them."""
    words = [word.strip(".,;:!?'\"()“”‘’") for word in question.split()[1:]]
    return tuple(word for word in words if word[:1].isupper() and set(terms(word)) & asked.unknown)


def _guess(calibration: Calibration, found: Mapping[str, float]) -> float:
    total = sum(weight * found[name] for name, weight in calibration.coefficients.items())
    return 1 / (1 + exp(-calibration.intercept - total))


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
