"""Read the networks that are MiniLM with low-rank adapters (https://arxiv.org/abs/2106.09685) and heads."""

from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from io import BytesIO

import numpy as np

from retrieval.models.minilm.weights import FloatArray, Weights, quantized, read_packaged_model, read_weights


def read_adapted(name: str) -> tuple[Weights, Mapping[str, FloatArray]]:
    """MiniLM's weights with the adapters of a file of this package merged in, and all trained values of the file.

    Raises EmbeddingUnavailable where the packaged MiniLM is missing or damaged.
    """
    content = read_packaged_model()
    with np.load(BytesIO((files(__package__) / name).read_bytes())) as stored:
        trained = {key: stored[key].astype(np.float32) for key in stored.files}
    return _adapted(read_weights(content), trained), trained


def two_layer_head(trained: Mapping[str, FloatArray], name: str, vectors: FloatArray) -> FloatArray:
    """Two linear layers with a GELU between them, in its approximation by tanh; shape (vectors, outputs)."""
    inner = vectors @ trained[f"{name}.0.weight"].T + trained[f"{name}.0.bias"]
    inner = 0.5 * inner * (1 + np.tanh(0.7978845608 * (inner + 0.044715 * inner**3)))
    output: FloatArray = inner @ trained[f"{name}.3.weight"].T + trained[f"{name}.3.bias"]
    return output


def _adapted(weights: Weights, trained: Mapping[str, FloatArray]) -> Weights:
    """The packaged weights with the adapters merged into the matrices, and the trained biases and norms."""
    matrices = {
        name: quantized(matrix.to_float() + trained[f"{name}.down"] @ trained[f"{name}.up"])
        for name, matrix in weights.matrices.items()
    }
    others = {name: trained.get(name, value) for name, value in weights.others.items()}
    return replace(weights, matrices=matrices, others=others)
