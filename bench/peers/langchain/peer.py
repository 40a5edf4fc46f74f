"""LangChain: the recursive splitter and Chroma of its tutorials, alone or in an EnsembleRetriever with BM25.

docs.langchain.com/oss/python/langchain/knowledge-base and /rag (1000 characters, overlap 200, start index; the title
of a page stands in the text that is loaded); reference.langchain.com, EnsembleRetriever (weights 0.5 and 0.5).
"""

from collections.abc import Sequence
from pathlib import Path

from langchain_chroma import Chroma
from langchain_classic.retrievers import EnsembleRetriever
from langchain_community.retrievers import BM25Retriever
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter

from bench.peers.answering import Chunk, K, Row, serve_requests
from bench.peers.embedding import MiniLM

AT_ONCE = 5_000  # chunks; Chroma takes no more than 5,461 in one call


class Model(Embeddings):
    """The common model as LangChain asks for it."""

    def __init__(self, model: MiniLM) -> None:
        self._model = model

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self._model.embed_documents(texts).tolist()

    def embed_query(self, text: str) -> list[float]:
        return self._model.embed_query(text).tolist()


class LangChain:
    """`way` is similarity or ensemble."""

    def __init__(self, way: str, folder: Path, model: MiniLM) -> None:
        self._way = way
        self._ensemble: EnsembleRetriever | None = None
        self._store = Chroma("articles", embedding_function=Model(model), persist_directory=str(folder))
        self._splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200, add_start_index=True)

    def ingest(self, articles: Sequence[Row]) -> int:
        documents = [
            Document(f"{row['title']}\n\n{row['text']}", metadata={"source": row["id"], "title": row["title"]})
            for row in articles
        ]
        chunks = self._splitter.split_documents(documents)
        for first in range(0, len(chunks), AT_ONCE):
            self._store.add_documents(chunks[first : first + AT_ONCE])
        if self._way == "ensemble":
            both = [BM25Retriever.from_documents(chunks, k=K), self._store.as_retriever(search_kwargs={"k": K})]
            self._ensemble = EnsembleRetriever(retrievers=both, weights=[0.5, 0.5])
        return len(chunks)

    def keep(self) -> None:
        pass

    def search(self, question: str) -> list[Chunk]:
        ensemble = self._ensemble  # which returns what either of its retrievers has
        found = ensemble.invoke(question)[:K] if ensemble else self._store.similarity_search(question, k=K)
        return [(document.metadata["source"], document.page_content) for document in found]


if __name__ == "__main__":
    serve_requests(LangChain)
