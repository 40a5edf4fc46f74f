"""Common English words: the whole words of MiniLM's vocabulary."""

from functools import cache
from importlib.resources import files


@cache
def common_words() -> frozenset[str]:
    """About 24,000 words and names in lower case."""
    lines = (files("retrieval.text") / "minilm-vocab.txt").read_text("utf-8").split("\n")
    return frozenset(line for line in lines if line.isalpha())
