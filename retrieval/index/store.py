"""An open index folder: the catalog, the BM25 index and the vector index, the latter two opened at first use."""

import logging
import secrets
import shutil
from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from retrieval.catalog.catalog import Catalog
from retrieval.documents import digest
from retrieval.errors import EmbeddingUnavailable, IndexDamaged, IndexUnavailable
from retrieval.index import pending
from retrieval.index.bm25 import BM25Index
from retrieval.index.write_lock import write_lock

if TYPE_CHECKING:
    from retrieval.index.vectors.chroma_folder import ChromaFolderIndex
    from retrieval.index.vectors.chroma_server import ChromaServerIndex
    from retrieval.index.vectors.chroma_settings import ChromaServerSettings
    from retrieval.index.vectors.embedding_cache import EmbeddingCache
    from retrieval.index.vectors.minilm import EmbeddingModel
    from retrieval.index.vectors.vector_index import VectorIndex

LOG = logging.getLogger(__name__)
T = TypeVar("T")


class Store:
    """Opens an index folder, creating what is missing. Raises IndexUnavailable.

    `model` creates the embedding model; it is called once, when vectors are first needed, because loading it and
    importing chromadb take two seconds, for which a question answered by BM25 alone need not wait. The vectors are
    in the folder, or on the server `chroma` if given.
    """

    def __init__(
        self, folder: Path, model: Callable[[], "EmbeddingModel"], *, chroma: "ChromaServerSettings | None" = None
    ) -> None:
        self.folder = folder
        self._make_model, self._chroma = model, chroma
        self._opening_bm25 = RLock()
        self._opening = RLock()  # else two threads would load the model at the same time
        self.catalog = Catalog(folder / "catalog.db")

    @cached_property
    def bm25(self) -> BM25Index:
        """The BM25 index; passages that it lacks become pending. Raises IndexUnavailable."""
        with self._opening_bm25:
            index = self._open_or_replace("words", lambda: BM25Index(self.folder / "words"))
            if pending.verify_words(self.catalog, index.count):
                LOG.warning("The words index lacks passages; they are added to it again.")
            return index

    @property
    def vectors(self) -> "VectorIndex":
        """The vector index. Raises IndexUnavailable, and EmbeddingUnavailable if it was embedded with another model.

        The model is checked each time, because another process may re-embed the index while this one has it open.
        """
        with self._opening:
            embedded_with, name = self.catalog.fact("embedding"), self._embedding_cache.name
            if not embedded_with:
                self.catalog.set_fact("embedding", name)
            elif embedded_with != name:
                raise EmbeddingUnavailable(
                    f"The index was embedded with {embedded_with}, the settings name {name}; "
                    "'onrecord reindex' embeds it anew."
                )
            return self._vector_index

    def check_vectors(self) -> None:
        """Check that a Chroma server still has its vectors; if it lost them, they become pending.

        Raises VectorsUnavailable, and the errors of `vectors`.
        """
        if self._chroma:
            self.vectors.count()

    @cached_property
    def _vector_index(self) -> "ChromaFolderIndex | ChromaServerIndex":
        verify = partial(pending.verify_collection, self.catalog)
        if self._chroma:
            from retrieval.index.vectors.chroma_server import ChromaServerIndex

            return ChromaServerIndex(
                self._chroma, self._collection_name(self._embedding_cache.name), self._embedding_cache, verify
            )
        from retrieval.index.vectors.chroma_folder import ChromaFolderIndex

        return self._open_or_replace(
            "vectors", lambda: ChromaFolderIndex(self.folder / "vectors", self._embedding_cache, verify)
        )

    def _open_or_replace(self, name: pending.DerivedIndex, open_index: Callable[[], T]) -> T:
        """Open an index of the folder; a damaged one is replaced by an empty one, and all its passages are pending.

        Raises IndexBusy when another process, or this one, is writing the damaged one.
        """
        try:
            return open_index()
        except IndexDamaged:
            with write_lock(self.folder, wait=0):
                try:
                    return open_index()  # another process was writing it
                except IndexDamaged as exc:
                    LOG.warning("%s; it is made anew.", str(exc).partition(";")[0])
                    pending.mark_all_pending(self.catalog, name)  # first, in case the process is killed here
                    self._delete_index(name)
                    return open_index()

    def _delete_index(self, name: pending.DerivedIndex) -> None:
        path = self.folder / name
        if path.is_file():
            path.unlink()
        shutil.rmtree(path, ignore_errors=True)

    def _collection_name(self, embedding: str) -> str:
        """The collection's name on a server that several indexes may share; it is unique to the index and the model."""
        with self.catalog.transaction():
            if not (index := self.catalog.fact("id")):
                index = secrets.token_hex(8)
                self.catalog.set_fact("id", index)
        return f"onrecord-{index}-{digest(embedding)}"

    def reset_bm25(self) -> None:
        """Replace the BM25 index by an empty one, whatever state it is in."""
        pending.mark_all_pending(
            self.catalog, "words"
        )  # first, so that they stay pending if the process is killed here
        try:
            self.bm25.clear()
        except IndexUnavailable:
            self._delete_index("words")

    def reset_vectors(self) -> None:
        """Replace the vector index by an empty one for the current model, whatever state it is in.

        Raises EmbeddingUnavailable or VectorsUnavailable, and then keeps the old one.
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
        self._delete_index("vectors")

    def _clear_server(self, *embeddings: str) -> None:
        from retrieval.index.vectors.chroma_server import ChromaServerIndex

        assert isinstance(self._vector_index, ChromaServerIndex)
        self._vector_index.count()  # raises if the server cannot be reached, before anything is marked or deleted
        pending.mark_all_pending(self.catalog, "vectors")
        self._vector_index.drop_collections(*map(self._collection_name, embeddings))

    @cached_property
    def _embedding_cache(self) -> "EmbeddingCache":
        from retrieval.index.vectors.embedding_cache import EmbeddingCache

        model = self._make_model()
        return EmbeddingCache(self.folder / "embeddings.db", model, model.name)

    def close(self) -> None:
        """Close all files and connections."""
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
