"""MiniLM's tokenizer: uncased WordPieces."""

from functools import cache
from importlib.resources import files

from tokenizers import BertWordPieceTokenizer


@cache
def wordpiece_tokenizer(max_tokens: int | None = None) -> BertWordPieceTokenizer:
    """The tokenizer, which cuts texts at `max_tokens`; do not change what it returns."""
    tokenizer = BertWordPieceTokenizer(str(files("retrieval.text") / "minilm-vocab.txt"), lowercase=True)
    if max_tokens is not None:
        tokenizer.enable_truncation(max_tokens)
    return tokenizer
