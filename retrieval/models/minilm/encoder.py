"""Run MiniLM: token ids in, a vector of 384 dimensions for each token out."""

import ctypes
import os
import platform
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np
import onnxruntime

from retrieval.models.minilm.graph import build_graph
from retrieval.models.minilm.weights import FloatArray, Weights

T = TypeVar("T")
R = TypeVar("R")

INT8_INSTRUCTIONS = ("avx512_vnni", "avx_vnni")  # without them int8 products overflow or are slower than float


class Encoder(Protocol):
    """Reads one text: `ids` and `types` of its tokens to hidden states, shape (tokens, 384)."""

    def __call__(self, ids: Sequence[int], types: Sequence[int]) -> FloatArray: ...


def graph_encoder(weights: Weights) -> Encoder:
    """An encoder on these weights, in int8 where the processor is made for it, else in float."""
    session = open_session(build_graph(weights, int8=has_int8_instructions()))

    def encode(ids: Sequence[int], types: Sequence[int]) -> FloatArray:
        feed = {"input_ids": np.array([ids], dtype=np.int64), "token_type_ids": np.array([types], dtype=np.int64)}
        hidden: FloatArray = session.run(None, feed)[0][0]
        return hidden

    return encode


def open_session(model: bytes) -> onnxruntime.InferenceSession:
    """A session of one thread: texts side by side in threads are faster than threads within one text."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def release_memory() -> None:
    """Give the memory that building a graph took back to the system: glibc would keep 100 MB of it."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # other C libraries have none
        if trim is not None:
            trim(0)


@cache
def has_int8_instructions() -> bool:
    """Whether this processor multiplies int8 exactly and fast: ARM's do, of Intel's and AMD's those with VNNI."""
    if platform.machine().lower() in ("arm64", "aarch64"):
        return True
    try:
        described = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:  # no Linux
        return False
    return any(name in described for name in INT8_INSTRUCTIONS)


def side_by_side(work: Callable[[T], R], items: Sequence[T]) -> list[R]:
    """Results of `work` in the order of the items, computed on all cores: sessions release the interpreter's lock."""
    if len(items) < 2:
        return [work(item) for item in items]
    return list(_threads().map(work, items))


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="minilm")
