"""Read what the search found: which sentences answer the question, and with which words."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from bot.answering.questions.question_parts import question_parts, stands_alone
from bot.answering.reading.read_sentences import (
    PartReading,
    ReadSentence,
    best_first,
    context_terms,
    coverage,
    sentence_score,
)
from bot.answering.verification.prompt_injection import is_injected
from bot.formatting import format_date
from retrieval.catalog.reader import CatalogReader
from retrieval.documents import Article, Hit, indexed_text
from retrieval.errors import EmbeddingUnavailable
from retrieval.search.hybrid_search import SearchResult
from retrieval.text.sentences import PARAGRAPH_BREAK, Span, sentence_spans
from retrieval.text.terms import content_terms, name_terms, terms

if TYPE_CHECKING:
    from retrieval.models.minilm.reader import ReadablePassage, Reader

READ_HITS, READ_NEAREST, READ_QUOTES = 8, 4, 4  # passages; what is read takes most of an answer's time
WORDS_WEIGHT, WORDS_BAR = 8.0, 0.6  # without a reader: log-odds of a sentence by the share of the question it has
STRANGER = 3.0  # taken off the logits of a passage that has none of the names in the question: another town's bridge
FOLLOWS = " | "  # between a question and the one that follows it, as the reader was trained

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


def read_question(question: str, found: SearchResult, catalog: CatalogReader) -> list[PartReading]:
    """Read the best passages found for a question, the nearest by cosine and those of quotes among them.

    One reading a part of the question; a later part that does not stand alone is read after the one before.
    """
    candidates, reader = _candidates(found, catalog), load_reader()
    parts = question_parts(question)
    read = list[PartReading]()
    for earlier, part in zip(["", *parts], parts, strict=False):
        wanted = set(content_terms(part))
        idf = {term: idf for term, idf in found.question.idf.items() if term in wanted} or found.question.idf
        asked = FOLLOWS.join([earlier, part]) if earlier and not stands_alone(part) else part
        read.append(PartReading(part, best_first(_read(asked, idf, candidates, reader))))
    return read


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


def passage_context(hit: Hit) -> str:
    """What the reader gets beside a passage: headline, heading and day."""
    return " · ".join(part for part in (hit.title, hit.passage.heading, format_date(hit.published)) if part)


def _candidates(found: SearchResult, catalog: CatalogReader) -> list[Candidate]:
    places = {hit.passage.id: 1 / at for at, hit in enumerate(found.hits, start=1)}
    hits = {
        hit.passage.id: hit
        for hit in (*_quoted_passages(found, catalog), *found.nearest[:READ_NEAREST], *found.hits[:READ_HITS])
    }
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
    question: str, idf: Mapping[str, float], candidates: Sequence[Candidate], reader: "Reader | None"
) -> Iterator[ReadSentence]:
    """The sentences of all candidates but those that give orders.

    A sentence or quotation that crosses a passage's end is read as far as the passage has it, and is given whole.
    """
    if reader is None:
        yield from _read_by_words(idf, candidates)
        return
    readings = reader(question, [candidate.readable() for candidate in candidates])
    names = set(name_terms(question))
    for one, reading in zip(candidates, readings, strict=True):
        doubt = STRANGER if names and names.isdisjoint(terms(f"{indexed_text(one.hit)} {one.hit.outlet}")) else 0.0
        around = context_terms(one.hit)
        for span, logit, words in zip(one.sentences, reading.sentences, reading.answers, strict=True):
            if not is_injected(one.article.text, span):
                covered = coverage(idf, one.article.text[slice(*span)], around)
                score = sentence_score(logit - doubt, reading.passage - doubt, one.hit, one.place, covered)
                start = one.hit.passage.start
                answer = (start + words[0], start + words[1]) if words else None
                yield ReadSentence(one.hit, one.article, span, score, logit - doubt, reading.passage - doubt, answer)


def _read_by_words(idf: Mapping[str, float], candidates: Sequence[Candidate]) -> Iterator[ReadSentence]:
    """Without a reader: judge sentences by the share of the question's words that they and their headline have."""
    for one in candidates:
        around = context_terms(one.hit)
        for span in one.sentences:
            if not is_injected(one.article.text, span):
                odds = WORDS_WEIGHT * (coverage(idf, one.article.text[slice(*span)], around) - WORDS_BAR)
                yield ReadSentence(one.hit, one.article, span, odds, odds, odds)


def _whole_sentences(text: str, hit: Hit, catalog: CatalogReader) -> list[Span]:
    """The sentences that a passage has a part of, each as long as it is within its paragraph.

    They are taken from the neighbouring passages, so that nothing but the article's body is among them.
    """
    passage = hit.passage
    breaks = [match.span() for match in PARAGRAPH_BREAK.finditer(text)]
    first = max([end for _, end in breaks if end <= passage.start], default=0)
    last = min([start for start, _ in breaks if start >= passage.end], default=len(text))
    around = catalog.neighbouring_passages(passage)
    start = max(first, min(one.start for one in around))
    end = min(last, max(one.end for one in around))
    return [span for span in sentence_spans(text, start, end) if span[0] < passage.end and passage.start < span[1]]
