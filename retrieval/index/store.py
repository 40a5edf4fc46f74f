"""An open index: the catalog, the BM25 index and the vector index, the latter two opened at first use."""

import logging
import secrets
import shutil
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from retrieval.catalog.catalog import Catalog
from retrieval.catalog.database.engine import Database
from retrieval.catalog.database.tables import passages, uncut
from retrieval.documents import digest
from retrieval.errors import EmbeddingUnavailable, IndexDamaged, IndexUnavailable
from retrieval.index import pending
from retrieval.index.claims import LEASE_SECONDS, Claims
from retrieval.index.integrity.write_lock import write_lock
from retrieval.index.words.bm25 import BM25Index
from retrieval.index.words.word_index import WordIndex
from retrieval.models.embedding_names import MINILM

if TYPE_CHECKING:
    from retrieval.index.milvus.engine import MilvusEngine
    from retrieval.index.milvus.settings import MilvusSettings
    from retrieval.index.vectors.chroma_folder import ChromaFolderIndex
    from retrieval.index.vectors.chroma_server import ChromaServerIndex
    from retrieval.index.vectors.chroma_settings import ChromaServerSettings
    from retrieval.index.vectors.embedding_cache import EmbeddingCache
    from retrieval.index.vectors.minilm import EmbeddingModel
    from retrieval.index.vectors.vector_index import VectorIndex, VectorSearch

LOG = logging.getLogger(__name__)
T = TypeVar("T")


class Store:
    """Opens an index folder, creating what is missing. Raises IndexUnavailable.

    `model` creates the embedding model; it is called once, when vectors are first needed, because loading it and
    importing chromadb take two seconds, for which a question answered by BM25 alone need not wait. The vectors are
    in the folder, or on the server `chroma` if given; with `milvus`, words and vectors are there. The catalog is in the
    folder, or in `database` if given. `indexing` and `segmenting` are the claims of this worker where others share the
    work, which end `lease_seconds` after it was killed.
    """

    def __init__(
        self,
        folder: Path,
        model: Callable[[], "EmbeddingModel"],
        *,
        chroma: "ChromaServerSettings | None" = None,
        milvus: "MilvusSettings | None" = None,
        database: Database | None = None,
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        self.folder = folder
        self._make_model, self._chroma, self._milvus = model, chroma, milvus
        self._opening_bm25 = RLock()
        self._opening = RLock()  # else two threads would load the model at the same time
        self.catalog = Catalog(database or folder / "catalog.db")
        self.indexing = Claims(self.catalog, passages.c.id, seconds=lease_seconds)
        self.segmenting = Claims(self.catalog, uncut.c.article, seconds=lease_seconds)

    @cached_property
    def bm25(self) -> WordIndex:
        """The BM25 index; passages that it lacks become pending. Raises IndexUnavailable."""
        with self._opening_bm25:
            return self._engine.words if self._milvus else self._folder_words()

    def _folder_words(self) -> BM25Index:
        index = self._open_or_replace("words", lambda: BM25Index(self.folder / "words"))
        if self.catalog.fact(pending.WORDS_COLLECTION):  # what the folder has is older
            with write_lock(self.folder, wait=0):
                index.clear()
                pending.words_in_folder(self.catalog)
        if pending.verify_words(self.catalog, index.count):
            LOG.warning("The words index lacks passages; they are added to it again.")
        return index

    @property
    def vectors(self) -> "VectorSearch":
        """The vectors, to be searched.

        Raises IndexUnavailable, and EmbeddingUnavailable if the index was embedded with another model. The model is
        checked each time, because another process may re-embed the index while this one has it open.
        """
        with self._opening:
            self._check_model()
            return self._engine.vectors if self._milvus else self._vector_index

    @property
    def chroma(self) -> "VectorIndex":
        """The vector index, to be written, where it is one apart from the words. Raises what `vectors` does."""
        with self._opening:
            self._check_model()
            return self._vector_index

    def _check_model(self) -> None:
        embedded_with, name = self.catalog.fact("embedding"), self._embedding_cache.name
        if not embedded_with:
            self.catalog.set_fact("embedding", name)
        elif embedded_with != name:
            raise EmbeddingUnavailable(
                f"The index was embedded with {embedded_with}, the settings name {name}; "
                "'onrecord reindex' embeds it anew."
            )

    def check_vectors(self) -> None:
        """Check that a server still has its passages; if it lost them, they become pending.

        Raises VectorsUnavailable or IndexServerUnavailable, and the errors of `vectors`.
        """
        if self._chroma or self._milvus:
            self.vectors.count()

    @cached_property
    def _engine(self) -> "MilvusEngine":
        from retrieval.index.milvus.engine import MilvusEngine

        assert self._milvus
        return MilvusEngine(
            self._milvus,
            self.catalog,
            lambda: pending.words_collection(self.catalog, self._new_collection()),
            lambda: self._embedding_cache,
        )

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
        return f"onrecord-{self._index_id()}-{digest(embedding)}"

    def _new_collection(self) -> str:
        """A name that no collection in Milvus has, which takes no hyphens."""
        return f"onrecord_{self._index_id()}_{secrets.token_hex(4)}"

    def _index_id(self) -> str:
        """What tells the index from others on the same server."""
        return self.catalog.fact("id") or self.catalog.set_default_fact("id", secrets.token_hex(8))

    def reset_bm25(self) -> None:
        """Replace the BM25 index by an empty one, whatever state it is in."""
        pending.mark_all_pending(
            self.catalog, "words"
        )  # first, so that they stay pending if the process is killed here
        try:
            self.bm25.clear()
        except IndexUnavailable:
            self._delete_index("words")

    def reset_both(self) -> None:
        """Replace the collection of words and vectors by an empty one for the current model.

        Raises EmbeddingUnavailable or IndexServerUnavailable, and then keeps the old one.
        """
        with self._opening:
            name = self._embedding_cache.name
            self.bm25.count()  # raises if the server cannot be reached, before anything is marked or deleted
            former = self.catalog.fact(pending.WORDS_COLLECTION)
            pending.begin_collection(self.catalog, self._new_collection(), name)
            self._engine.drop(former)

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

        model = self._embedding_model
        return EmbeddingCache(self.folder / "embeddings.db", model, model.name)

    @cached_property
    def _embedding_model(self) -> "EmbeddingModel":
        return self._make_model()

    def cosines(self, question: str, texts: Sequence[str]) -> list[float]:
        """The cosine of each text to a question by the model that the index was embedded with; nothing is cached.

        Raises EmbeddingUnavailable, also where the settings name another model.
        """
        with self._opening:
            self._check_model()
            model = self._embedding_model
        asked = model.embed_query(question)
        return [sum(a * b for a, b in zip(asked, vector, strict=True)) for vector in model.embed_documents(list(texts))]

    def packaged_vector(self, text: str) -> list[float]:
        """The vector of a text by the packaged model, which may be another than the index was embedded with.

        Raises EmbeddingUnavailable.
        """
        with self._opening:
            model = self._embedding_cache if self._embedding_cache.name == MINILM else self._packaged_model
        return model.embed_query(text)

    @cached_property
    def _packaged_model(self) -> "EmbeddingModel":
        from retrieval.index.vectors.minilm import MiniLM

        return MiniLM()

    @property
    def is_shared(self) -> bool:
        """Whether workers write words and vectors side by side, each what it has claimed; else one under the lock."""
        return self._milvus is not None

    def release_claims(self) -> None:
        """Give back what this worker has claimed, so that others need not wait. Raises DatabaseUnavailable."""
        self.indexing.release()
        self.segmenting.release()

    def close(self) -> None:
        """Close all files and connections."""
        if "_vector_index" in self.__dict__:
            self._vector_index.close()
        if "_engine" in self.__dict__:
            self._engine.close()
        if "_embedding_cache" in self.__dict__:
            self._embedding_cache.close()
        self.catalog.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
