"""Search the articles for a question: BM25 and vectors side by side, one ranking, duplicates once, quotes attached."""

import re
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from retrieval.catalog.archive import languages, weekdays_until
from retrieval.catalog.filters import ArticleScope, Filters
from retrieval.catalog.reader import CatalogReader
from retrieval.documents import Hit, QuoteHit
from retrieval.index import pending
from retrieval.index.store import Store
from retrieval.models.embedding_names import MINILM
from retrieval.quotes.speaker_index.lookup import NO_SPEAKER, SpeakerMatch
from retrieval.search.candidates import collect_candidates, dense_passages
from retrieval.search.deduplication import attach_copies, deduplicate
from retrieval.search.filtered_search import RankedPassages, article_scope
from retrieval.search.question_analysis import (
    ParsedQuestion,
    analyse_foreign_question,
    analyse_question,
    correct_spelling,
    names_in_articles,
)
from retrieval.search.quote_search import (
    ON_TOPIC,
    QuoteSearch,
    match_speaker,
    other_quotes,
    quotes_for_question,
    score_passages_by_quotes,
)
from retrieval.search.ranking import rank
from retrieval.text.language import ENGLISH, question_language

DEFAULT_HITS = 10
NEAREST = 6  # passages nearest by cosine that are looked at beside the hits
FUSION = 10  # added to ranks: what two searches find comes before what one of them has first


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The hits for one question, best first, and how the question was understood.

    `nearest` are the passages nearest by cosine that are not among the hits: a question in other words than the
    article's has its answer there. `why_no_vectors` says why BM25 alone was searched, empty where both indexes were.
    Of a question that asks for quotes, `speaker_match` is whose it asks for, `speaker_quotes` are those that answer
    it, best first, and `other_quotes` where none does what the same speakers say on other topics, newest first.
    `earlier` are passages of the articles that the conversation is about, where the question follows an answer.
    """

    hits: tuple[Hit, ...]
    question: ParsedQuestion
    why_no_vectors: str = ""
    speaker_quotes: tuple[QuoteHit, ...] = ()
    speaker_match: SpeakerMatch = NO_SPEAKER
    other_quotes: tuple[QuoteHit, ...] = ()
    nearest: tuple[Hit, ...] = ()
    earlier: tuple[Hit, ...] = ()


def merge_results(results: Sequence[SearchResult], k: int) -> SearchResult:
    """The first result with the `k` best hits of all, fused by reciprocal rank."""
    first, scores, found = results[0], defaultdict[str, float](float), dict[str, Hit]()
    for result in results:
        for rank_of_hit, hit in enumerate(result.hits, start=1):
            scores[hit.passage.id] += 1 / (FUSION + rank_of_hit)
            found.setdefault(hit.passage.id, hit)
    hits = tuple(found[key] for key in sorted(scores, key=lambda key: -scores[key])[:k])
    kept = {hit.passage.id for hit in hits}
    return replace(first, hits=hits, nearest=tuple(hit for hit in first.nearest if hit.passage.id not in kept))


def no_search(question: str) -> SearchResult:
    """The result for a turn that was answered without a search."""
    return SearchResult((), ParsedQuestion(question, (), frozenset(), {}))


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
        language: str = "",
    ) -> SearchResult:
        """The `k` best passages, near-duplicates counted once. Raises IndexUnavailable.

        `language` is the question's, told from its words where it is not given. Without a multilingual embedding only
        articles in that language are searched. `catalog` is a snapshot that the caller goes on reading; without it the
        search takes one of its own.
        """
        filters = filters or Filters()
        with nullcontext(catalog) if catalog else self._store.catalog.snapshot() as snapshot:
            language = language or question_language(question, languages(snapshot))
            parsed = self._understand(question, today or date.today(), filters.speaker, language, snapshot)
            return self._search(parsed, k, filters, snapshot)

    def spelt(self, question: str, catalog: CatalogReader) -> str:
        """A question in English with its spelling corrected by the words of the articles. Raises IndexUnavailable."""
        return self._understand(question, date.today(), "", ENGLISH, catalog).text

    def in_articles(
        self, question: ParsedQuestion, articles: Sequence[str], k: int, *, filters: Filters, catalog: CatalogReader
    ) -> tuple[Hit, ...]:
        """The `k` best passages of some articles, as far as these pass the filters. Raises IndexUnavailable."""
        filters = _in_language(filters, question.language, catalog)
        named = tuple(catalog.matching_articles(filters, candidates=sorted(articles)))
        if not named:
            return ()
        scope = ArticleScope(filters, named)
        dense_search = self._start_dense_search(question, scope, catalog)
        candidates = collect_candidates(
            catalog, self._store.bm25, question, scope, quote_scores={}, dense_search=dense_search
        )
        return tuple(deduplicate(rank(question, candidates.hits, candidates.text_scores), k))

    def _understand(
        self, question: str, today: date, speaker: str, language: str, catalog: CatalogReader
    ) -> ParsedQuestion:
        """Analyse a question, with words that no article has replaced by similar ones that articles have."""
        if language != ENGLISH:
            is_mixed = has_multilingual_embedding(catalog)
            names = names_in_articles(question, self._store.bm25, catalog) if is_mixed else ()
            return analyse_foreign_question(question, self._store.bm25, language, names)
        newest = weekdays_until(catalog, question)
        analyse = partial(analyse_question, bm25=self._store.bm25, today=today, newest=newest, speaker=speaker)
        parsed = analyse(question)
        corrections = correct_spelling(parsed, self._store.bm25, catalog)
        for wrong, right in corrections:
            question = re.sub(rf"\b{re.escape(wrong)}\b", right, question)
        if not corrections:
            return parsed
        return replace(analyse(question), corrections=corrections)

    def _search(self, question: ParsedQuestion, k: int, filters: Filters, catalog: CatalogReader) -> SearchResult:
        quote_search, intent = self.quote_search(catalog), question.quote_intent
        scope = article_scope(catalog, _in_language(filters, question.language, catalog))
        if scope and scope.is_empty:
            return SearchResult((), question, speaker_match=match_speaker(quote_search, intent))
        dense_search = self._start_dense_search(question, scope, catalog)
        match = match_speaker(quote_search, intent)
        candidates = collect_candidates(
            catalog,
            self._store.bm25,
            question,
            scope,
            quote_scores=score_passages_by_quotes(quote_search, intent, match, filters),
            dense_search=dense_search,
        )
        ranked = rank(question, candidates.hits, candidates.text_scores)
        distinct = deduplicate(ranked, k)
        hits = attach_copies(distinct, catalog.copy_ids([hit.passage.article for hit in distinct]))
        quotes = quotes_for_question(quote_search, question, match, filters, hits)
        others = () if any(hit.score >= ON_TOPIC for hit in quotes) else other_quotes(quote_search, match, filters)
        nearest = nearest_by_cosine(ranked, hits)
        return SearchResult(hits, question, candidates.why_no_vectors, quotes, match, others, nearest)

    def _start_dense_search(
        self, question: ParsedQuestion, scope: ArticleScope | None, catalog: CatalogReader
    ) -> Future[RankedPassages]:
        """The dense search, under way; one that has found nothing where the embedding knows English alone."""
        if question.language != ENGLISH and not has_multilingual_embedding(catalog):
            nothing = Future[RankedPassages]()
            nothing.set_result([])
            return nothing
        has_vectors = pending.has_vectors(catalog)
        return self._pool.submit(dense_passages, self._store, question.text, scope, has_vectors=has_vectors)


def has_multilingual_embedding(catalog: CatalogReader) -> bool:
    """Whether the index was embedded with another model than MiniLM, which knows English alone."""
    return catalog.fact("embedding") not in ("", MINILM)


def _in_language(filters: Filters, language: str, catalog: CatalogReader) -> Filters:
    """The filters with the language of articles that may answer: the question's, any with a multilingual embedding."""
    is_any = has_multilingual_embedding(catalog) or languages(catalog) == [language]
    return filters if is_any else replace(filters, language=language)


def nearest_by_cosine(ranked: Sequence[Hit], hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Of the NEAREST passages by cosine those that are neither among the hits nor duplicates of one another."""
    known = {hit.passage.id for hit in hits}
    nearest = sorted((hit for hit in ranked if hit.dense), key=lambda hit: -hit.dense)[:NEAREST]
    return tuple(hit for hit in nearest if hit.passage.id not in known)
