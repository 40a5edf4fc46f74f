"""The interfaces of the vector index, which search and ingest use wherever the vectors are."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from retrieval.catalog.filters import ArticleScope
from retrieval.documents import Hit

VerifyCollection = Callable[[str, Callable[[], int]], None]
"""Called with a collection's id and a function that counts it, after it is opened and before it is read or written."""


class VectorSearch(Protocol):
    """Passages by the vectors of their texts, searched by cosine similarity."""

    checks_scope: bool
    """Whether a search finds nothing outside its scope; else it is limited to the passages that it is told."""

    def count(self) -> int:
        """The number of passages in the index."""

    def warm(self) -> None:
        """Read the data for which the first search would have to wait."""

    def embed_question(self, question: str) -> list[float]:
        """The vector of a question."""

    def search(
        self,
        question: Sequence[float],
        k: int,
        *,
        generation: int,
        scope: ArticleScope | None = None,
        among: Sequence[str] | None = None,
    ) -> list[tuple[str, float]]:
        """Ids and cosine similarities of the `k` nearest passages, best first.

        `scope` restricts them where the index checks it, else `among` to some ids.
        """

    def close(self) -> None:
        """Close files and connections."""


class VectorIndex(VectorSearch, Protocol):
    """A vector index of its own, which passages are added to apart from their words."""

    def add(self, hits: Sequence[Hit]) -> None:
        """Embed passages with their title and heading as context and store them; idempotent."""

    def bulk_load(self, expected: int) -> AbstractContextManager[None]:
        """A context in which about `expected` passages are added."""

    def set_generation(self, generation: int) -> None:
        """Tell the index that this process has brought it to `generation` itself."""

    def remove(self, passages: Sequence[str]) -> None:
        """Delete passages by id; unknown ids are ignored."""
