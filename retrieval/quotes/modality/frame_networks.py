"""Run the networks that classify frames: six small convolutional ones vote.

They read words as the quote network knows them and its encoding of the sentence; numpy alone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import as_file, files
from itertools import islice

import numpy as np
import numpy.typing as npt

from retrieval.quotes.attribution.token_features import Floats
from retrieval.quotes.modality.frames import FRAME_COLUMNS

_FRAMES_PER_BATCH = 128
_GAP = 2  # empty rows between frames: the farthest that a convolution reaches
Places = npt.NDArray[np.int64]
FrameWeights = Mapping[str, Floats]


@cache
def frame_weights(name: str) -> FrameWeights:
    """The trained weights in a file of this package."""
    with as_file(files("retrieval.quotes.modality") / name) as path, np.load(path) as stored:
        return {key: stored[key].astype(np.float32) for key in stored.files}


def frame_probabilities(name: str, frames: Iterable[Floats]) -> Iterator[Floats]:
    """The probabilities of the classes of all frames by the networks of a file, some frames read at a time."""
    rest = iter(frames)
    while batch := list(islice(rest, _FRAMES_PER_BATCH)):
        yield from probabilities(frame_weights(name), batch)


def probabilities(weights: FrameWeights, frames: Sequence[Floats]) -> Floats:
    """The probability of each class, one row for each frame.

    Frames stand one after the other, with empty rows between them so that no convolution reaches into the next one.
    """
    gap = np.zeros((_GAP, frames[0].shape[1]), dtype=np.float32)
    rows = np.concatenate([part for frame in frames for part in (frame, gap)])
    starts = np.cumsum([0, *(len(frame) + _GAP for frame in frames[:-1])])
    marks = np.stack([rows[:, -FRAME_COLUMNS:].any(axis=1), rows[:, -FRAME_COLUMNS], rows[:, 1 - FRAME_COLUMNS]])
    votes = [_vote(weights, number, rows, marks.astype(np.float32), starts) for number in range(len(weights["inb"]))]
    mean: Floats = np.mean(votes, axis=0)
    return mean


def _vote(weights: FrameWeights, number: int, rows: Floats, marks: Floats, starts: Places) -> Floats:
    """The probabilities that one network gives; it reads tokens beside each other, then pools those of each frame.

    `marks` are three rows of 0 and 1: the tokens that exist, those of the cue and those of the source.
    """
    exists = marks[0][:, None]
    hidden = np.maximum(rows @ weights["in"][number] + weights["inb"][number], 0) * exists
    for layer, dilation in ((1, 1), (2, 2)):
        hidden += _convolve(hidden, weights[f"c{layer}"][number], weights[f"b{layer}"][number], dilation)
        hidden *= exists
    means = [_mean(hidden, weight[:, None], starts) for weight in marks]
    pooled = np.concatenate([np.maximum.reduceat(hidden, starts), *means], axis=1)
    logits = pooled @ weights["out"][number] + weights["outb"][number]
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    chances: Floats = odds / odds.sum(axis=1, keepdims=True)
    return chances


def _convolve(hidden: Floats, kernel: Floats, bias: Floats, dilation: int) -> Floats:
    """A convolution over three tokens, so far apart, and a ReLU."""
    padded = np.pad(hidden, ((dilation, dilation), (0, 0)))
    found: Floats = padded[: len(hidden)] @ kernel[0] + bias
    for step in (1, 2):
        found += padded[step * dilation : step * dilation + len(hidden)] @ kernel[step]
    positive: Floats = np.maximum(found, 0, out=found)
    return positive


def _mean(hidden: Floats, weight: Floats, starts: Places) -> Floats:
    """The mean of the tokens of each frame that have a weight of 1."""
    total: Floats = np.add.reduceat(hidden * weight, starts)
    total /= np.maximum(np.add.reduceat(weight, starts), 1)
    return total
