"""Words and vectors of one index in Milvus: two views of one collection."""

from collections.abc import Callable
from functools import partial

from retrieval.catalog.catalog import Catalog
from retrieval.index import pending
from retrieval.index.milvus.collection import MilvusCollection
from retrieval.index.milvus.connection import MilvusConnection
from retrieval.index.milvus.settings import MilvusSettings
from retrieval.index.milvus.vectors import MilvusVectors
from retrieval.index.milvus.words import MilvusWords
from retrieval.index.vectors.minilm import EmbeddingModel


class MilvusEngine:
    """The two indexes of a catalog; connects to the server at the first request.

    `name` gives the name of the collection, which changes with the embedding model; `embeddings` the model.
    """

    def __init__(
        self,
        server: MilvusSettings,
        catalog: Catalog,
        name: Callable[[], str],
        embeddings: Callable[[], EmbeddingModel],
    ) -> None:
        creating = partial(catalog.database.transaction, lock="collection")
        verify = partial(pending.verify_both, catalog)
        self._collection = MilvusCollection(MilvusConnection(server), name, verify, creating)
        self.words = MilvusWords(self._collection, catalog, embeddings)
        self.vectors = MilvusVectors(self._collection, embeddings)

    def drop(self, name: str) -> None:
        """Delete a collection that this index had, if it is still there."""
        self._collection.drop(name)

    def close(self) -> None:
        """Close the connection."""
        self._collection.close()
