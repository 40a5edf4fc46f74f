"""Decide from what was read whether the articles answer a question."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

from bot.answering.reading.read_sentences import PartReading, ReadSentence
from retrieval.search.question_analysis import ParsedQuestion
from retrieval.text.dates import without_time_terms
from retrieval.text.terms import terms

ANSWER_THRESHOLD = 0.5
CALIBRATED_EMBEDDING = "all-MiniLM-L6-v2-int8"  # the embedding model whose cosines the calibration knows


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic regression, fitted by `python -m evals.reader.calibration` to questions the reader has not seen.

    `best` weighs the reader's logit of the best sentence, `passage` that of the best passage, `total` the logarithm of
    the sum over all sentences, `cosine` the cosine of the nearest passage.
    """

    intercept: float
    best: float
    passage: float
    total: float
    cosine: float


READER = Calibration(-0.66, 0.05, 0.25, 0.4, 2.11)
TYPICAL_COSINE = 0.55  # taken where cosines prove nothing


def answer_probability(
    read: Sequence[ReadSentence], *, has_cosines: bool = True, calibration: Calibration = READER
) -> float:
    """The probability that what was read answers, 0 to 1; from ANSWER_THRESHOLD on it is answered.

    Without `has_cosines`, while passages are not yet embedded or where another model embedded them, a low cosine is
    not held against the articles.
    """
    if not read:
        return 0.0
    best, passage, total, cosine = reading_features(read)
    odds = calibration.intercept + calibration.best * best + calibration.passage * passage + calibration.total * total
    return 1 / (1 + exp(-odds - calibration.cosine * (cosine if has_cosines else max(cosine, TYPICAL_COSINE))))


def reading_features(read: Sequence[ReadSentence]) -> tuple[float, float, float, float]:
    """The features of the regression: best sentence, best passage and sum of all sentences as logits, best cosine."""
    best = max(sentence.logit for sentence in read)
    total = best + log(sum(exp(sentence.logit - best) for sentence in read))
    nearest = max(sentence.hit.dense for sentence in read)
    return best, max(sentence.passage for sentence in read), total, nearest


def answered_parts(readings: Sequence[PartReading]) -> list[PartReading]:
    """The parts of a question that what was read answers; the likeliest one where that is none."""
    likely = [reading for reading in readings if answer_probability(reading.sentences) >= ANSWER_THRESHOLD]
    return likely or [max(readings, key=lambda reading: answer_probability(reading.sentences))]


def unanswered_parts(readings: Sequence[PartReading]) -> tuple[str, ...]:
    """The parts of a question that nothing that was read answers, as the question writes them."""
    answered = answered_parts(readings)
    return tuple(reading.part for reading in readings if reading not in answered)


def unmentioned_names(question: str, asked: ParsedQuestion) -> tuple[str, ...]:
    """The names in the question that no article has, as the question writes them; days and months are none."""
    words = [word.strip(".,;:!?'\"()“”‘’") for word in question.split()[1:]]
    unknown = set(without_time_terms(asked.unknown_terms))
    return tuple(word for word in words if word[:1].isupper() and set(terms(word)) & unknown)
