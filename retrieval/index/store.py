"""One index folder, opened: the catalog, the words index and, when first needed, the vectors index."""

import secrets
import shutil
from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import TYPE_CHECKING, Self

from retrieval.catalog.catalog import Catalog
from retrieval.documents import digest
from retrieval.errors import EmbeddingUnavailable, IndexUnavailable
from retrieval.index import pending
from retrieval.index.bm25 import BM25Index

if TYPE_CHECKING:
    from retrieval.index.vectors.chroma_folder import ChromaFolderIndex, VectorIndex
    from retrieval.index.vectors.chroma_server import ChromaServerIndex
    from retrieval.index.vectors.chroma_settings import ChromaServerSettings
    from retrieval.index.vectors.embedding_cache import EmbeddingCache
    from retrieval.index.vectors.minilm import EmbeddingModel


class Store:
    """Opens what is in `folder`, makes what is missing. Raises IndexUnavailable.

    `model` makes the embedding model; it is called once, when vectors are first needed, because loading it and
    importing chromadb take two seconds that a question answered by words alone need not wait for. The vectors are
    in the folder, or on `chroma` where that is given.
    """

    def __init__(
        self, folder: Path, model: Callable[[], "EmbeddingModel"], *, chroma: "ChromaServerSettings | None" = None
    ) -> None:
        self.folder = folder
        self._make_model, self._chroma = model, chroma
        self._opening = RLock()  # loading a model twice at once helps nobody
        self.catalog = Catalog(folder / "catalog.db")

    @cached_property
    def bm25(self) -> BM25Index:
        """The words index. Raises IndexUnavailable."""
        return BM25Index(self.folder / "words")

    @property
    def vectors(self) -> "VectorIndex":
        """The vectors index. Raises IndexUnavailable, and EmbeddingUnavailable when another model has embedded it.

        That is looked up each time, because another process may embed the index anew while this one has it open.
        """
        with self._opening:
            used, name = self.catalog.fact("embedding"), self._embedding_cache.name
            if not used:
                self.catalog.set_fact("embedding", name)
            elif used != name:
                raise EmbeddingUnavailable(
                    f"The index was embedded with {used}, the settings name {name}; 'onrecord reindex' embeds it anew."
                )
            return self._vector_index

    def check_vectors(self) -> None:
        """Notice whether a Chroma server still has what it was given; what it lost is owed from then on.

        Raises VectorsUnavailable, and what `vectors` raises.
        """
        if self._chroma:
            self.vectors.count()

    @cached_property
    def _vector_index(self) -> "ChromaFolderIndex | ChromaServerIndex":
        check_in = partial(pending.verify_collection, self.catalog)
        if self._chroma:
            from retrieval.index.vectors.chroma_server import ChromaServerIndex

            return ChromaServerIndex(
                self._chroma, self._collection_name(self._embedding_cache.name), self._embedding_cache, check_in
            )
        from retrieval.index.vectors.chroma_folder import ChromaFolderIndex

        return ChromaFolderIndex(self.folder / "vectors", self._embedding_cache, check_in)

    def _collection_name(self, embedding: str) -> str:
        """The name on a server that many indexes may share; vectors of two models never meet in one collection."""
        with self.catalog.transaction():
            if not (index := self.catalog.fact("id")):
                index = secrets.token_hex(8)
                self.catalog.set_fact("id", index)
        return f"onrecord-{index}-{digest(embedding)}"

    def reset_bm25(self) -> None:
        """Start with an empty words index, whatever state the old one is in."""
        pending.mark_all_pending(self.catalog, "words")  # first, so that a process killed here leaves them owed
        try:
            self.bm25.clear()
        except IndexUnavailable:
            shutil.rmtree(self.folder / "words", ignore_errors=True)

    def reset_vectors(self) -> None:
        """Start with an empty vectors index for the present model, whatever state the old one is in.

        Raises EmbeddingUnavailable or VectorsUnavailable, and then the old one stays.
        """
        with self._opening:
            name = self._embedding_cache.name
            if self._chroma:
                self._clear_server(self.catalog.fact("embedding"), name)
            else:
                self._clear_folder()
            self.catalog.set_fact("embedding", name)

    def _clear_folder(self) -> None:
        if "_vector_index" in self.__dict__:
            self._vector_index.close()
            del self._vector_index
        pending.mark_all_pending(self.catalog, "vectors")
        shutil.rmtree(self.folder / "vectors", ignore_errors=True)

    def _clear_server(self, *embeddings: str) -> None:
        from retrieval.index.vectors.chroma_server import ChromaServerIndex

        assert isinstance(self._vector_index, ChromaServerIndex)
        self._vector_index.count()  # nothing is forgotten where nothing can be done
        pending.mark_all_pending(self.catalog, "vectors")
        self._vector_index.drop_collections(*map(self._collection_name, embeddings))

    @cached_property
    def _embedding_cache(self) -> "EmbeddingCache":
        from retrieval.index.vectors.embedding_cache import EmbeddingCache

        model = self._make_model()
        return EmbeddingCache(self.folder / "embeddings.db", model, model.name)

    def close(self) -> None:
        """Let go of all files."""
        if "_vector_index" in self.__dict__:
            self._vector_index.close()
        if "_embedding_cache" in self.__dict__:
            self._embedding_cache.close()
        self.catalog.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
