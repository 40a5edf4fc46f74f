"""Tokens of MiniLM, uncased WordPieces, and those of a question with a passage as the reader gets them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from tokenizers import BertWordPieceTokenizer

from retrieval.text.sentences import Span

CLS, SEP = 101, 102
QUESTION_TOKENS, CONTEXT_TOKENS, MAX_TOKENS = 48, 40, 300


@cache
def wordpiece_tokenizer(max_tokens: int | None = None) -> BertWordPieceTokenizer:
    """The tokenizer, which cuts texts at `max_tokens`; do not change what it returns."""
    tokenizer = BertWordPieceTokenizer(str(files("retrieval.text") / "minilm-vocab.txt"), lowercase=True)
    if max_tokens is not None:
        tokenizer.enable_truncation(max_tokens)
    return tokenizer


@dataclass(frozen=True, slots=True)
class TokenPair:
    """`[CLS] question [SEP] context [SEP] passage [SEP]`: ids, and types 0 for the question and 1 for the rest.

    `sentences` are token spans, empty for sentences beyond MAX_TOKENS; `offsets` are the character spans of the
    passage's tokens, the first of which is token `start`.
    """

    ids: tuple[int, ...]
    types: tuple[int, ...]
    sentences: tuple[Span, ...]
    offsets: tuple[Span, ...]
    start: int


def encode_question(tokenizer: BertWordPieceTokenizer, question: str, most: int = QUESTION_TOKENS) -> list[int]:
    """`[CLS] question [SEP]`, `most` tokens of the question."""
    return [CLS, *tokenizer.encode(question, add_special_tokens=False).ids[:most], SEP]


def encode_pair(
    tokenizer: BertWordPieceTokenizer,
    question: Sequence[int],
    context: str,
    text: str,
    sentences: Sequence[Span],
    *,
    context_tokens: int = CONTEXT_TOKENS,
    most: int = MAX_TOKENS,
) -> TokenPair:
    """Encode a passage after its question, `most` tokens together; `sentences` are spans of `text`, in order."""
    around = tokenizer.encode(context, add_special_tokens=False).ids[:context_tokens]
    read = tokenizer.encode(text, add_special_tokens=False)
    start = len(question) + len(around) + 1
    room = most - start - 1
    ids, offsets = read.ids[:room], read.offsets[:room]
    spans, at = list[Span](), 0
    for _, end in sentences:
        begin = at
        while at < len(offsets) and offsets[at][0] < end:
            at += 1
        spans.append((start + begin, start + at))
    everything = (*question, *around, SEP, *ids, SEP)
    types = (0,) * len(question) + (1,) * (len(everything) - len(question))
    return TokenPair(everything, types, tuple(spans), tuple(offsets), start)
