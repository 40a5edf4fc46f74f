"""A question to the passages that may answer it: Chroma and tantivy side by side, fused, filtered, copies once."""

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date

from retrieval.catalog.filters import Filters
from retrieval.catalog.reader import CatalogReader
from retrieval.documents import Hit, QuoteHit
from retrieval.errors import EmbeddingUnavailable, IndexUnavailable
from retrieval.index import pending
from retrieval.index.store import Store
from retrieval.quotes.speakers.speaker_index import SpeakerMatch
from retrieval.search.deduplication import deduplicate
from retrieval.search.filtered_search import ArticleScope, article_scope, best_in_scope
from retrieval.search.question_analysis import ParsedQuestion, question_phrases
from retrieval.search.quote_intent import intent_for_speaker, parse_quote_intent
from retrieval.search.quote_search import QuoteSearch, _others, _remarks, _said
from retrieval.search.ranking import rank, text_score
from retrieval.text.dates import asks_for_latest, days_in_question, without_time_terms
from retrieval.text.terms import content_terms

DEFAULT_HITS = 10
CANDIDATES = 40  # of each index; 60 and 100 ranked no better on evals `news` and `quotes`


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The hits for one question, best first, and how the question was understood."""

    hits: tuple[Hit, ...]
    asked: ParsedQuestion
    without_vectors: str = ""  # why, when words alone were searched
    remarks: tuple[QuoteHit, ...] = ()  # the words asked for, best first, where a question asks for somebody's
    match: SpeakerMatch = field(default=SpeakerMatch(()))  # whose
    others: tuple[QuoteHit, ...] = ()  # what they speak about where it is not what was asked, newest first


class Search:
    """Searches one store; safe to share between threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._pool = ThreadPoolExecutor(4, thread_name_prefix="dense")

    def close(self) -> None:
        """Stop the threads; the store stays open."""
        self._pool.shutdown(cancel_futures=True)

    def record(self, catalog: CatalogReader | None = None) -> QuoteSearch:
        """Who is on record now, or in `catalog`, where whoever asks goes on reading it. Raises IndexUnavailable."""
        return QuoteSearch(catalog or self._store.catalog, self._store.bm25)

    def warm(self) -> None:
        """Start loading what the first question needs, without waiting for it."""
        self._pool.submit(lambda: self._store.vectors.warm())

    def __call__(
        self,
        question: str,
        k: int = DEFAULT_HITS,
        *,
        filters: Filters | None = None,
        today: date | None = None,
        catalog: CatalogReader | None = None,
    ) -> SearchResult:
        """The `k` best passages, near-duplicates counted once; of `catalog`, where whoever asks goes on reading it."""
        limits = filters or Filters()
        asked = self._ask(question, limits.speaker, today or date.today())
        if catalog is None:
            with self._store.catalog.snapshot() as moment:
                return self._find(question, k, asked, limits, self.record(moment))
        return self._find(question, k, asked, limits, self.record(catalog))

    def _find(self, question: str, k: int, asked: ParsedQuestion, limits: Filters, record: QuoteSearch) -> SearchResult:
        catalog = record.catalog
        scope = article_scope(catalog, limits)
        if scope and scope.is_empty:
            match = record.find(asked.speech.titled) if asked.speech and asked.speech.name else SpeakerMatch(())
            return SearchResult((), asked, match=match)
        dense = self._pool.submit(self._dense, question, scope)
        match, said = _said(record, asked.speech, limits)
        named = scope.named if scope else None
        words = dict(
            best_in_scope(catalog, scope, CANDIDATES, lambda k: self._store.bm25.search(asked.terms, k, named))
        )
        candidates = _with_speech(catalog.hits([*words, *said]), said)
        texts = {key: text_score(asked, hit) for key, hit in candidates.items()}  # while the other index is searched
        try:
            near, trouble = dict(dense.result()), ""
        except (EmbeddingUnavailable, IndexUnavailable) as exc:
            near, trouble = {}, str(exc)
        others = catalog.hits([key for key in near if key not in candidates])
        candidates |= others
        texts |= {key: text_score(asked, hit) for key, hit in others.items()}
        scored = [replace(hit, bm25=words.get(key, 0.0), dense=near.get(key, 0.0)) for key, hit in candidates.items()]
        hits = _with_copies(catalog, deduplicate(rank(asked, scored, texts), k))
        remarks = _remarks(record, asked.speech, match, limits, hits)
        instead = () if remarks or not match.voices else tuple(_others(record, match.likeliest, limits))
        return SearchResult(hits, asked, trouble, remarks, match, instead)

    def _ask(self, question: str, speaker: str, today: date) -> ParsedQuestion:
        speech = intent_for_speaker(speaker, question) if speaker else parse_quote_intent(question)
        terms = list(dict.fromkeys([*content_terms(question), *(speech.speaker if speech else ())]))
        frequencies, total = self._store.bm25.document_frequencies(terms)
        weight = {term: math.log(1 + (total - df + 0.5) / (df + 0.5)) for term, df in frequencies.items()}
        since, until = days_in_question(question, today)
        if speech:
            topic = frozenset(without_time_terms(speech.topic))
            speech = replace(speech, topic=topic, about=speech.about if topic else "")
        unknown = frozenset(term for term, df in frequencies.items() if df == 0)
        return ParsedQuestion(
            tuple(terms),
            question_phrases(question),
            weight,
            speech,
            since,
            until,
            asks_for_latest(question),
            unknown,
            total,
        )

    def _dense(self, question: str, scope: ArticleScope | None) -> list[tuple[str, float]]:
        catalog, vectors = self._store.catalog, self._store.vectors
        generation = pending.vector_generation(catalog)
        vector = vectors.embed_question(question)
        among = catalog.passage_ids_of(scope.named, embedded=True) if scope and scope.named is not None else None
        return best_in_scope(
            catalog, scope, CANDIDATES, lambda k: vectors.search(vector, k, generation=generation, among=among)
        )


def _with_speech(hits: dict[str, Hit], said: dict[str, float]) -> dict[str, Hit]:
    return hits | {key: replace(hits[key], quote_score=fit) for key, fit in said.items() if key in hits}


def _with_copies(catalog: CatalogReader, hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Hits with the articles of which their own are kept."""
    copies = catalog.copy_ids([hit.passage.article for hit in hits])
    return tuple(_with(hit, copies.get(hit.passage.article, ())) for hit in hits)


def _with(hit: Hit, copies: Sequence[str]) -> Hit:
    return replace(hit, copies=tuple(dict.fromkeys((*hit.copies, *copies)))) if copies else hit
