"""The graph of fused operators gives what the packaged graph gives, and a text's values depend on no other text."""

from collections.abc import Sequence

import numpy as np
import onnxruntime
import pytest

from retrieval.errors import EmbeddingUnavailable
from retrieval.models.minilm.encoder import graph_encoder, has_int8_instructions, open_session, side_by_side
from retrieval.models.minilm.graph import build_graph
from retrieval.models.minilm.tokens import wordpiece_tokenizer
from retrieval.models.minilm.weights import (
    HIDDEN,
    LAYERS,
    MATRICES,
    FloatArray,
    Weights,
    is_packaged,
    packaged_model,
    quantized,
    read_weights,
)

TEXTS = (
    "The council approved the toll by 31 votes to 12.",
    "Captain Rosa Lind has steered the oldest ferry since 1998, and told visitors that its engine would outlive her.",
    "No.",
)


@pytest.fixture(scope="module")
def weights() -> Weights:
    return read_weights(packaged_model().read_bytes())


def packaged_hidden(ids: Sequence[int]) -> FloatArray:
    session = onnxruntime.InferenceSession(str(packaged_model()), providers=["CPUExecutionProvider"])
    rows = {"input_ids": ids, "attention_mask": [1] * len(ids), "token_type_ids": [0] * len(ids)}
    feed = {name: np.array([row], dtype=np.int64) for name, row in rows.items()}
    hidden: FloatArray = session.run(["last_hidden_state"], feed)[0][0]
    return hidden


def graph_hidden(weights: Weights, ids: Sequence[int], *, int8: bool) -> FloatArray:
    session = open_session(build_graph(weights, int8=int8))
    feed = {
        "input_ids": np.array([ids], dtype=np.int64),
        "token_type_ids": np.zeros((1, len(ids)), dtype=np.int64),
    }
    hidden: FloatArray = session.run(None, feed)[0][0]
    return hidden


@pytest.mark.parametrize("text", TEXTS)
def test_the_float_graph_is_the_packaged_one(weights: Weights, text: str) -> None:
    ids = wordpiece_tokenizer().encode(text).ids
    assert np.allclose(graph_hidden(weights, ids, int8=False), packaged_hidden(ids), atol=1e-4)


@pytest.mark.skipif(not has_int8_instructions(), reason="this processor has no int8 instructions, so float is used")
@pytest.mark.parametrize("text", TEXTS)
def test_the_int8_graph_points_the_same_way(weights: Weights, text: str) -> None:
    ids = wordpiece_tokenizer().encode(text).ids
    one, other = graph_hidden(weights, ids, int8=True).mean(axis=0), packaged_hidden(ids).mean(axis=0)
    assert one @ other / np.linalg.norm(one) / np.linalg.norm(other) > 0.96


def test_every_matrix_of_the_packaged_file_is_found(weights: Weights) -> None:
    assert set(weights.matrices) == {f"layer.{at}.{name}" for at in range(LAYERS) for name in MATRICES}
    assert weights.matrices["layer.5.intermediate"].integers.shape == (HIDDEN, 4 * HIDDEN)


def test_rounding_to_int8_keeps_a_matrix_within_half_a_step() -> None:
    matrix = np.random.default_rng(1).normal(size=(40, 7)).astype(np.float32)
    rounded = quantized(matrix)
    assert (np.abs(rounded.to_float() - matrix) <= rounded.scale / 2 + 1e-6).all()


def test_a_damaged_file_is_not_taken_for_the_packaged_one() -> None:
    content = packaged_model().read_bytes()
    assert is_packaged(content)
    assert not is_packaged(content[:-1])


def test_texts_side_by_side_are_read_as_each_alone(weights: Weights) -> None:
    encode = graph_encoder(weights)

    def read(text: str) -> FloatArray:
        ids = wordpiece_tokenizer().encode(text).ids
        return encode(ids, [0] * len(ids))

    for text, hidden in zip(TEXTS, side_by_side(read, TEXTS), strict=True):
        assert np.array_equal(hidden, read(text))


def test_work_that_fails_fails_for_the_caller() -> None:
    def fail(_: int) -> int:
        raise EmbeddingUnavailable("broken")

    with pytest.raises(EmbeddingUnavailable):
        side_by_side(fail, [1, 2])
