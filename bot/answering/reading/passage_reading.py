"""Read what the search found: which sentences answer the question, and with which words."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from itertools import chain
from math import inf
from typing import TYPE_CHECKING

from bot.answering.questions.question_parts import has_pronoun, is_bare, question_parts
from bot.answering.reading.following import FOLLOWS, NOTHING_BEFORE, Before
from bot.answering.reading.foreign_reading import Similarity, read_by_similarity, read_by_words
from bot.answering.reading.read_sentences import (
    PartReading,
    ReadSentence,
    best_first,
    context_terms,
    coverage,
    passage_context,
    sentence_score,
)
from bot.answering.reading.reading_apart import read_apart
from retrieval.catalog.reader import CatalogReader
from retrieval.documents import Article, Hit
from retrieval.errors import EmbeddingUnavailable
from retrieval.search.hybrid_search import SearchResult
from retrieval.search.question_analysis import ParsedQuestion
from retrieval.text.dates import without_time_terms
from retrieval.text.language import ENGLISH
from retrieval.text.prompt_injection import is_injected
from retrieval.text.sentences import PARAGRAPH_BREAK, Span, sentence_spans
from retrieval.text.terms import content_terms, name_terms, terms

if TYPE_CHECKING:
    from retrieval.models.minilm.reader import ReadablePassage, Reader

READ_HITS, READ_NEAREST, READ_QUOTES = 8, 4, 4  # passages; what is read takes most of an answer's time
EARLIER_PLACE = 2.0  # added to the place of passages of the articles that were talked of last
READ_OF_ARTICLE = 9  # passages of one article that is read from its start, some 6,000 characters
WORDS_WEIGHT, WORDS_BAR = 8.0, 0.6  # without a reader: log-odds of a sentence by the share of the question it has
STRANGER = 3.0  # taken off the logits of an article that has none of the names in the question: another town's bridge
AGREEMENT = 0.5  # the share of what an article lacks in the other parts of a question that its sentences lose in one
# The same of a passage of other days, where a question names MAX_DAYS or fewer: another weekend's match.
OTHER_DAYS, MAX_DAYS, NEAR_DAYS = 2.0, timedelta(days=14), timedelta(days=3)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage to read: its hit, its place among the hits (1, 1/2, ..., else 0), its sentences within the article."""

    hit: Hit
    place: float
    article: Article
    sentences: tuple[Span, ...]

    def readable(self) -> "ReadablePassage":
        """The passage with its context, as the reader was trained to read it."""
        from retrieval.models.minilm.reader import ReadablePassage

        passage = self.hit.passage
        clipped = ((max(start, passage.start), min(end, passage.end)) for start, end in self.sentences)
        spans = tuple((start - passage.start, end - passage.start) for start, end in clipped)
        return ReadablePassage(passage_context(self.hit), passage.text, spans)


@cache
def load_reader() -> "Reader | None":
    """The packaged reader, loaded once; None, with one warning, where the packaged network is missing."""
    from retrieval.models.minilm.reader import packaged_reader

    try:
        return packaged_reader()
    except EmbeddingUnavailable as exc:
        _log.warning("%s Until then, answers are chosen by the words they share with the question.", exc)
        return None


def read_question(
    question: str,
    found: SearchResult,
    catalog: CatalogReader,
    similarity: Similarity | None = None,
    before: Before = NOTHING_BEFORE,
) -> list[PartReading]:
    """Read the best passages found for a question, the nearest by cosine, those of quotes and of earlier answers.

    One reading a part of the question; a later part is read after those before it, and alone where it may stand so. A
    question that follows others is read alone and after those `before` it, too, and what was told is left behind; of
    any other question the best sentences are read apart from their passages as well. The reader knows English alone.
    Other passages are read by `similarity`, the cosines of a multilingual embedding; without one, those in the
    question's language by the words they share with it.
    """
    candidates = _candidates(found, catalog)
    is_english = found.question.language == ENGLISH
    readable = [one for one in candidates if is_english and one.hit.language == ENGLISH]
    others = [one for one in candidates if one not in readable]
    reader = load_reader() if readable else None
    parts = question_parts(question)
    doubted = _of_other_days(found.question, [one.hit for one in readable])
    read = list[PartReading]()
    for at, part in enumerate(parts):
        wanted = set(content_terms(part, found.question.language))
        idf = {term: idf for term, idf in found.question.idf.items() if term in wanted} or found.question.idf
        readings = {asked: list(_read(asked, idf, readable, reader, doubted)) for asked in _forms(part, parts[:at])}
        asked = max(readings, key=lambda form: max((one.logit for one in readings[form]), default=-inf))
        sentences = readings[asked]
        if before.questions and at == 0:
            following = _read(FOLLOWS.join([*before.questions, before.turn]), idf, readable, reader, doubted)
            sentences = [before.weigh(*pair) for pair in zip(sentences, following, strict=True)]
        elif reader:
            sentences = read_apart(asked, best_first(sentences), reader)
        if before.asks_else:
            sentences = [one for one in sentences if not before.has_told(one.text)]
        foreign = _read_foreign(part, found.question.language, idf, others, similarity)
        read.append(PartReading(part, best_first(chain(sentences, foreign))))
    return _agreeing(read)


def _agreeing(readings: Sequence[PartReading]) -> list[PartReading]:
    """The readings of a question's parts, which one article rather answers than several.

    A sentence loses a share of what its article lacks of the best score in the other parts.
    """
    best = [{one.article.id: one.score for one in reversed(reading.sentences)} for reading in readings]

    def agreeing(one: ReadSentence, others: Sequence[Mapping[str, float]]) -> ReadSentence:
        lack = sum(max(other.values()) - other[one.article.id] for other in others if one.article.id in other)
        return replace(one, score=one.score - AGREEMENT * lack)

    return [
        replace(one, sentences=best_first(agreeing(told, best[:at] + best[at + 1 :]) for told in one.sentences))
        for at, one in enumerate(readings)
    ]


def _forms(part: str, earlier: Sequence[str]) -> list[str]:
    """How a part is read: after those before it; alone, too, where its form does not tell that it needs them."""
    following = FOLLOWS.join([*earlier, part])
    return [following] if not earlier or has_pronoun(part) or is_bare(part) else [following, part]


def read_article(question: str, article: str, catalog: CatalogReader) -> list[ReadSentence]:
    """Read one article from its start; its sentences in their order. Raises UnknownArticle."""
    whole = catalog.article(article)
    hits = sorted(catalog.hits(catalog.passage_ids_of([article])).values(), key=lambda hit: hit.passage.start)
    candidates = [
        Candidate(hit, 0.0, whole, tuple(_whole_sentences(whole.text, hit, catalog))) for hit in hits[:READ_OF_ARTICLE]
    ]
    idf = dict.fromkeys(content_terms(question), 1.0)
    return sorted(
        best_first(_read(question, idf, candidates, load_reader(), frozenset())), key=lambda sentence: sentence.span
    )


def question_to_read(found: SearchResult) -> str:
    """The question as it is read: with its spelling corrected, and with the speaker whom a filter names."""
    question, intent = found.question.text, found.question.quote_intent
    if intent and intent.from_filter and intent.speaker_name.lower() not in question.lower():
        return f"What did {intent.speaker_name} say about {intent.topic_text or question}?"
    return question


def in_reading_order(found: SearchResult, readings: Sequence[PartReading]) -> SearchResult:
    """The result with the passages that were read before its other hits, that of the best sentence first."""
    best: dict[str, ReadSentence] = {}
    for sentence in (sentence for reading in readings for sentence in reading.sentences):
        kept = best.setdefault(sentence.hit.passage.id, sentence)
        if kept.score < sentence.score:
            best[sentence.hit.passage.id] = sentence
    ordered = [sentence.hit for sentence in sorted(best.values(), key=lambda sentence: -sentence.score)]
    return replace(found, hits=(*ordered, *(hit for hit in found.hits if hit.passage.id not in best)))


def _candidates(found: SearchResult, catalog: CatalogReader) -> list[Candidate]:
    places = {hit.passage.id: 1 / at for at, hit in enumerate(found.hits, start=1)}
    for hit in found.earlier:
        places[hit.passage.id] = places.get(hit.passage.id, 0.0) + EARLIER_PLACE
    others = (*_quoted_passages(found, catalog), *found.nearest[:READ_NEAREST], *found.earlier)
    hits = {hit.passage.id: hit for hit in (*others, *found.hits[:READ_HITS])}
    articles = {key: catalog.article(key) for key in {hit.passage.article for hit in hits.values()}}
    return [
        Candidate(hit, places.get(key, 0.0), article, tuple(_whole_sentences(article.text, hit, catalog)))
        for key, hit in hits.items()
        for article in [articles[hit.passage.article]]
    ]


def _quoted_passages(found: SearchResult, catalog: CatalogReader) -> list[Hit]:
    """The passages of the first quotes found for a question that asks for somebody's words."""
    if found.question.quote_intent is None:
        return []
    places = catalog.passage_ids_at((hit.article, hit.quote.start) for hit in found.speaker_quotes[:READ_QUOTES])
    return list(catalog.hits(list(dict.fromkeys(places.values()))).values())


def _read(
    question: str,
    idf: Mapping[str, float],
    candidates: Sequence[Candidate],
    reader: "Reader | None",
    doubted: AbstractSet[str],
) -> Iterator[ReadSentence]:
    """The sentences of all candidates; `doubted` are passages of other days.

    A sentence or quotation that crosses a passage's end is read as far as the passage has it, and is given whole.
    """
    if reader is None:
        yield from _read_by_words(idf, candidates)
        return
    readings = reader(question, [candidate.readable() for candidate in candidates])
    strangers = _without_names(question, candidates)
    for one, reading in zip(candidates, readings, strict=True):
        doubt = STRANGER if one.article.id in strangers else 0.0
        doubt += OTHER_DAYS if one.hit.passage.id in doubted else 0.0
        around = context_terms(one.hit)
        for span, logit, words in zip(one.sentences, reading.sentences, reading.answers, strict=True):
            covered = coverage(idf, one.article.text[slice(*span)], around)
            score = sentence_score(logit - doubt, one.hit, one.place, covered)
            start = one.hit.passage.start
            answer = (start + words[0], start + words[1]) if words else None
            logits = logit - doubt, reading.passage - doubt
            yield ReadSentence(one.hit, one.article, span, score, *logits, answer, doubt=doubt)


def _without_names(question: str, candidates: Sequence[Candidate]) -> frozenset[str]:
    """The articles that have none of the names in a question, which has some; figures, days and months are none."""
    names = {name for name in without_time_terms(name_terms(question)) if not name.isdigit()}
    articles = {one.article.id: one.article for one in candidates} if names else {}
    return frozenset(
        key for key, one in articles.items() if names.isdisjoint(terms(f"{one.title} {one.text} {one.outlet}"))
    )


def _of_other_days(question: ParsedQuestion, hits: Sequence[Hit]) -> frozenset[str]:
    """The passages that were published far from the few days a question names and do not have its numbers.

    There are none where nothing was published near these days.
    """
    if not question.since or not question.until:
        return frozenset()
    since, until = date.fromisoformat(question.since), date.fromisoformat(question.until)
    if until - since > MAX_DAYS:
        return frozenset()
    near = replace(question, since=(since - NEAR_DAYS).isoformat(), until=(until + NEAR_DAYS).isoformat())
    others = [hit for hit in hits if not near.covers(hit.published)]
    if len(others) == len(hits):
        return frozenset()
    return frozenset(hit.passage.id for hit in others if not question.has_numbers_in(hit.passage.text))


def _read_foreign(
    question: str,
    language: str,
    idf: Mapping[str, float],
    candidates: Sequence[Candidate],
    similarity: Similarity | None,
) -> Iterator[ReadSentence]:
    """The sentences of candidates that the reader does not know the language of, or not that of the question."""
    passages = [(one.hit, one.article, one.sentences) for one in candidates]
    if similarity is None:
        return read_by_words(idf, [passage for passage in passages if passage[0].language == language])
    return read_by_similarity(question, passages, similarity)


def _read_by_words(idf: Mapping[str, float], candidates: Sequence[Candidate]) -> Iterator[ReadSentence]:
    """Without a reader: judge sentences by the share of the question's words that they and their headline have."""
    for one in candidates:
        around = context_terms(one.hit)
        for span in one.sentences:
            odds = WORDS_WEIGHT * (coverage(idf, one.article.text[slice(*span)], around) - WORDS_BAR)
            yield ReadSentence(one.hit, one.article, span, odds, odds, odds)


def _whole_sentences(text: str, hit: Hit, catalog: CatalogReader) -> list[Span]:
    """The sentences that a passage has a part of, each as long as it is within its paragraph; none of one with orders.

    They are taken from the neighbouring passages, so that nothing but the article's body is among them.
    """
    passage = hit.passage
    breaks = [match.span() for match in PARAGRAPH_BREAK.finditer(text)]
    first = max([end for _, end in breaks if end <= passage.start], default=0)
    last = min([start for start, _ in breaks if start >= passage.end], default=len(text))
    around = catalog.neighbouring_passages(passage)
    start = max(first, min(one.start for one in around))
    end = min(last, max(one.end for one in around))
    found = (span for span in sentence_spans(text, start, end) if span[0] < passage.end and passage.start < span[1])
    return [span for span in found if not is_injected(text, span)]
