"""Cut the context of a quote out of its article: the sentence around the cue without what is said.

The context is what decides whether something was said: `Ferrer never said that …`, `Asked whether Ferrer had said …`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from retrieval.quotes.attribution.attribution import Attribution, EncodedCue
from retrieval.quotes.attribution.token_features import Booleans, Floats, Integers, TokenFeatures
from retrieval.text.sentences import Span

EDGE_TOKENS = 2  # of each piece of content that stay in the context, such as `whether she`
_DISTANCES = np.array([-9, -5, -3, -2, -1, 0, 1, 2, 3, 5, 9])  # from the cue, in tokens; bounds of buckets
MARKS = 4  # columns: in the cue, in the source, at the edge of the content, in a quotation
EDGE_COLUMN = 2
CONTEXT_COLUMNS = MARKS + len(_DISTANCES) + 1  # of a context's last columns; the marks come first


@dataclass(frozen=True, slots=True)
class CueContext:
    """The sentence around the cue of attribution `number`, without what is said: tokens, and features for each.

    `first_of_cue` is the cue's first token.
    """

    number: int
    first_of_cue: int
    tokens: Integers
    features: Floats


def find_cue_contexts(words: Floats, tokens: TokenFeatures, items: Sequence[Attribution]) -> Iterator[CueContext]:
    """The contexts of the attributions that have a cue which the network found; `words` is its table of words.

    A row of features has the token's word, its letters, its encoding by the quote network, and the CONTEXT_COLUMNS.
    """
    for number, item in enumerate(items):
        if cue := item.encoded_cue:
            at, columns = _context_tokens(tokens, item, cue)
            parts = (words[tokens.ids[at]], tokens.features[at], cue.encoded[at - cue.start], columns)
            yield CueContext(number, cue.first, at, np.concatenate(parts, axis=1))


def _context_tokens(tokens: TokenFeatures, item: Attribution, cue: EncodedCue) -> tuple[Integers, Floats]:
    """The tokens of an attribution's context, and CONTEXT_COLUMNS for each of them."""
    first, last = cue.first, cue.last
    at = np.arange(cue.start, cue.start + len(cue.encoded), dtype=np.int32)
    is_cue = (at >= first) & (at <= last)
    is_content, is_edge = _content_marks(tokens, at, item.content)
    is_near = (tokens.sentences[at] == tokens.sentences[first]) & (tokens.paragraphs[at] == tokens.paragraphs[first])
    source = _token_range(tokens, item.source) if item.source else (0, 0)
    is_source = (at >= source[0]) & (at < source[1])
    distance = np.where(at < first, at - first, np.maximum(at - last, 0))
    buckets = np.eye(len(_DISTANCES) + 1)[np.searchsorted(_DISTANCES, distance, "right")]
    marks = np.stack([is_cue, is_source, is_edge, tokens.quotations[at] > 0], axis=1)
    kept = (is_near & (~is_content | is_edge)) | is_cue
    return at[kept], np.concatenate([marks, buckets], axis=1)[kept].astype(np.float32)


def context_text(text: str, tokens: TokenFeatures, context: CueContext) -> str:
    """What a context says, without the edges of the content."""
    written, end = "", 0
    is_edge = context.features[:, EDGE_COLUMN - CONTEXT_COLUMNS] != 0
    for token in context.tokens[~is_edge].tolist():
        start = int(tokens.starts[token])
        written += (" " if start != end else "") + text[start : tokens.ends[token]]
        end = int(tokens.ends[token])
    return written


def _content_marks(tokens: TokenFeatures, at: Integers, content: Sequence[Span]) -> tuple[Booleans, Booleans]:
    """Which tokens are content, and which of them begin a piece of it."""
    inside, edge = np.zeros(len(at), dtype=bool), np.zeros(len(at), dtype=bool)
    for span in content:
        begin, end = _token_range(tokens, span)
        inside |= (at >= begin) & (at < end)
        edge |= (at >= begin) & (at < min(end, begin + EDGE_TOKENS))
    return inside, edge


def _token_range(tokens: TokenFeatures, span: Span) -> tuple[int, int]:
    """The first token of a span of characters and the one after its last."""
    return int(np.searchsorted(tokens.ends, span[0], "right")), int(np.searchsorted(tokens.starts, span[1], "left"))
