"""txtai: an embeddings database with content and hybrid search, over paragraphs.

neuml.github.io/txtai/embeddings and its configuration (hybrid, content, vectors of an external function), and
pipeline/data/segmentation (paragraphs, as in its own RAG application). An article's title is its first paragraph.
"""

from collections.abc import Sequence
from pathlib import Path
from threading import Lock

import numpy as np
from txtai import Embeddings
from txtai.pipeline import Segmentation

from bench.peers.answering import Chunk, K, Row, serve_requests
from bench.peers.embedding import MiniLM, Vectors


class Txtai:
    """There is one way."""

    def __init__(self, way: str, folder: Path, model: MiniLM) -> None:
        self._folder, self._model, self._indexing = folder, model, True
        # A function and no method: txtai calls anything else to make one.
        transform = lambda texts: self._embed(texts)  # noqa: E731
        self._embeddings = Embeddings(method="external", transform=transform, hybrid=True, content=True)
        self._paragraphs = Segmentation(paragraphs=True)
        self._lock = Lock()  # its database says that locking is the caller's; without, searching side by side crashes
        self._articles: list[str] = []  # by the number of a paragraph

    def ingest(self, articles: Sequence[Row]) -> int:
        texts = list[str]()
        for row in articles:
            paragraphs = self._paragraphs(f"{row['title']}\n\n{row['text']}")
            texts += paragraphs
            self._articles += [row["id"]] * len(paragraphs)
        self._embeddings.index((at, text, None) for at, text in enumerate(texts))
        self._indexing = False
        return len(texts)

    def keep(self) -> None:
        self._embeddings.save(str(self._folder))

    def search(self, question: str) -> list[Chunk]:
        with self._lock:
            found = self._embeddings.search(question, K)
        return [(self._articles[int(hit["id"])], hit["text"]) for hit in found]

    def _embed(self, texts: list[str]) -> Vectors:
        if self._indexing:
            return self._model.embed_documents(texts)
        return np.stack([self._model.embed_query(text) for text in texts])


if __name__ == "__main__":
    serve_requests(Txtai)
