"""Run the quote network: dilated convolutions over tokens, then over the window of tokens around each cue.

The encoder is that of iterated dilated convolutions (Strubell et al., 2017, https://arxiv.org/abs/1702.02098); sources
are found as spans by their first and last token, as answers are in reading comprehension, contents token by token.
`evals/train_quotes.py` trains it; it runs on numpy alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np

from retrieval.quotes.attribution.token_features import Booleans, Floats, Integers, TokenFeatures

DILATIONS = (1, 2, 4, 8, 16, 32)
BACK, AHEAD = 112, 144  # tokens of the window before and after a cue, in which its source and content are
WINDOW = BACK + AHEAD
KERNEL = 5  # tokens, of the two convolutions over a window
WINDOW_DILATIONS = (1, 4)  # their dilations
REACH = 48  # tokens on either side of a cue that tell whether its words were said
POSITION_FEATURES = 8  # where a token stands to the cue
_CUES_PER_BATCH = 128  # whose windows are read at a time
_ENCODED_TOKENS = 32_768  # encoded at a time, 2.5 kB each meanwhile; the longest of 6,000 news articles has 24,000
_MARGIN = sum(DILATIONS) + WINDOW  # tokens around an encoded part that reach into what is read of it
_MAX_CUE_TOKENS = 32  # a longer run of words is no cue
_BUCKET_STARTS = np.array([0, 1, 2, 3, 4, 5, 6, 8, 10, 13, 17, 22, 29, 38, 50, 70, 100, 140, 200])
OFFSETS = np.arange(-BACK, AHEAD, dtype=np.int32)

NetworkWeights = Mapping[str, Floats]
_Cue = tuple[int, int, float]


@dataclass(frozen=True, slots=True)
class CueReading:
    """What the network says of one cue: its first and last token, and arrays over its window from `first - BACK` on.

    `certainty` is the probability that it is a cue. `content` holds each token's probability to be content, `source`
    its log odds to be in the source, `source_first` and `source_last` logits with that of `no source` last.
    `encoded` are the tokens of the cue and up to REACH on either side as the network encodes them.
    """

    first: int
    last: int
    certainty: float
    content: Floats
    source: Floats
    source_first: Floats
    source_last: Floats
    encoded: Floats


def distance_buckets(offsets: Integers) -> Integers:
    """The bucket of each offset from a cue: narrow buckets near it, wide ones far from it."""
    ahead, back = (np.searchsorted(_BUCKET_STARTS, side, "right") - 1 for side in (offsets, -offsets))
    return np.where(offsets >= 0, ahead, len(_BUCKET_STARTS) - 1 + back).astype(np.int32)


@cache
def trained_weights() -> NetworkWeights:
    """The trained weights, from the package's file."""
    with as_file(files("retrieval.quotes.attribution") / "network.npz") as path:
        return load_weights(path)


def load_weights(path: Path) -> NetworkWeights:
    """Trained weights from a file that `evals.train_quotes` wrote."""
    with np.load(path) as stored:
        loaded = {name: stored[name].astype(np.float32) for name in stored.files}
    loaded["emb"] *= loaded.pop("emb_scale")
    return loaded


def read_cues(net: NetworkWeights, tokens: TokenFeatures, *, threshold: float) -> Iterator[CueReading]:
    """The readings of all cues whose probability is above the threshold, in the order of the text.

    A long text is read part by part, each with the tokens around it on which its readings depend.
    """
    read = 0  # tokens of the parts and the cues before
    for first in range(0, len(tokens), _ENCODED_TOKENS):
        last, begin = min(len(tokens), first + _ENCODED_TOKENS), max(0, first - _MARGIN)
        part = tokens.part(begin, last + _MARGIN)
        hidden = encode(net, part)
        projected = hidden @ net["pv"]
        cues = [cue for cue in _detect_cues(net, hidden, threshold) if max(first, read) <= begin + cue[0] < last]
        for at in range(0, len(cues), _CUES_PER_BATCH):
            batch = cues[at : at + _CUES_PER_BATCH]
            for reading in _read_windows(net, hidden, projected, part, batch):
                yield replace(reading, first=begin + reading.first, last=begin + reading.last)
        read = begin + cues[-1][1] + 1 if cues else read


def encode(net: NetworkWeights, tokens: TokenFeatures) -> Floats:
    """The encoded tokens, one row each, which depends on the tokens around it."""
    hidden: Floats = np.concatenate([net["emb"][tokens.ids], tokens.features], axis=1) @ net["win"] + net["bin"]
    count = len(hidden)
    for layer, reach in enumerate(DILATIONS):
        padded = np.zeros((count + 2 * reach, hidden.shape[1]), dtype=np.float32)
        padded[reach : count + reach] = _normed(hidden, net[f"g{layer}"])
        kernel = net[f"c{layer}"]
        found = padded[:count] @ kernel[0]
        found += padded[reach : count + reach] @ kernel[1]
        found += padded[2 * reach :] @ kernel[2]
        found += net[f"b{layer}"]
        np.maximum(found, 0, out=found)
        hidden = hidden + found @ net[f"o{layer}"]
    return _normed(hidden, net["gf"])


def _normed(hidden: Floats, gain: Floats) -> Floats:
    normed: Floats = hidden * (gain / np.sqrt((hidden * hidden).mean(axis=1, keepdims=True) + 1e-5))
    return normed


def _detect_cues(net: NetworkWeights, hidden: Floats, threshold: float) -> list[_Cue]:
    """First and last token of each cue and its probability, from each token's to begin a cue and to continue one."""
    logits = hidden @ net["cue"] + net["cueb"]
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    _, begins, continues = (odds / odds.sum(axis=1, keepdims=True)).T
    found: list[_Cue] = []
    for first in np.flatnonzero(begins > threshold).tolist():
        if found and first <= found[-1][1]:
            continue
        last = first
        while last + 1 < min(len(hidden), first + _MAX_CUE_TOKENS) and continues[last + 1] > 0.5:
            last += 1
        found.append((first, last, float(begins[first])))
    return found


def _read_windows(
    net: NetworkWeights, hidden: Floats, projected: Floats, tokens: TokenFeatures, cues: list[_Cue]
) -> list[CueReading]:
    """The readings of some cues; arrays have a row for each cue and a column for each token of its window.

    `projected` are the encoded tokens as the windows take them.
    """
    first, last = np.array([cue[:2] for cue in cues], dtype=np.int32).T
    cue = hidden[first] + hidden[last]
    at = first[:, None] + OFFSETS
    exists = (at >= 0) & (at < len(hidden))
    clipped = np.clip(at, 0, len(hidden) - 1)
    windows = projected[clipped]
    windows += (cue @ net["pu"] + net["pb"])[:, None]
    windows += net["pr"][distance_buckets(OFFSETS)]
    windows += _position_features(tokens, first, last, at, clipped) @ net["pg"]
    np.maximum(windows, 0, out=windows)
    windows *= exists[:, :, None]
    for layer, dilation in enumerate(WINDOW_DILATIONS, start=1):
        windows += _convolve(windows, net[f"k{layer}"], net[f"kb{layer}"], dilation)
    logits = windows @ net["out"] + net["outb"]
    logits[~exists] = -30.0
    content = 1 / (1 + np.exp(-logits[:, :, 0]))
    no_source = cue @ net["null"]
    source_first = np.concatenate([logits[:, :, 1], no_source[:, :1]], axis=1)
    source_last = np.concatenate([logits[:, :, 2], no_source[:, 1:]], axis=1)
    return [
        CueReading(
            *found,
            content[row],
            logits[row, :, 3],
            source_first[row],
            source_last[row],
            hidden[max(0, found[0] - REACH) : found[1] + 1 + REACH],
        )
        for row, found in enumerate(cues)
    ]


def _position_features(
    tokens: TokenFeatures, first: Integers, last: Integers, at: Integers, clipped: Integers
) -> Floats:
    """POSITION_FEATURES columns of 0 and 1 for each token of each window."""
    paragraphs_apart = tokens.paragraphs[clipped] - tokens.paragraphs[first][:, None]
    quotation = tokens.quotations[clipped]
    features: list[Booleans] = [
        paragraphs_apart == 0,
        paragraphs_apart == 1,
        paragraphs_apart == -1,
        np.abs(paragraphs_apart) > 1,
        tokens.sentences[clipped] == tokens.sentences[first][:, None],
        quotation == tokens.quotations[first][:, None],
        quotation > 0,
        (at >= first[:, None]) & (at <= last[:, None]),
    ]
    return np.stack(features, axis=-1).astype(np.float32)


def _convolve(windows: Floats, kernel: Floats, bias: Floats, dilation: int) -> Floats:
    margin = dilation * (KERNEL // 2)
    padded = np.pad(windows, ((0, 0), (margin, margin), (0, 0)))
    found = padded[:, :WINDOW] @ kernel[0]
    for step in range(1, KERNEL):
        found += padded[:, step * dilation : step * dilation + WINDOW] @ kernel[step]
    found += bias
    positive: Floats = np.maximum(found, 0, out=found)
    return positive
