"""Sentences that were read for a question, and how good an answer each is."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from bot.formatting import format_date
from retrieval.documents import Article, Hit
from retrieval.text.language import ENGLISH
from retrieval.text.sentences import Span
from retrieval.text.terms import terms


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """A sentence that was read for a question.

    `score` orders all sentences read for one question: the reader's `logit`, and what the search says of the passage.
    `passage` is the reader's logit of the passage's answering at all. `answer` is the span of the words that answer.
    Spans are characters of the article. `probability` is that of answering, where the sentence was not judged by the
    reader, which knows English alone. `doubt` is what its logits lost, because the passage is of other names or days.
    """

    hit: Hit
    article: Article
    span: Span
    score: float
    logit: float
    passage: float
    answer: Span | None = None
    probability: float | None = None
    doubt: float = 0.0

    @property
    def text(self) -> str:
        """The sentence on one line."""
        return " ".join(self.article.text[slice(*self.span)].split())


@dataclass(frozen=True, slots=True)
class PartReading:
    """One part of a question, the sentences read for it, best first, and the probability that they answer."""

    part: str
    sentences: tuple[ReadSentence, ...]
    evidence: float = 0.0


@dataclass(frozen=True, slots=True)
class SentenceWeights:
    """What the signals beside the reader's logit add to a sentence's score.

    `place` weighs the inverse of the passage's place among the hits, `cosine` its cosine, `coverage` the share of the
    question's IDF that the sentence has. Fitted with the answerability.
    """

    place: float
    cosine: float
    coverage: float


WEIGHTS = SentenceWeights(place=0.75, cosine=1.5, coverage=0.55)
HEADLINE_SHARE = 0.35  # what a term counts that only the headline or the heading has


def sentence_score(logit: float, hit: Hit, place: float, covered: float, weights: SentenceWeights = WEIGHTS) -> float:
    """The score of a sentence; `place` is 1 for the first hit, a half for the second, ..., 0 for other passages."""
    return logit + weights.place * place + weights.cosine * hit.dense + weights.coverage * covered


def passage_context(hit: Hit) -> str:
    """What the reader gets beside a passage: headline, heading and day."""
    return " · ".join(part for part in (hit.title, hit.passage.heading, format_date(hit.published)) if part)


def context_terms(hit: Hit) -> frozenset[str]:
    """The terms of a passage's headline and heading."""
    return frozenset(terms(f"{hit.title} {hit.passage.heading}", hit.language))


def coverage(idf: Mapping[str, float], text: str, around: AbstractSet[str], language: str = ENGLISH) -> float:
    """The share of a question's IDF that a sentence has, in part for terms of the headline and heading around it."""
    own, total = set(terms(text, language)), sum(idf.values())
    found = sum(weight * (1.0 if term in own else HEADLINE_SHARE * (term in around)) for term, weight in idf.items())
    return found / total if total else 0.0


def best_first(read: Iterable[ReadSentence]) -> tuple[ReadSentence, ...]:
    """Sentences by score; of one that two passages have a part of, the better reading."""
    best: dict[tuple[str, Span], ReadSentence] = {}
    for sentence in read:
        key = (sentence.article.id, sentence.span)
        if key not in best or best[key].score < sentence.score:
            best[key] = sentence
    return tuple(sorted(best.values(), key=lambda sentence: -sentence.score))
