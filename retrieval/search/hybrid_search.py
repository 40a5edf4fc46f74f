"""Search the articles for a question: BM25 and vectors side by side, one ranking, duplicates once, quotes attached."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

from retrieval.catalog.filters import Filters
from retrieval.catalog.reader import CatalogReader
from retrieval.documents import Hit, QuoteHit
from retrieval.index import pending
from retrieval.index.store import Store
from retrieval.quotes.speakers.speaker_index import NO_SPEAKER, SpeakerMatch
from retrieval.search.candidates import collect_candidates, dense_passages
from retrieval.search.deduplication import attach_copies, deduplicate
from retrieval.search.filtered_search import article_scope
from retrieval.search.question_analysis import ParsedQuestion, analyse_question
from retrieval.search.quote_search import (
    QuoteSearch,
    match_speaker,
    other_quotes,
    quotes_for_question,
    score_passages_by_quotes,
)
from retrieval.search.ranking import rank

DEFAULT_HITS = 10


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The hits for one question, best first, and how the question was understood.

    `why_no_vectors` says why BM25 alone was searched, empty where both indexes were. Of a question that asks for
    quotes, `speaker_match` is whose it asks for, `speaker_quotes` are those that answer it, best first, and
    `other_quotes` where none does what the same speakers say on other topics, newest first.
    """

    hits: tuple[Hit, ...]
    question: ParsedQuestion
    why_no_vectors: str = ""
    speaker_quotes: tuple[QuoteHit, ...] = ()
    speaker_match: SpeakerMatch = NO_SPEAKER
    other_quotes: tuple[QuoteHit, ...] = ()


class Search:
    """Searches one store; safe to share between threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._pool = ThreadPoolExecutor(4, thread_name_prefix="dense")

    def close(self) -> None:
        """Stop the threads; the store stays open."""
        self._pool.shutdown(cancel_futures=True)

    def quote_search(self, catalog: CatalogReader | None = None) -> QuoteSearch:
        """A search of the quotes in the catalog, or in the caller's snapshot of it. Raises IndexUnavailable."""
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
        """The `k` best passages, near-duplicates counted once. Raises IndexUnavailable.

        `catalog` is a snapshot that the caller goes on reading; without it the search takes one of its own.
        """
        filters = filters or Filters()
        parsed = analyse_question(question, self._store.bm25, today=today or date.today(), speaker=filters.speaker)
        if catalog is not None:
            return self._search(parsed, k, filters, catalog)
        with self._store.catalog.snapshot() as snapshot:
            return self._search(parsed, k, filters, snapshot)

    def _search(self, question: ParsedQuestion, k: int, filters: Filters, catalog: CatalogReader) -> SearchResult:
        quote_search, intent = self.quote_search(catalog), question.quote_intent
        scope = article_scope(catalog, filters)
        if scope and scope.is_empty:
            return SearchResult((), question, speaker_match=match_speaker(quote_search, intent))
        has_vectors = pending.has_vectors(catalog)
        dense_search = self._pool.submit(dense_passages, self._store, question.text, scope, has_vectors=has_vectors)
        match = match_speaker(quote_search, intent)
        candidates = collect_candidates(
            catalog,
            self._store.bm25,
            question,
            scope,
            quote_scores=score_passages_by_quotes(quote_search, intent, match, filters),
            dense_search=dense_search,
        )
        distinct = deduplicate(rank(question, candidates.hits, candidates.text_scores), k)
        hits = attach_copies(distinct, catalog.copy_ids([hit.passage.article for hit in distinct]))
        quotes = quotes_for_question(quote_search, intent, match, filters, hits)
        others = () if quotes else other_quotes(quote_search, match, filters)
        return SearchResult(hits, question, candidates.why_no_vectors, quotes, match, others)
