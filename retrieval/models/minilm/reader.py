"""The reader: says for each sentence of a passage whether it answers a question, and with which words.

A cross-encoder on MiniLM with low-rank adapters (https://arxiv.org/abs/2106.09685) on all of its matrices, trained by
`python -m evals.reader.training`; `reader.npz` holds the adapters and heads. A sentence is the weighted mean of its
tokens beside the vector of `[CLS]`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from retrieval.models.minilm.adapters import read_adapted, two_layer_head
from retrieval.models.minilm.encoder import graph_encoder, release_memory, side_by_side
from retrieval.models.minilm.tokens import TokenPair, encode_pair, encode_question, wordpiece_tokenizer
from retrieval.models.minilm.weights import FloatArray, Weights
from retrieval.text.sentences import Span

MAX_ANSWER_TOKENS = 24
HEAD_PREFIXES = ("pool.", "sentence.", "passage.", "span.")
UNREAD = -20.0  # the logit of a sentence beyond the tokens that are read


@dataclass(frozen=True, slots=True)
class ReadablePassage:
    """A passage to read: its text, its sentences as character spans, and `context`: headline, heading, day."""

    context: str
    text: str
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class PassageReading:
    """What the reader says of a passage.

    `sentences` are logits, one a sentence, comparable across passages: 0 is where none is as likely as this one.
    `passage` is the logit of its answering at all. `answers` are character spans of the words that answer.
    """

    sentences: tuple[float, ...]
    passage: float
    answers: tuple[Span | None, ...]


class Reader:
    """Reads passages for a question, several at once; safe to share between threads."""

    def __init__(self, weights: Weights, trained: Mapping[str, FloatArray]) -> None:
        self._encode = graph_encoder(weights)
        self._heads = {name: value for name, value in trained.items() if name.startswith(HEAD_PREFIXES)}

    def __call__(self, question: str, passages: Sequence[ReadablePassage]) -> list[PassageReading]:
        """One reading a passage, in their order."""
        return side_by_side(partial(self._read, encode_question(wordpiece_tokenizer(), question)), passages)

    def _read(self, question: Sequence[int], passage: ReadablePassage) -> PassageReading:
        pair = encode_pair(wordpiece_tokenizer(), question, passage.context, passage.text, passage.sentences)
        hidden = self._encode(pair.ids, pair.types)
        spans = hidden @ self._heads["span.weight"].T + self._heads["span.bias"]
        passage_logit = self._head("passage", hidden[:1])[0]
        return PassageReading(
            tuple(self._sentence(hidden, span) for span in pair.sentences),
            float(passage_logit),
            tuple(_answer(pair, spans, span) for span in pair.sentences),
        )

    def _sentence(self, hidden: FloatArray, span: Span) -> float:
        if span[0] >= span[1]:
            return UNREAD
        tokens = hidden[slice(*span)]
        attention = tokens @ self._heads["pool.weight"][0] + self._heads["pool.bias"][0]
        weight = np.exp(np.clip(attention, -10, 10))
        pooled = weight @ tokens / weight.sum()
        return float(self._head("sentence", np.concatenate([pooled, hidden[0]])[None])[0])

    def _head(self, name: str, vectors: FloatArray) -> FloatArray:
        return two_layer_head(self._heads, name, vectors)[:, 0]


def packaged_reader() -> Reader:
    """The reader of this package. Raises EmbeddingUnavailable where the packaged MiniLM is missing or damaged."""
    reader = Reader(*read_adapted("reader.npz"))
    release_memory()
    return reader


def _answer(pair: TokenPair, spans: FloatArray, sentence: Span) -> Span | None:
    """The likeliest span of answering words within a sentence, as characters of the passage."""
    start, end = sentence
    if start >= end:
        return None
    scores = spans[start:end, 0][:, None] + spans[start:end, 1][None, :]
    length = np.arange(end - start)
    far = length[None, :] - length[:, None]
    scores = np.where((far >= 0) & (far < MAX_ANSWER_TOKENS), scores, -np.inf)
    first, last = np.unravel_index(int(scores.argmax()), scores.shape)
    offsets = pair.offsets[start - pair.start : end - pair.start]
    return offsets[int(first)][0], offsets[int(last)][1]
