"""One index folder, opened: the catalog, the words index and, when first needed, the vectors index."""

import shutil
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import TYPE_CHECKING, Self

from retrieval import backlog
from retrieval.catalog import Catalog
from retrieval.errors import EmbeddingUnavailable, IndexUnavailable
from retrieval.words import Words

if TYPE_CHECKING:
    from retrieval.embed import EmbeddingModel
    from retrieval.vector_cache import VectorCache
    from retrieval.vectors import Vectors


class Store:
    """Opens what is in `folder`, makes what is missing. Raises IndexUnavailable.

    `model` makes the embedding model; it is called once, when vectors are first needed, because loading it and
    importing chromadb take two seconds that a question answered by words alone need not wait for.
    """

    def __init__(self, folder: Path, model: Callable[[], "EmbeddingModel"]) -> None:
        self.folder = folder
        self._make_model = model
        self._opening = RLock()  # loading a model twice at once helps nobody
        self.catalog = Catalog(folder / "catalog.db")

    @cached_property
    def words(self) -> Words:
        """The words index. Raises IndexUnavailable."""
        return Words(self.folder / "words")

    @property
    def vectors(self) -> "Vectors":
        """The vectors index. Raises IndexUnavailable, and EmbeddingUnavailable when another model has embedded it.

        That is looked up each time, because another process may embed the index anew while this one has it open.
        """
        with self._opening:
            used, name = self.catalog.fact("embedding"), self._cache.name
            if not used:
                self.catalog.set_fact("embedding", name)
            elif used != name:
                raise EmbeddingUnavailable(
                    f"The index was embedded with {used}, the settings name {name}; 'onrecord reindex' embeds it anew."
                )
            return self._opened

    @cached_property
    def _opened(self) -> "Vectors":
        from retrieval.vectors import Vectors

        return Vectors(self.folder / "vectors", self._cache)

    def renew_words(self) -> None:
        """Start with an empty words index, whatever state the old one is in."""
        backlog.forget(self.catalog, "words")  # first, so that a process killed here leaves them owed
        try:
            self.words.clear()
        except IndexUnavailable:
            shutil.rmtree(self.folder / "words", ignore_errors=True)

    def renew_vectors(self) -> None:
        """Start with an empty vectors index for the present model, whatever state the old one is in.

        Raises EmbeddingUnavailable, and then the old one stays.
        """
        with self._opening:
            name = self._cache.name
            if "_opened" in self.__dict__:
                self._opened.close()
                del self._opened
            backlog.forget(self.catalog, "vectors")
            shutil.rmtree(self.folder / "vectors", ignore_errors=True)
            self.catalog.set_fact("embedding", name)

    @cached_property
    def _cache(self) -> "VectorCache":
        from retrieval.vector_cache import VectorCache

        model = self._make_model()
        return VectorCache(self.folder / "embeddings.db", model, model.name)

    def close(self) -> None:
        """Let go of all files."""
        if "_opened" in self.__dict__:
            self._opened.close()
        if "_cache" in self.__dict__:
            self._cache.close()
        self.catalog.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
