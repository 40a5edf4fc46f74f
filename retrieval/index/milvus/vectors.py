"""The vectors of passages in Milvus, searched by cosine; their rows are written by `MilvusWords`."""

from collections.abc import Callable, Sequence

from retrieval.catalog.filters import ArticleScope
from retrieval.index.milvus.collection import MilvusCollection
from retrieval.index.milvus.passage_rows import scope_condition
from retrieval.index.vectors.minilm import EmbeddingModel


class MilvusVectors:
    """The dense vectors of a collection. Raises IndexServerUnavailable.

    They are not searched in one request with the words: ranking needs the cosine and the BM25 score of a passage apart,
    of which Milvus's hybrid search tells a mixture. Both requests are under way at the same time.
    """

    checks_scope = True

    def __init__(self, collection: MilvusCollection, embeddings: Callable[[], EmbeddingModel]) -> None:
        self._collection, self._embeddings = collection, embeddings

    def count(self) -> int:
        """The number of passages in the index."""
        return self._collection.count()

    def warm(self) -> None:
        """Load the embedding model; the server keeps its collections loaded."""
        self._embeddings()

    def embed_question(self, question: str) -> list[float]:
        """The vector of a question."""
        return self._embeddings().embed_query(question)

    def search(
        self,
        question: Sequence[float],
        k: int,
        *,
        generation: int,
        scope: ArticleScope | None = None,
        among: Sequence[str] | None = None,
    ) -> list[tuple[str, float]]:
        """Ids and cosine similarities of the `k` nearest passages within a scope, best first."""
        return self._collection.search("vector", question, k, scope_condition(scope))

    def close(self) -> None:
        """Close the connection."""
        self._collection.close()
