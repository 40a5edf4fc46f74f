"""Tell words from deeds and thoughts: `Pell said`, `Pell called for`, but not `Pell signed`, `Pell hopes`.

Six small networks vote on the frame of a cue (`frame_networks.py`); `python -m evals.statements.training` trains them
on attributions of news that were read one by one.
"""

from collections.abc import Sequence

import numpy as np

from retrieval.quotes.attribution.attribution import Attribution
from retrieval.quotes.attribution.quotation_marks import OPENING_MARKS
from retrieval.quotes.attribution.token_features import Floats
from retrieval.quotes.modality.frame_networks import frame_probabilities
from retrieval.quotes.modality.frames import FRAME_COLUMNS, Frame

_SHORT = 20  # characters; content that is shorter is mostly a title or a topic


def statement_chances(text: str, items: Sequence[Attribution], frames: Sequence[Frame]) -> list[float]:
    """The probability of each attribution that somebody communicated its content; 1 where no network read its cue."""
    found = [1.0] * len(items)
    features = (statement_features(text, items[frame.number], frame) for frame in frames)
    for frame, shares in zip(frames, frame_probabilities("statements.npz", features), strict=True):
        found[frame.number] = float(shares[0])
    return found


def statement_features(text: str, item: Attribution, frame: Frame) -> Floats:
    """A frame's features with facts on the whole attribution beside each token, before the frame's own columns."""
    start, end = item.content[0][0], item.content[-1][1]
    cue = item.cue[0] if item.cue else start
    facts = [
        item.certainty,
        text[start] in OPENING_MARKS,
        item.source is None,
        cue > start,
        end - start < _SHORT,
        "\n" in text[min(start, cue) : max(start, cue)],
    ]
    beside = np.tile(np.array(facts, dtype=np.float32), (len(frame.features), 1))
    parts = (frame.features[:, :-FRAME_COLUMNS], beside, frame.features[:, -FRAME_COLUMNS:])
    features: Floats = np.concatenate(parts, axis=1)
    return features
