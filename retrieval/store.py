"""One index folder, opened: the catalog, the words index and, when first needed, the vectors index."""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from retrieval.catalog import Catalog
from retrieval.errors import EmbeddingUnavailable
from retrieval.words import Words

if TYPE_CHECKING:
    from retrieval.embed import EmbeddingModel
    from retrieval.vectors import Vectors


class Store:
    """Opens what is in `folder`, makes what is missing. Raises IndexUnavailable.

    `model` makes the embedding model; it is called once, when vectors are first needed, because loading it and
    importing chromadb take two seconds that a question answered by words alone need not wait for.
    """

    def __init__(self, folder: Path, model: Callable[[], "EmbeddingModel"]) -> None:
        self.folder = folder
        self._model = model
        self.catalog = Catalog(folder / "catalog.db")
        self.words = Words(folder / "words")

    @cached_property
    def vectors(self) -> "Vectors":
        """The vectors index. Raises EmbeddingUnavailable or IndexUnavailable."""
        from retrieval.vector_cache import VectorCache
        from retrieval.vectors import Vectors

        model = self._model()
        used = self.catalog.fact("embedding", model.name)
        if used != model.name:
            raise EmbeddingUnavailable(
                f"The index was embedded with {used}, the settings name {model.name}; "
                "'onrecord reindex' embeds it anew."
            )
        self.catalog.set_fact("embedding", model.name)
        return Vectors(self.folder / "vectors", VectorCache(self.folder / "embeddings.db", model, model.name))

    def close(self) -> None:
        """Let go of all files."""
        if "vectors" in self.__dict__:
            self.vectors.close()
        self.catalog.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
