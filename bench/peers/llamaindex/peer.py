"""LlamaIndex: VectorStoreIndex with its default splitter, alone or fused with BM25.

developers.llamaindex.ai/python/framework: starter example, documents with metadata (which LlamaIndex embeds with each
node), storing; integrations/retrievers/reciprocal_rerank_fusion (mode reciprocal_rerank), with num_queries=1, because a
language model would write the further queries.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from llama_index.core import Document, Settings, VectorStoreIndex
from llama_index.core.embeddings import BaseEmbedding
from llama_index.core.llms import MockLLM
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.retrievers.bm25 import BM25Retriever
from pydantic import PrivateAttr

from bench.peers.answering import Chunk, K, Row, serve_requests
from bench.peers.embedding import MiniLM


class Model(BaseEmbedding):
    """The common model as LlamaIndex asks for it, in its default batches of ten."""

    _model: MiniLM = PrivateAttr()

    def __init__(self, model: MiniLM, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._model = model

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return self._model.embed_documents(texts).tolist()

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._model.embed_query(query).tolist()

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


class LlamaIndex:
    """`way` is vector or fusion."""

    def __init__(self, way: str, folder: Path, model: MiniLM) -> None:
        Settings.embed_model, Settings.llm = Model(model), MockLLM()
        self._way, self._folder = way, folder
        self._bm25: BM25Retriever | None = None

    def ingest(self, articles: Sequence[Row]) -> int:
        documents = [Document(id_=row["id"], text=row["text"], metadata={"title": row["title"]}) for row in articles]
        self._index = VectorStoreIndex.from_documents(documents)
        self._retriever: Any = self._index.as_retriever(similarity_top_k=K)
        if self._way == "fusion":
            self._bm25 = BM25Retriever.from_defaults(docstore=self._index.docstore, similarity_top_k=K)
            both = [self._retriever, self._bm25]
            self._retriever = QueryFusionRetriever(both, similarity_top_k=K, num_queries=1, mode="reciprocal_rerank")
        return len(self._index.docstore.docs)

    def keep(self) -> None:
        self._index.storage_context.persist(str(self._folder))
        if self._bm25:
            self._bm25.persist(str(self._folder / "bm25"))

    def search(self, question: str) -> list[Chunk]:
        return [(hit.node.ref_doc_id, hit.node.get_content()) for hit in self._retriever.retrieve(question)]


if __name__ == "__main__":
    serve_requests(LlamaIndex)
