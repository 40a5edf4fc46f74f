"""Decide from what was read whether the articles answer a question."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

from bot.answering.reading.read_sentences import PartReading, ReadSentence
from retrieval.search.question_analysis import ParsedQuestion
from retrieval.text.dates import without_time_terms
from retrieval.text.terms import terms

ANSWER_THRESHOLD = 0.5


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


READER = Calibration(0.41, 0.32, -0.24, 0.81, -0.35)
TYPICAL_COSINE = 0.55  # taken where cosines prove nothing


def answer_probability(
    read: Sequence[ReadSentence], *, has_cosines: bool = True, calibration: Calibration = READER
) -> float:
    """The probability that what was read answers, 0 to 1; from ANSWER_THRESHOLD on it is answered.

    Without `has_cosines`, while passages are not yet embedded or where another model embedded them, a low cosine is
    not held against the articles.
    """
    likely = max((one.probability for one in read if one.probability is not None), default=0.0)
    return max(likely, _reader_probability([one for one in read if one.probability is None], has_cosines, calibration))


def _reader_probability(read: Sequence[ReadSentence], has_cosines: bool, calibration: Calibration) -> float:
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


def likely_parts(readings: Sequence[PartReading]) -> list[PartReading]:
    """The parts of a question that what was read answers."""
    return [reading for reading in readings if reading.evidence >= ANSWER_THRESHOLD]


def answered_parts(readings: Sequence[PartReading]) -> list[PartReading]:
    """The parts of a question that what was read answers; the likeliest one where that is none."""
    return likely_parts(readings) or [max(readings, key=lambda reading: reading.evidence)]


def unanswered_parts(readings: Sequence[PartReading]) -> tuple[str, ...]:
    """The parts of a question that nothing that was read answers, as the question writes them."""
    answered = answered_parts(readings)
    return tuple(reading.part for reading in readings if reading not in answered)


def unmentioned_names(question: str, asked: ParsedQuestion, *, speaker_is_known: bool = False) -> tuple[str, ...]:
    """The names in the question that no article has, as the question writes them; days and months are none.

    A speaker who is known bears another form of the name, such as `J.D.` for `JD`.
    """
    words = [word.strip(".,;:!?'\"()“”‘’") for word in question.split()[1:]]
    intent = asked.quote_intent
    known = set(intent.titled_name.split()) if intent and speaker_is_known else set[str]()
    unknown = set(without_time_terms(asked.unknown_terms))
    return tuple(word for word in words if word[:1].isupper() and word not in known and set(terms(word)) & unknown)
