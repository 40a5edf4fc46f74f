"""Run the networks that classify contexts: six small convolutional ones vote.

They read words as the quote network knows them and its encoding of the sentence; numpy alone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import as_file, files
from itertools import islice

import numpy as np
import numpy.typing as npt

from retrieval.quotes.attribution.token_features import Floats
from retrieval.quotes.modality.cue_contexts import CONTEXT_COLUMNS

_CONTEXTS_PER_BATCH = 128
_GAP = 2  # empty rows between contexts: the farthest that a convolution reaches
Places = npt.NDArray[np.int64]
ContextWeights = Mapping[str, Floats]


@cache
def context_weights(name: str) -> ContextWeights:
    """The trained weights in a file of this package."""
    with as_file(files("retrieval.quotes.modality") / name) as path, np.load(path) as stored:
        return {key: stored[key].astype(np.float32) for key in stored.files}


def context_probabilities(name: str, contexts: Iterable[Floats]) -> Iterator[Floats]:
    """The probabilities of the classes of all contexts by the networks of a file, some contexts read at a time."""
    rest = iter(contexts)
    while batch := list(islice(rest, _CONTEXTS_PER_BATCH)):
        yield from probabilities(context_weights(name), batch)


def probabilities(weights: ContextWeights, contexts: Sequence[Floats]) -> Floats:
    """The probability of each class, one row for each context.

    Contexts stand one after the other, with empty rows between them so that no convolution reaches into the next one.
    """
    gap = np.zeros((_GAP, contexts[0].shape[1]), dtype=np.float32)
    rows = np.concatenate([part for context in contexts for part in (context, gap)])
    starts = np.cumsum([0, *(len(context) + _GAP for context in contexts[:-1])])
    marks = np.stack([rows[:, -CONTEXT_COLUMNS:].any(axis=1), rows[:, -CONTEXT_COLUMNS], rows[:, 1 - CONTEXT_COLUMNS]])
    votes = [_vote(weights, number, rows, marks.astype(np.float32), starts) for number in range(len(weights["inb"]))]
    mean: Floats = np.mean(votes, axis=0)
    return mean


def _vote(weights: ContextWeights, number: int, rows: Floats, marks: Floats, starts: Places) -> Floats:
    """The probabilities that one network gives; it reads tokens beside each other, then pools those of each context.

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
    """The mean of the tokens of each context that have a weight of 1."""
    total: Floats = np.add.reduceat(hidden * weight, starts)
    total /= np.maximum(np.add.reduceat(weight, starts), 1)
    return total
