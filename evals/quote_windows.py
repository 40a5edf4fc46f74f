"""Cut annotated articles into windows of tokens for training the quote network."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from evals.data import Attributed
from retrieval.quotes.attribution.token_features import Floats, Integers, TokenFeatures, tokenize
from retrieval.text.sentences import Span

LENGTH = 1024  # tokens a window
STRIDE = 768
MARGIN = 128  # tokens at a cut; cues in them are learned from the other window, which sees what is around them
BACK, AHEAD = 192, 256  # tokens around a cue; wider than where the network looks later, for more to learn from
WINDOW = BACK + AHEAD
OFFSETS = np.arange(-BACK, AHEAD, dtype=np.int32)
CUES = 40  # a window; a few windows hold more and lose them
Window = Mapping[str, np.ndarray]


@dataclass(frozen=True, slots=True)
class _TokenLabel:
    """One attribution as token spans: first, and one past the last."""

    cue: Span
    source: Span | None
    content: tuple[Span, ...]


def windows(text: str, labelled: list[Attributed]) -> Iterator[Window]:
    """One article as arrays of fixed shapes; attributions without cue or content are left out."""
    tokens = tokenize(text)
    labels = sorted((label for item in labelled if (label := _label(tokens, item))), key=lambda label: label.cue)
    for start in range(0, max(1, len(tokens) - (LENGTH - STRIDE)), STRIDE):
        yield _window(tokens, labels, start, min(len(tokens), start + LENGTH))


def _label(tokens: TokenFeatures, item: Attributed) -> _TokenLabel | None:
    cues, sources, content = (_spans(tokens, spans) for spans in (item.cue, item.source, item.content))
    return _TokenLabel(cues[0], sources[0] if sources else None, tuple(content)) if cues and content else None


def _spans(tokens: TokenFeatures, spans: tuple[Span, ...]) -> list[Span]:
    found = [
        (int(np.searchsorted(tokens.ends, start, "right")), int(np.searchsorted(tokens.starts, end)))
        for start, end in spans
    ]
    return [(first, last) for first, last in found if last > first]


def _window(tokens: TokenFeatures, labels: list[_TokenLabel], start: int, end: int) -> Window:
    lowest, highest = start + (MARGIN if start else 0), end - (MARGIN if end < len(tokens) else 0)
    tags = np.zeros(LENGTH, dtype=np.int32)
    inside = [label for label in labels if label.cue[0] >= start and label.cue[1] <= end]
    for first, last in (label.cue for label in inside):
        tags[first - start], tags[first - start + 1 : last - start] = 1, 2
    learned = [label for label in inside if lowest <= label.cue[0] < highest][:CUES]
    padded = {
        name: _padded(getattr(tokens, name)[start:end])
        for name in ("ids", "features", "paragraphs", "sentences", "quotations")
    }
    return {**padded, "count": np.array(end - start, dtype=np.int32), "tags": tags, **_targets(learned, start)}


def _padded(values: Floats | Integers) -> np.ndarray:
    return np.concatenate([values, np.zeros((LENGTH - len(values), *values.shape[1:]), dtype=values.dtype)])


def _targets(labels: list[_TokenLabel], start: int) -> Window:
    """The training targets of each cue: its tokens, and in its window the content and the source's start and end."""
    cues, known = np.zeros((2, CUES), dtype=np.int32), np.zeros(CUES, dtype=np.float32)
    marked = np.zeros((2, CUES, WINDOW), dtype=np.float32)  # in the content, in the source
    sources = np.full((2, CUES), WINDOW, dtype=np.int32)
    for row, label in enumerate(labels):
        base = label.cue[0] - BACK
        cues[:, row] = label.cue[0] - start, label.cue[1] - 1 - start
        known[row] = 1
        for first, last in label.content:
            marked[0, row, max(0, first - base) : max(0, last - base)] = 1
        if label.source and label.source[0] >= base and label.source[1] <= base + WINDOW:
            sources[:, row] = label.source[0] - base, label.source[1] - 1 - base
            marked[1, row, label.source[0] - base : label.source[1] - base] = 1
    return {"cues": cues, "known": known, "marked": marked, "sources": sources}
