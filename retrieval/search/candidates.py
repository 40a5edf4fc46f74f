"""Collect the passages that may answer a question: by BM25, by cosine, and those that hold quotes asked for."""

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace

from retrieval.catalog.filters import ArticleScope
from retrieval.catalog.reader import CatalogReader
from retrieval.documents import Hit
from retrieval.errors import EmbeddingUnavailable, IndexUnavailable
from retrieval.index import pending
from retrieval.index.store import Store
from retrieval.index.words.word_index import WordIndex
from retrieval.models.embedding_names import MULTILINGUAL_E5
from retrieval.search.filtered_search import RankedPassages, best_in_scope
from retrieval.search.question_analysis import ParsedQuestion
from retrieval.search.ranking import text_score

E5_LOWEST = 0.7  # of a text that has nothing to do with a question: E5 was trained at a low temperature
CANDIDATES_PER_INDEX = 40  # 60 and 100 ranked no better on evals `news` and `quotes`


@dataclass(frozen=True, slots=True)
class Candidates:
    """Passages to rank, each with its raw scores, and their text scores by passage id.

    `why_no_vectors` says why the dense search gave none, empty where it ran.
    """

    hits: tuple[Hit, ...]
    text_scores: Mapping[str, float]
    why_no_vectors: str = ""


def collect_candidates(
    catalog: CatalogReader,
    bm25: WordIndex,
    question: ParsedQuestion,
    scope: ArticleScope | None,
    *,
    quote_scores: Mapping[str, float],
    dense_search: Future[RankedPassages],
) -> Candidates:
    """The best passages of both indexes and those with quotes; `dense_search` is under way already.

    `quote_scores` say how well a quote in a passage is what the question asks for, by passage id.
    """
    bm25_scores = _bm25_scores(catalog, bm25, question, scope)
    found = _with_quote_scores(catalog.hits([*bm25_scores, *quote_scores]), quote_scores)
    # Comparing texts is slow and needs no cosine: do it while the dense search runs.
    text_scores = {key: text_score(question, hit) for key, hit in found.items()}
    try:
        cosines, why_no_vectors = dict(dense_search.result()), ""
    except (EmbeddingUnavailable, IndexUnavailable) as exc:
        cosines, why_no_vectors = {}, str(exc)
    dense_only = catalog.hits([key for key in cosines if key not in found])
    text_scores |= {key: text_score(question, hit) for key, hit in dense_only.items()}
    hits = tuple(
        replace(hit, bm25=bm25_scores.get(key, 0.0), dense=cosines.get(key, 0.0))
        for key, hit in (found | dense_only).items()
    )
    return Candidates(hits, text_scores, why_no_vectors)


def dense_passages(store: Store, question: str, scope: ArticleScope | None, *, has_vectors: bool) -> RankedPassages:
    """The passages nearest to a question by cosine. Raises EmbeddingUnavailable and IndexUnavailable.

    `has_vectors` is whether any passage has a vector as far as the snapshot knows.

    Runs beside the thread that holds a snapshot of the catalog, so it reads the catalog itself.
    """
    catalog, vectors = store.catalog, store.vectors
    if has_vectors and not pending.has_vectors(catalog):  # the index was found to be damaged or lost when it was opened
        raise IndexUnavailable("The vectors index has lost its passages; they are added to it again.")
    generation = pending.vector_generation(catalog)
    vector = vectors.embed_question(question)
    named = scope.named if scope and not vectors.checks_scope else None
    among = None if named is None else catalog.passage_ids_of(named, embedded=True)
    found = best_in_scope(
        catalog,
        scope,
        CANDIDATES_PER_INDEX,
        lambda k: vectors.search(vector, k, generation=generation, scope=scope, among=among),
        checks_scope=vectors.checks_scope,
    )
    return _spread(found) if has_multilingual_e5(catalog) else found


def has_multilingual_e5(catalog: CatalogReader) -> bool:
    """Whether the index was embedded with the model of the extra `multilingual`."""
    return catalog.fact("embedding") == MULTILINGUAL_E5


def _spread(found: RankedPassages) -> RankedPassages:
    """E5's cosines, nearly all of which are above E5_LOWEST, on a scale as MiniLM's."""
    return [(key, (cosine - E5_LOWEST) / (1 - E5_LOWEST)) for key, cosine in found]


def _bm25_scores(
    catalog: CatalogReader, bm25: WordIndex, question: ParsedQuestion, scope: ArticleScope | None
) -> dict[str, float]:
    found = best_in_scope(
        catalog,
        scope,
        CANDIDATES_PER_INDEX,
        lambda k: bm25.search(question.terms, k, scope),
        checks_scope=bm25.checks_scope,
    )
    return dict(found)


def _with_quote_scores(hits: dict[str, Hit], quote_scores: Mapping[str, float]) -> dict[str, Hit]:
    return hits | {key: replace(hits[key], quote_score=score) for key, score in quote_scores.items() if key in hits}
