"""OnRecord itself, as `onrecord add` and `onrecord ask` use it."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import retrieval.index.vectors.chroma_folder  # noqa: F401  (loaded with the first question otherwise; the others load theirs at import)
from bench.peers.answering import Chunk, K, Row, serve_requests
from bench.peers.embedding import MiniLM as Common
from retrieval.index import indexer
from retrieval.index.pending import index_coverage
from retrieval.index.store import Store
from retrieval.index.vectors.minilm import EmbeddingModel
from retrieval.ingest.parsing.files.rows.article_row import article_from_row
from retrieval.models.embedding_names import MINILM
from retrieval.search.hybrid_search import Search

TODAY = date(2026, 1, 1)  # later than all articles, and the same in every run: `this week` means no other days tomorrow


class Model(EmbeddingModel):
    """The common model as OnRecord asks for it."""

    def __init__(self, common: Common) -> None:
        self.name, self._common = MINILM, common

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = self._common.embed_documents(texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        vector: list[float] = self._common.embed_query(text).tolist()
        return vector


class OnRecord:
    """There is one way."""

    def __init__(self, way: str, folder: Path, model: Common) -> None:
        self._store = Store(folder, lambda: Model(model))
        self._search = Search(self._store)

    def ingest(self, articles: Sequence[Row]) -> int:
        indexer.add_articles(self._store, (article_from_row(f"peers:{row['id']}", row) for row in articles))
        indexer.index_pending(self._store)
        return index_coverage(self._store.catalog).passages

    def keep(self) -> None:
        pass

    def search(self, question: str) -> list[Chunk]:
        hits = self._search(question, K, today=TODAY).hits
        return [(hit.passage.article, hit.passage.text) for hit in hits]


if __name__ == "__main__":
    serve_requests(OnRecord)
