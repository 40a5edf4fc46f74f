"""Estimate, before an answer is made, how probable it is that the search's hits answer the question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log10

from retrieval.documents import Hit
from retrieval.search.question_analysis import ParsedQuestion
from retrieval.search.ranking import text_signals
from retrieval.text.terms import name_terms, terms

MAX_HITS = 5  # hits
LONG_QUESTION_TERMS = 20  # terms of a long question
LARGE_INDEX_LOG10 = 6  # powers of ten: a million passages

ANSWER_THRESHOLD = 0.5
CALIBRATED_EMBEDDING = "all-MiniLM-L6-v2-int8"  # the embedding model whose cosines the calibration knows


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic regression, fitted by `python -m evals.gate` to labelled sets of equal weight."""

    intercept: float
    coefficients: Mapping[str, float]


WITH_VECTORS = Calibration(
    -5.21,
    {
        "cosine": 5.39,
        "covered": 1.6,
        "window": 1.45,
        "named": 0.78,
        "all_named": 0.85,
        "speech": 2.68,
        "is_speech": 0.14,
        "size": -3.02,
        "length": 1.96,
        "mass": 2.6,
    },
)
WITHOUT_VECTORS = Calibration(
    -2.47,
    {
        "covered": 2.2,
        "window": 1.3,
        "named": 1.08,
        "all_named": 0.51,
        "speech": 2.16,
        "is_speech": -0.04,
        "size": -3.93,
        "length": 2.01,
        "mass": 4.13,
    },
)


def answer_probability(
    question: str,
    asked: ParsedQuestion,
    hits: Sequence[Hit],
    *,
    all_embedded: bool = True,
    embedding: str = CALIBRATED_EMBEDDING,
) -> float:
    """The probability that the hits answer the question, 0 to 1; from ANSWER_THRESHOLD on it is answered.

    While passages are not yet embedded a low cosine proves nothing, so the higher of the estimates with and without
    vectors counts; cosines of an embedding model other than the calibrated one are not used.
    """
    if not hits:
        return 0.0
    calibrations = [WITH_VECTORS] if all_embedded else [WITH_VECTORS, WITHOUT_VECTORS]
    if embedding != CALIBRATED_EMBEDDING:
        calibrations = [WITHOUT_VECTORS]
    found = answerability_features(question, asked, hits)
    return max(_probability(calibration, found) for calibration in calibrations)


def unmentioned_names(question: str, asked: ParsedQuestion) -> tuple[str, ...]:
    """The names in the question that no article has, as the question writes them."""
    words = [word.strip(".,;:!?'\"()“”‘’") for word in question.split()[1:]]
    return tuple(word for word in words if word[:1].isupper() and set(terms(word)) & asked.unknown_terms)


def _probability(calibration: Calibration, found: Mapping[str, float]) -> float:
    total = sum(weight * found[name] for name, weight in calibration.coefficients.items())
    return 1 / (1 + exp(-calibration.intercept - total))


def answerability_features(question: str, asked: ParsedQuestion, hits: Sequence[Hit]) -> dict[str, float]:
    """The features of the regression, each 0 to 1.

    The larger an index, the better its best passage fits by chance; the longer a question, the harder it is for one
    passage to hold all of its terms.
    """
    looked = [text_signals(asked, hit) for hit in hits[:MAX_HITS]]
    wanted = [term for term in name_terms(question) if term in asked.idf] or list(asked.terms)
    everything = frozenset[str]().union(*(found.matched_terms for found in looked))
    covered, length = max(found.coverage for found in looked), min(1.0, len(asked.terms) / LONG_QUESTION_TERMS)
    return {
        "cosine": max(hit.dense for hit in hits),
        "covered": covered,
        "window": max(found.window for found in looked),
        "named": max(_share(asked, wanted, found.matched_terms) for found in looked),
        "all_named": _share(asked, wanted, everything),
        "speech": max(found.quote_score for found in looked),
        "is_speech": float(asked.quote_intent is not None),
        "size": min(1.0, log10(asked.passage_count + 1) / LARGE_INDEX_LOG10),
        "length": length,
        "mass": length * covered,
    }


def _share(asked: ParsedQuestion, wanted: Sequence[str], found: frozenset[str]) -> float:
    total = sum(asked.idf[term] for term in wanted)
    return sum(asked.idf[term] for term in wanted if term in found) / total if total else 0.0
