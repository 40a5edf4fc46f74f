"""Tell what kind of turn a reader's words are: a question, a question about the archive, or none.

Softmax regression over MiniLM's vector of the turn, trained by `python -m evals.train_turns`; `turns.npz` has numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from io import BytesIO

import numpy as np

from retrieval.models.minilm.weights import FloatArray
from retrieval.models.turn_kinds import ARCHIVE_KINDS, COMPARISON, QUESTION, TALK_KINDS, TURN_KINDS, TurnKind

# The least probability of a turn that is taken for small talk of any kind, for a question about the archive of any
# kind, and for a comparison. Tuned by `python -m evals.train_turns` so that none of the readers' questions (`asked`) is
# taken for small talk.
MIN_TALK, MIN_ARCHIVE, MIN_COMPARISON = 0.8, 0.5, 0.5


@dataclass(frozen=True, slots=True)
class ClassifiedTurn:
    """What a turn is, and how probable it is that it is small talk, about the archive, or a question at all."""

    kind: TurnKind
    confidence: float


class TurnClassifier:
    """Classifies vectors of turns; `matrix` has shape (384, kinds) and `bias` (kinds,), in the order of TURN_KINDS."""

    def __init__(self, matrix: FloatArray, bias: FloatArray) -> None:
        self._matrix, self._bias = matrix, bias

    def __call__(self, vector: Sequence[float] | FloatArray) -> ClassifiedTurn:
        """What a turn with this vector is."""
        logits = np.asarray(vector, dtype=np.float32) @ self._matrix + self._bias
        powers = np.exp(logits - logits.max())
        shares = dict(zip(TURN_KINDS, (powers / powers.sum()).tolist(), strict=True))
        talk = sum(shares[kind] for kind in TALK_KINDS)
        if talk >= MIN_TALK:
            return ClassifiedTurn(max(TALK_KINDS, key=lambda kind: shares[kind]), talk)
        archive = sum(shares[kind] for kind in ARCHIVE_KINDS)
        if archive >= MIN_ARCHIVE:
            return ClassifiedTurn(max(ARCHIVE_KINDS, key=lambda kind: shares[kind]), archive)
        kind: TurnKind = COMPARISON if shares[COMPARISON] >= MIN_COMPARISON else QUESTION
        return ClassifiedTurn(kind, shares[kind])


def packaged_turn_classifier() -> TurnClassifier:
    """The classifier of this package."""
    with np.load(BytesIO((files(__package__) / "turns.npz").read_bytes())) as stored:
        return TurnClassifier(stored["matrix"].astype(np.float32), stored["bias"].astype(np.float32))
