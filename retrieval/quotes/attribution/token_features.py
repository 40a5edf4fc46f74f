"""An article as the quote network reads it: WordPiece tokens with what their letters and their place tell."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
from tokenizers import BertWordPieceTokenizer

from retrieval.quotes.attribution.quotation_marks import quotation_spans
from retrieval.text.sentences import Span, sentence_spans

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int32]
Booleans = npt.NDArray[np.bool_]

FEATURES = 12
_SURROGATE = re.compile(r"[\ud800-\udfff]")  # half a character, which broken sources hold and the tokenizer refuses
_LONG_QUOTATION = 5  # words; shorter ones are scare quotes and titles more often


@dataclass(frozen=True, slots=True)
class TokenFeatures:
    """The tokens of one text; all arrays have one row a token.

    `starts` and `ends` are characters, `features` has FEATURES columns of 0 and 1, `paragraphs`, `sentences` and
    `quotations` number where a token stands (quotations from 1, 0 is outside of any).
    """

    ids: Integers
    starts: Integers
    ends: Integers
    features: Floats
    paragraphs: Integers
    sentences: Integers
    quotations: Integers
    awaiting: frozenset[int]  # quotations that end with a comma: who says them comes right after

    def leads_on(self, quotation: int) -> bool:
        """Whether a quotation ends with a comma, so that its cue follows."""
        return quotation in self.awaiting

    def __len__(self) -> int:
        return len(self.ids)


def tokenize(text: str, marked: Sequence[Span] | None = None, whole: Sequence[Span] | None = None) -> TokenFeatures:
    """The text's tokens, empty when it has none; its quotations and sentences may be given where they are known."""
    marked = quotation_spans(text) if marked is None else marked
    whole = sentence_spans(text) if whole is None else whole
    encoded = _tokenizer().encode(_SURROGATE.sub("?", text), add_special_tokens=False)
    ids = np.array(encoded.ids, dtype=np.int32)
    offsets = np.array(encoded.offsets, dtype=np.int32).reshape(-1, 2)
    starts, ends = offsets[:, 0].copy(), offsets[:, 1].copy()
    letters = _letters(text, starts, ends)
    paragraphs = _paragraphs(text, starts, ends)
    of_sentence, of_quotation = _numbers(len(text), whole)[starts], _numbers(len(text), marked)[starts]
    features = np.stack(
        [
            *letters,
            *_quoted(text, marked, starts, of_quotation),
            np.diff(paragraphs, prepend=0) > 0,
            np.diff(of_sentence, prepend=-1) != 0,
        ],
        axis=1,
    ).astype(np.float32)
    awaiting = frozenset(
        at for at, span in enumerate(marked, start=1) if text[slice(*span)].rstrip("”\"'’»")[-1:] == ","
    )
    return TokenFeatures(ids, starts, ends, features, paragraphs, of_sentence, of_quotation, awaiting)


@cache
def _tokenizer() -> BertWordPieceTokenizer:
    return BertWordPieceTokenizer(str(files("retrieval.text") / "minilm-vocab.txt"), lowercase=True)


def _letters(text: str, starts: Integers, ends: Integers) -> list[Booleans]:
    """Whether a token goes on where the last one ended, starts upper case, is all upper case, starts with a digit."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    known, which = np.unique(codes, return_inverse=True)
    upper, lower, digit = (
        np.array([test(chr(code)) for code in known], dtype=bool)[which] if len(known) else np.zeros(0, dtype=bool)
        for test in (str.isupper, str.islower, str.isdigit)
    )
    uppers, lowers = (np.concatenate([[0], np.cumsum(kind)]) for kind in (upper, lower))
    shouted = (uppers[ends] - uppers[starts] > 1) & (lowers[ends] == lowers[starts])
    return [starts == np.concatenate([[0], ends[:-1]]), upper[starts], shouted, digit[starts]]


def _quoted(text: str, spans: Sequence[Span], starts: Integers, of_quotation: Integers) -> list[Booleans]:
    """In a quotation, its first and last token, and whether it is long, starts upper case, ends with punctuation."""
    inside = of_quotation > 0
    first = inside & (np.diff(of_quotation, prepend=0) != 0)
    last = inside & (np.diff(of_quotation, append=0) != 0)
    bare = [text[start:end].strip("“”„«»\"'‘’ \n") for start, end in spans]
    of_spans = np.array(
        [(False, False, False)]
        + [(words.count(" ") + 1 >= _LONG_QUOTATION, words[:1].isupper(), words[-1:] in ",.?!") for words in bare]
    )[of_quotation]
    return [inside, first, last, *of_spans.T]


def _paragraphs(text: str, starts: Integers, ends: Integers) -> Integers:
    breaks = np.array([at for at, char in enumerate(text) if char == "\n"], dtype=np.int32)
    previous = np.concatenate([[0], ends[:-1]])
    new = np.searchsorted(breaks, starts) > np.searchsorted(breaks, previous)
    return np.cumsum(new).astype(np.int32)


def _numbers(length: int, spans: Sequence[Span]) -> Integers:
    numbers = np.zeros(length + 1, dtype=np.int32)
    for number, (start, end) in enumerate(spans, start=1):
        numbers[start:end] = number
    return numbers
