"""The baseline pipeline of tutorials: recursive splitter, LangChain and Chroma, with our embedding model."""

import tempfile
import time
from collections.abc import Sequence

import chromadb
from chromadb.config import Settings
from langchain_chroma import Chroma
from langchain_core.embeddings import Embeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter

SIZE, OVERLAP = 1000, 200  # what LangChain's own tutorial uses
AT_ONCE = 512


class PlainChroma:
    """Indexes texts and returns similar chunks."""

    def __init__(self, model: Embeddings) -> None:
        self._folder = tempfile.TemporaryDirectory()
        client = chromadb.PersistentClient(self._folder.name, Settings(anonymized_telemetry=False))
        self._store = Chroma(client=client, collection_name="plain", embedding_function=model)

    def add(self, texts: Sequence[str]) -> tuple[int, float]:
        """Index texts; return the number of chunks and the seconds."""
        started = time.perf_counter()
        chunks = RecursiveCharacterTextSplitter(chunk_size=SIZE, chunk_overlap=OVERLAP).create_documents(list(texts))
        for first in range(0, len(chunks), AT_ONCE):
            self._store.add_documents(chunks[first : first + AT_ONCE])
        return len(chunks), time.perf_counter() - started

    def search(self, question: str) -> object:
        """The ten nearest chunks."""
        return self._store.similarity_search(question, k=10)
