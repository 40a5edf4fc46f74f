"""Read passages in languages that the reader does not know: sentences by their cosine to the question, or by words."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import exp

from bot.answering.reading.read_sentences import ReadSentence, context_terms, coverage
from retrieval.documents import Article, Hit
from retrieval.text.sentences import Span
from retrieval.text.terms import UNSPACED_LANGUAGES

Similarity = Callable[[str, Sequence[str]], Sequence[float]]
"""The cosine of each text to a question, by a multilingual embedding."""

SIMILAR_PASSAGES = 6  # whose sentences are compared with the question; each takes some 20 ms
# A sentence answers from BAR on. Of the nearest sentences to 29 questions of evals `asked` (kind `language`) and to the
# same ones without their article, 93 % of those that answer reached it, 39 % of the others; `python -m evals.languages`
# fits BAR and SLOPE again.
BAR, SLOPE = 0.814, 22.8
SCALE = 100.0  # of scores: a neighbour within 0.03 is told as well, a second sentence only where both are very near
# By words, a sentence answers from this share of the question's IDF. On 102 questions of XQuAD a language, 70 to
# 86 % of those with their passage reached it in German, Russian, Spanish and Arabic, 3 to 20 % of those without; in
# Chinese, where many pairs of characters are no words, 76 and 11 %.
WORDS_BAR, UNSPACED_BAR, WORDS_SLOPE = 0.4, 0.25, 24.0
_QUESTION_MARKS = tuple("?？؟")


def read_by_similarity(
    question: str, passages: Sequence[tuple[Hit, Article, Sequence[Span]]], similarity: Similarity
) -> Iterator[ReadSentence]:
    """The sentences of the passages nearest to the question, each with how likely it answers."""
    sentences = nearest_statements(passages)
    cosines = similarity(question, [sentence_in_context(*sentence) for sentence in sentences])
    for (hit, article, span), cosine in zip(sentences, cosines, strict=True):
        odds = SLOPE * (cosine - BAR)
        score = SCALE * (cosine - BAR)
        yield ReadSentence(hit, article, span, score, odds, odds, probability=1 / (1 + exp(-odds)))


def read_by_words(
    idf: Mapping[str, float], passages: Sequence[tuple[Hit, Article, Sequence[Span]]]
) -> Iterator[ReadSentence]:
    """The sentences of passages in the question's language, each with how likely it answers by the words it shares.

    `idf` are the terms of the question.
    """
    for hit, article, span in _statements(passages):
        bar = UNSPACED_BAR if hit.language in UNSPACED_LANGUAGES else WORDS_BAR
        covered = coverage(idf, article.text[slice(*span)], context_terms(hit), hit.language)
        odds = WORDS_SLOPE * (covered - bar)
        yield ReadSentence(hit, article, span, odds, odds, odds, probability=1 / (1 + exp(-odds)))


def nearest_statements(
    passages: Sequence[tuple[Hit, Article, Sequence[Span]]],
) -> list[tuple[Hit, Article, Span]]:
    """The sentences that are compared with a question: those of the nearest passages that are no questions."""
    return _statements(sorted(passages, key=lambda one: -one[0].dense)[:SIMILAR_PASSAGES])


def _statements(passages: Sequence[tuple[Hit, Article, Sequence[Span]]]) -> list[tuple[Hit, Article, Span]]:
    """The sentences of passages that are no questions, which answer nothing."""
    return [
        (hit, article, span)
        for hit, article, spans in passages
        for span in spans
        if not article.text[slice(*span)].endswith(_QUESTION_MARKS)
    ]


def sentence_in_context(hit: Hit, article: Article, span: Span) -> str:
    """A sentence below its headline, which says what `it` and `there` are."""
    return f"{hit.title}\n{' '.join(article.text[slice(*span)].split())}"
