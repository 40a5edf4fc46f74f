"""The built-in embedding model: all-MiniLM-L6-v2 as int8 from a data package; nothing is downloaded."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from langchain_core.embeddings import Embeddings

from retrieval.errors import EmbeddingUnavailable
from retrieval.models.embedding_names import MINILM
from retrieval.models.minilm.encoder import Encoder, graph_encoder, open_session, release_memory, side_by_side
from retrieval.models.minilm.tokens import wordpiece_tokenizer
from retrieval.models.minilm.weights import (
    FloatArray,
    is_packaged,
    read_model,
    read_packaged_model,
    read_weights,
)

VectorArray = npt.NDArray[np.float32]

DIMENSIONS = 384
MAX_TOKENS = 256  # the length the model was trained on


class EmbeddingModel(Embeddings):
    """An embedding model with a name, so that vectors of two models are never mixed."""

    name: str


class MiniLM(EmbeddingModel):
    """Embeds texts as unit vectors of 384 dimensions (https://arxiv.org/abs/2002.10957, mean pooling).

    Raises EmbeddingUnavailable if the model file is missing or damaged.
    """

    def __init__(self, model: Path | None = None) -> None:
        content = read_model(model) if model else read_packaged_model()
        if model is None or is_packaged(content):
            self.name, self._encode = MINILM, graph_encoder(read_weights(content))
        else:
            self.name = f"{model.stem}-{hashlib.sha256(content).hexdigest()[:12]}"
            self._encode = _file_encoder(model, content)
        release_memory()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Vectors in the order of `texts`."""
        vectors: list[list[float]] = self.embed(texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """The vector of one question."""
        return self.embed_documents([text])[0]

    def embed(self, texts: Sequence[str]) -> VectorArray:
        """Vectors of `texts`, shape (len(texts), 384), rows of length 1."""
        return embed_all(self._embed, texts)

    def _embed(self, text: str) -> VectorArray:
        ids = wordpiece_tokenizer(MAX_TOKENS).encode(text).ids
        return unit_mean(self._encode(ids, [0] * len(ids)))


def embed_all(embed: Callable[[str], VectorArray], texts: Sequence[str]) -> VectorArray:
    """Vectors of `texts`, shape (len(texts), 384), several embedded at once."""
    vectors = np.empty((len(texts), DIMENSIONS), dtype=np.float32)
    for at, vector in enumerate(side_by_side(embed, texts)):
        vectors[at] = vector
    return vectors


def unit_mean(hidden: FloatArray) -> VectorArray:
    """The mean of hidden states, shape (tokens, 384), at length 1."""
    pooled = hidden.mean(axis=0)
    unit: VectorArray = pooled / np.linalg.norm(pooled)
    return unit


def _file_encoder(path: Path, content: bytes) -> Encoder:
    """An encoder on another ONNX file with the inputs and outputs of MiniLM's."""
    try:
        session = open_session(content)
    except Exception as exc:  # onnxruntime's errors have no common base
        raise EmbeddingUnavailable(f"The embedding model {path} is not an ONNX model.") from exc

    def encode(ids: Sequence[int], types: Sequence[int]) -> FloatArray:
        rows = {"input_ids": ids, "attention_mask": [1] * len(ids), "token_type_ids": types}
        feed = {name: np.array([row], dtype=np.int64) for name, row in rows.items()}
        hidden: FloatArray = session.run(["last_hidden_state"], feed)[0][0]
        return hidden

    return encode
