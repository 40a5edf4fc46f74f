"""Haystack: the hybrid retrieval of its tutorial 33, in memory.

haystack.deepset.ai/tutorials/33_hybrid_retrieval (titles stand in what is searched). Two differences: DocumentSplitter
keeps its defaults, 200 words, because the tutorial's 512 words are for a model that reads 512 tokens, and it asks for
fewer where a model reads less; and the tutorial's ranker is a second model from a hub, without which its `concatenate`
would compare scores of two scales, so the joiner fuses by reciprocal rank (docs.haystack.deepset.ai/docs/
documentjoiner).
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from haystack import Document, Pipeline, component
from haystack.components.joiners import DocumentJoiner
from haystack.components.preprocessors import DocumentSplitter
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.components.writers import DocumentWriter
from haystack.document_stores.in_memory import InMemoryDocumentStore

from bench.peers.answering import Chunk, K, Row, serve_requests
from bench.peers.embedding import MiniLM


@component
class DocumentEmbedder:
    """The common model for documents."""

    def __init__(self, model: MiniLM) -> None:
        self._model = model

    @component.output_types(documents=list[Document])
    def run(self, documents: list[Document]) -> dict[str, Any]:
        vectors = self._model.embed_documents([document.content for document in documents]).tolist()
        embedded = [replace(one, embedding=vector) for one, vector in zip(documents, vectors, strict=True)]
        return {"documents": embedded}


@component
class TextEmbedder:
    """The common model for questions."""

    def __init__(self, model: MiniLM) -> None:
        self._model = model

    @component.output_types(embedding=list[float])
    def run(self, text: str) -> dict[str, Any]:
        return {"embedding": self._model.embed_query(text).tolist()}


class Haystack:
    """There is one way."""

    def __init__(self, way: str, folder: Path, model: MiniLM) -> None:
        self._folder, self._store = folder, InMemoryDocumentStore()
        self._indexing = Pipeline()
        self._indexing.add_component("splitter", DocumentSplitter())
        self._indexing.add_component("embedder", DocumentEmbedder(model))
        self._indexing.add_component("writer", DocumentWriter(self._store))
        self._indexing.connect("splitter", "embedder")
        self._indexing.connect("embedder", "writer")
        self._hybrid = Pipeline()
        self._hybrid.add_component("text_embedder", TextEmbedder(model))
        self._hybrid.add_component("embedding_retriever", InMemoryEmbeddingRetriever(self._store, top_k=K))
        self._hybrid.add_component("bm25_retriever", InMemoryBM25Retriever(self._store, top_k=K))
        self._hybrid.add_component("joiner", DocumentJoiner("reciprocal_rank_fusion", top_k=K))
        self._hybrid.connect("text_embedder", "embedding_retriever")
        self._hybrid.connect("bm25_retriever", "joiner")
        self._hybrid.connect("embedding_retriever", "joiner")

    def ingest(self, articles: Sequence[Row]) -> int:
        documents = [
            Document(content=f"{row['title']}\n\n{row['text']}", meta={"article": row["id"], "title": row["title"]})
            for row in articles
        ]
        self._indexing.run({"splitter": {"documents": documents}})
        return self._store.count_documents()

    def keep(self) -> None:
        self._store.save_to_disk(str(self._folder / "documents.json"))

    def search(self, question: str) -> list[Chunk]:
        asked = {"text_embedder": {"text": question}, "bm25_retriever": {"query": question}}
        found = self._hybrid.run(asked)["joiner"]["documents"]
        return [(document.meta["article"], document.content) for document in found]


if __name__ == "__main__":
    serve_requests(Haystack)
