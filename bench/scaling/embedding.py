"""Synthetic embeddings, for indexes that the real model would take half a day to embed."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from retrieval.index.vectors.minilm import DIMENSIONS, EmbeddingModel, MiniLM
from retrieval.text.terms import content_terms

BUCKETS = 8_192  # of words; each has a direction of its own


class SyntheticEmbeddings(EmbeddingModel):
    """Sums a random direction for each word of a text, so that texts with common words are near each other.

    With the real model given, a question also takes that model's time.
    """

    name = "synthetic"

    def __init__(self, real: MiniLM | None = None) -> None:
        self._real = real
        self._directions = np.random.default_rng(8).standard_normal((BUCKETS, DIMENSIONS), dtype=np.float32)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self._vector(content_terms(text)).tolist() for text in texts]

    def embed_query(self, text: str) -> list[float]:
        if self._real:
            self._real.embed_query(text)
        return self.embed_documents([text])[0]

    def _vector(self, words: Sequence[str]) -> npt.NDArray[np.float32]:
        total = self._directions[[_bucket(word) for word in words] or [0]].sum(axis=0)
        unit: npt.NDArray[np.float32] = total / np.linalg.norm(total)
        return unit


def _bucket(word: str) -> int:
    """A hash that is equal in all processes, unlike hash()."""
    return int.from_bytes(word.encode()[:8], "little") % (BUCKETS - 1)
