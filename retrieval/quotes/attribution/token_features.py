"""Tokenize an article for the quote network: WordPiece tokens with features of their letters and their place."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
from tokenizers import BertWordPieceTokenizer

from retrieval.quotes.attribution.quotation_marks import quotation_spans
from retrieval.text.sentences import Span, sentence_spans, text_windows

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int32]
Booleans = npt.NDArray[np.bool_]

FEATURES = 12
_WINDOW_CHARACTERS = 100_000  # tokenized at a time; a token takes some 300 bytes meanwhile
_SURROGATE = re.compile(r"[\ud800-\udfff]")  # half a character, found in broken sources; the tokenizer refuses it
_LONG_QUOTATION_WORDS = 5  # shorter quotations are scare quotes and titles more often


@dataclass(frozen=True, slots=True)
class TokenFeatures:
    """The tokens of one text, or of a part of it; all arrays have one row a token.

    `starts` and `ends` are characters, `features` has FEATURES columns of 0 and 1. `paragraphs`, `sentences` and
    `quotations` are the number of the one a token stands in; quotations count from 1, and 0 is outside of any.
    `with_final_comma` are the quotations that end with a comma, because their cue follows.
    """

    ids: Integers
    starts: Integers
    ends: Integers
    features: Floats
    paragraphs: Integers
    sentences: Integers
    quotations: Integers
    with_final_comma: frozenset[int]

    def precedes_cue(self, quotation: int) -> bool:
        """Whether a quotation ends with a comma, so that its cue follows."""
        return quotation in self.with_final_comma

    def __len__(self) -> int:
        return len(self.ids)

    def part(self, first: int, last: int) -> "TokenFeatures":
        """The tokens from `first` up to `last`, without copying them; offsets stay those of the text."""
        part = slice(first, last)
        return replace(
            self,
            ids=self.ids[part],
            starts=self.starts[part],
            ends=self.ends[part],
            features=self.features[part],
            paragraphs=self.paragraphs[part],
            sentences=self.sentences[part],
            quotations=self.quotations[part],
        )


def tokenize(
    text: str, quotations: Sequence[Span] | None = None, sentences: Sequence[Span] | None = None
) -> TokenFeatures:
    """The tokens of a text; its quotations and sentences are found where they are not given."""
    quotations = quotation_spans(text) if quotations is None else quotations
    sentences = sentence_spans(text) if sentences is None else sentences
    ids, starts, ends = (np.concatenate(column) for column in zip(*_word_pieces(text), strict=True))
    letters = _letter_features(text, starts, ends)
    paragraphs = _paragraphs(text, starts, ends)
    of_sentence, of_quotation = (
        _span_numbers(len(text), sentences)[starts],
        _span_numbers(len(text), quotations)[starts],
    )
    features = np.stack(
        [
            *letters,
            *_quotation_features(text, quotations, starts, of_quotation),
            np.diff(paragraphs, prepend=0) > 0,
            np.diff(of_sentence, prepend=-1) != 0,
        ],
        axis=1,
    ).astype(np.float32)
    with_final_comma = frozenset(
        at for at, span in enumerate(quotations, start=1) if text[slice(*span)].rstrip("”\"'’»")[-1:] == ","
    )
    return TokenFeatures(ids, starts, ends, features, paragraphs, of_sentence, of_quotation, with_final_comma)


def length_of_tokens(text: str, most: int) -> int:
    """How many characters of a text its first `most` tokens are; all if it has no more of them."""
    if len(text) <= most:  # a token is a character at least
        return len(text)
    for _, starts, _ in _word_pieces(text):
        if len(starts) > most:
            return int(starts[most])
        most -= len(starts)
    return len(text)


def _word_pieces(text: str) -> Iterator[tuple[Integers, Integers, Integers]]:
    """The ids of the tokens, where they start and where they end, for one window of the text after the other."""
    for start, end in text_windows(text, _WINDOW_CHARACTERS):
        encoded = _tokenizer().encode(_SURROGATE.sub("?", text[start:end]), add_special_tokens=False)
        offsets = np.array(encoded.offsets, dtype=np.int32).reshape(-1, 2) + np.int32(start)
        yield np.array(encoded.ids, dtype=np.int32), offsets[:, 0].copy(), offsets[:, 1].copy()


@cache
def _tokenizer() -> BertWordPieceTokenizer:
    return BertWordPieceTokenizer(str(files("retrieval.text") / "minilm-vocab.txt"), lowercase=True)


def _letter_features(text: str, starts: Integers, ends: Integers) -> list[Booleans]:
    """Whether a token goes on where the last one ended, starts upper case, is all upper case, starts with a digit."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    distinct, places = np.unique(codes, return_inverse=True)
    upper, lower, digit = (
        np.array([test(chr(code)) for code in distinct], dtype=bool)[places]
        if len(distinct)
        else np.zeros(0, dtype=bool)
        for test in (str.isupper, str.islower, str.isdigit)
    )
    uppers, lowers = (np.concatenate([[0], np.cumsum(kind)]) for kind in (upper, lower))
    all_upper = (uppers[ends] - uppers[starts] > 1) & (lowers[ends] == lowers[starts])
    return [starts == np.concatenate([[0], ends[:-1]]), upper[starts], all_upper, digit[starts]]


def _quotation_features(text: str, spans: Sequence[Span], starts: Integers, of_quotation: Integers) -> list[Booleans]:
    """In a quotation, its first and last token, and whether it is long, starts upper case, ends with punctuation."""
    inside = of_quotation > 0
    first = inside & (np.diff(of_quotation, prepend=0) != 0)
    last = inside & (np.diff(of_quotation, append=0) != 0)
    bare = [text[start:end].strip("“”„«»\"'‘’ \n") for start, end in spans]
    of_spans = np.array(
        [(False, False, False)]
        + [(words.count(" ") + 1 >= _LONG_QUOTATION_WORDS, words[:1].isupper(), words[-1:] in ",.?!") for words in bare]
    )[of_quotation]
    return [inside, first, last, *of_spans.T]


def _paragraphs(text: str, starts: Integers, ends: Integers) -> Integers:
    """The number of each token's paragraph."""
    line_breaks = np.array([at for at, char in enumerate(text) if char == "\n"], dtype=np.int32)
    previous = np.concatenate([[0], ends[:-1]])
    is_new = np.searchsorted(line_breaks, starts) > np.searchsorted(line_breaks, previous)
    return np.cumsum(is_new).astype(np.int32)


def _span_numbers(length: int, spans: Sequence[Span]) -> Integers:
    """For each character the number of the span it stands in, from 1; 0 outside of any."""
    numbers = np.zeros(length + 1, dtype=np.int32)
    for number, (start, end) in enumerate(spans, start=1):
        numbers[start:end] = number
    return numbers
