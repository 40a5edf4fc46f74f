"""Tell small talk in other languages than English from everything else, by the letters of a turn.

Softmax regression over hashed runs of letters, trained by `python -m evals.train_foreign_talk`; `foreign_talk.npz` has
numbers. Greetings and thanks are few and short, so that their letters tell what they are and in which language.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from zlib import crc32

import numpy as np
import numpy.typing as npt

from retrieval.models.turn_kinds import TALK_KINDS, TalkKind

FloatArray = npt.NDArray[np.float32]

TALK_LANGUAGES = ("de", "fr", "es", "uk")
CLASSES: tuple[tuple[str, TalkKind] | None, ...] = (
    None,  # whatever is no small talk in one of these languages
    *((language, kind) for language in TALK_LANGUAGES for kind in TALK_KINDS),
)
FEATURES = 2048
RUNS = (2, 3, 4, 5)  # letters
WORD_WEIGHT = 1.5  # of a whole word, beside 1 of a run of letters
# The least probability of being small talk. Of 3,200 questions of evals `asked`, none reaches it.
MIN_TALK = 0.8

_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class ForeignTalk:
    """Small talk: its language and its kind."""

    language: str
    kind: TalkKind


class ForeignTalkClassifier:
    """Classifies turns; `matrix` has shape (FEATURES, classes) and `bias` (classes,), in the order of CLASSES."""

    def __init__(self, matrix: FloatArray, bias: FloatArray) -> None:
        self._matrix, self._bias = matrix, bias

    def __call__(self, turn: str) -> ForeignTalk | None:
        """What small talk a turn is; None where it is none, or in another language."""
        logits = letter_features(turn) @ self._matrix + self._bias
        shares = np.exp(logits - logits.max())
        if shares[0] > (1 - MIN_TALK) * shares.sum():
            return None
        best = CLASSES[1 + int(shares[1:].argmax())]
        return ForeignTalk(*best) if best else None


def letter_features(turn: str) -> FloatArray:
    """The hashed runs of letters and words of a turn, as a vector of length 1; zeros where it has no letters."""
    features = np.zeros(FEATURES, dtype=np.float32)
    for run, weight in _runs(unicodedata.normalize("NFC", turn.casefold())):
        features[crc32(run.encode()) % FEATURES] = weight
    length = float(np.linalg.norm(features))
    return features / length if length else features


def _runs(turn: str) -> Iterator[tuple[str, float]]:
    words = _WORD.findall(turn)
    text = f" {' '.join(words)} "
    for length in RUNS:
        yield from ((text[at : at + length], 1.0) for at in range(len(text) - length + 1))
    yield from ((f"w{word}", WORD_WEIGHT) for word in words)


@cache
def packaged_foreign_talk() -> ForeignTalkClassifier:
    """The classifier of this package, loaded once."""
    with np.load(BytesIO((files(__package__) / "foreign_talk.npz").read_bytes())) as stored:
        return ForeignTalkClassifier(stored["matrix"].astype(np.float32), stored["bias"].astype(np.float32))
