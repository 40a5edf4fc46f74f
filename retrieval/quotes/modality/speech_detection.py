"""Tell words from deeds and thoughts: `Pell said`, `Pell called for`, but not `Pell signed`, `Pell hopes`.

Six small networks vote on the context of a cue (`context_networks.py`); `python -m evals.speech.training` trains them
on attributions of news that were read one by one.
"""

from collections.abc import Sequence

import numpy as np

from retrieval.quotes.attribution.attribution import Attribution
from retrieval.quotes.attribution.quotation_marks import OPENING_MARKS
from retrieval.quotes.attribution.token_features import Floats
from retrieval.quotes.modality.context_networks import context_probabilities
from retrieval.quotes.modality.cue_contexts import CONTEXT_COLUMNS, CueContext

_SHORT = 20  # characters; content that is shorter is mostly a title or a topic


def speech_chances(text: str, items: Sequence[Attribution], contexts: Sequence[CueContext]) -> list[float]:
    """The probability of each attribution that somebody communicated its content; 1 where no network read its cue."""
    found = [1.0] * len(items)
    features = (speech_features(text, items[context.number], context) for context in contexts)
    for context, shares in zip(contexts, context_probabilities("speech.npz", features), strict=True):
        found[context.number] = float(shares[0])
    return found


def speech_features(text: str, item: Attribution, context: CueContext) -> Floats:
    """A context's features with facts on the whole attribution beside each token, before the context's own columns."""
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
    beside = np.tile(np.array(facts, dtype=np.float32), (len(context.features), 1))
    parts = (context.features[:, :-CONTEXT_COLUMNS], beside, context.features[:, -CONTEXT_COLUMNS:])
    features: Floats = np.concatenate(parts, axis=1)
    return features
