"""The words index as sparse vectors in Milvus; a passage's row is written with its vector."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from rapidfuzz.distance import OSA

from retrieval.catalog.filters import ArticleScope
from retrieval.catalog.quote_table import QuotedWords
from retrieval.catalog.reader import CatalogReader
from retrieval.documents import Hit, indexed_text
from retrieval.index.milvus import term_counts
from retrieval.index.milvus.collection import MilvusCollection
from retrieval.index.milvus.passage_rows import (
    all_of,
    distinct_terms,
    has_all,
    has_any,
    passage_row,
    query_vector,
    quotes_one_of,
    scope_condition,
)
from retrieval.index.vectors.minilm import EmbeddingModel
from retrieval.index.words.passage_terms import FIELD_BOOSTS, SPEECH_FIELD, inverse_document_frequency
from retrieval.index.words.word_index import TermChanges

MAX_VARIANTS = 50  # terms that are searched for in place of one


class MilvusWords:
    """The terms of passages in a collection; frequencies come from the catalog. Raises IndexServerUnavailable."""

    holds_vectors = checks_scope = True

    def __init__(
        self, collection: MilvusCollection, catalog: CatalogReader, embeddings: Callable[[], EmbeddingModel]
    ) -> None:
        self._collection, self._catalog, self._embeddings = collection, catalog, embeddings

    def count(self) -> int:
        """The number of passages in the index."""
        return self._collection.count()

    def update(
        self,
        added: Sequence[Hit],
        removed: Sequence[str],
        quotes: Mapping[str, Sequence[QuotedWords]] | None = None,
    ) -> TermChanges:
        """Embed passages and add them or replace them, and remove others by id; idempotent."""
        changes = Counter[tuple[str, str]]()
        if removed:
            for row in self._collection.terms(removed):
                changes.subtract([*distinct_terms(row), term_counts.ALL])
            self._collection.delete(removed)
        if added:
            vectors = self._embeddings().embed_documents([indexed_text(hit) for hit in added])
            rows = [
                passage_row(hit, (quotes or {}).get(hit.passage.id, ()), vector)
                for hit, vector in zip(added, vectors, strict=True)
            ]
            self._collection.put(rows)
            for row in rows:
                changes.update([*distinct_terms(row), term_counts.ALL])
        return changes

    def search(self, terms: Sequence[str], k: int, scope: ArticleScope | None = None) -> list[tuple[str, float]]:
        """Ids and scores of the `k` best passages by BM25 for stemmed terms, best first."""
        return self._search("words", FIELD_BOOSTS, terms, k, scope_condition(scope))

    def search_quotes(
        self,
        terms: Sequence[str],
        k: int,
        speakers: Sequence[str] | None = None,
        scope: ArticleScope | None = None,
    ) -> list[tuple[str, float]]:
        """The same by BM25 of the quotes in passages; `speakers` restricts them to those that quote one of them."""
        if speakers is not None and not speakers:
            return []
        where = all_of(quotes_one_of(speakers) if speakers else "", scope_condition(scope))
        return self._search("quoted_words", {SPEECH_FIELD: 1.0}, terms, k, where)

    def search_similar(self, term: str, k: int, distance: int, beside: Sequence[str] = ()) -> list[str]:
        """Ids of `k` passages with a term at most `distance` edits from this one that begins with the same letter.

        Those with the terms `beside` it come first.
        """
        known = term_counts.terms_from(self._catalog, term[:1], len(term) - distance, len(term) + distance)
        near = {one: n for one, n in known.items() if OSA.distance(term, one) <= distance}
        return self._search_variants(near, k, beside)

    def search_prefix(self, start: str, k: int) -> list[str]:
        """Ids of `k` passages with a term that begins with some letters and digits."""
        return self._search_variants(term_counts.terms_from(self._catalog, start), k)

    def passages_with_all(self, terms: Sequence[str]) -> list[str]:
        """Ids of all passages that hold every one of these stemmed terms, in their headline or text; none for none."""
        return self._collection.ids(has_all(terms)) if terms else []

    def document_frequencies(
        self, terms: Iterable[str], fields: Iterable[str] = tuple(FIELD_BOOSTS)
    ) -> tuple[dict[str, int], int]:
        """The number of passages that contain each term, and the number of all passages."""
        terms, fields = tuple(terms), tuple(fields)
        found = term_counts.frequencies(self._catalog, terms)
        total = found.get(term_counts.ALL, 0)
        return {term: max(found.get((field, term), 0) for field in fields) for term in terms}, total

    def clear(self) -> None:
        """Delete the collection; the next update makes another."""
        self._collection.drop()

    def _search(
        self, vector: str, boosts: Mapping[str, float], terms: Sequence[str], k: int, where: str
    ) -> list[tuple[str, float]]:
        found = term_counts.frequencies(self._catalog, terms)
        total = found.get(term_counts.ALL, 0)
        weights = {
            (field, term): boost * inverse_document_frequency(found[field, term], total)
            for field, boost in boosts.items()
            for term in terms
            if (field, term) in found
        }
        return self._collection.search(vector, query_vector(weights), k, where) if weights else []

    def _search_variants(self, variants: Mapping[str, int], k: int, beside: Sequence[str] = ()) -> list[str]:
        """Ids of passages with one of the commonest variants, first those with more terms `beside` it."""
        commonest = sorted(variants, key=lambda term: (-variants[term], term))[:MAX_VARIANTS]
        if not commonest:
            return []
        weights = {("text", term): 1.0 for term in (*commonest, *beside)}
        return [key for key, _ in self._collection.search("words", query_vector(weights), k, has_any(commonest))]
