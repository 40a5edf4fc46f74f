"""Tell what kind of turn a reader's words are, and take small talk off a question that begins with it."""

import logging
import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from retrieval.errors import EmbeddingUnavailable, IndexUnavailable, StorageError
from retrieval.models.turn_kinds import QUESTION, TALK_KINDS, TalkKind, TurnKind
from retrieval.text.language import is_latin

if TYPE_CHECKING:
    from retrieval.models.foreign_talk import ForeignTalk
    from retrieval.models.minilm.turn_classifier import TurnClassifier

Embed = Callable[[str], Sequence[float]]

MAX_CLASSIFIED = 300  # characters; nobody greets or asks for a list in longer words

_PART = re.compile(r"(?<=[.!?…])\s+|,\s+(?=(?:and|but|so)\b)|\n+")

_log = logging.getLogger(__name__)


def classify_turn(turn: str, embed: Embed) -> tuple[TurnKind, str]:
    """The kind of a turn, and the turn without small talk before the question that it holds.

    `Thanks! And what about the tolls?` is the question `And what about the tolls?`. Where the packaged embedding model
    is missing, every turn is a question.
    """
    if len(turn) > MAX_CLASSIFIED:
        return QUESTION, turn
    if not any(map(str.isalnum, turn)):  # signs and pictures, most of which the model's vocabulary lacks
        return "chat", turn
    if not is_latin(turn):  # the model's vectors of other scripts say nothing
        return QUESTION, turn
    try:
        return _classify(turn, embed)
    except (EmbeddingUnavailable, IndexUnavailable, StorageError) as exc:
        _log.info("Turns that are no questions cannot be told: %s", exc)  # the search says so to the reader
        return QUESTION, turn


def foreign_talk(turn: str) -> "tuple[ForeignTalk | None, str]":
    """What small talk a turn in another language than English is, and the turn without small talk before a question.

    None where it is no small talk, or in a language of which none is known.
    """
    from retrieval.models.foreign_talk import packaged_foreign_talk

    if len(turn) > MAX_CLASSIFIED:
        return None, turn
    classify = packaged_foreign_talk()
    if talk := classify(turn):
        return talk, turn
    parts = [part for part in _PART.split(turn) if part.strip()]
    talks = list(map(classify, parts))
    asked = next((at for at, talk in enumerate(talks) if talk is None), None)
    return (talks[-1], turn) if asked is None else (None, " ".join(parts[asked:]))


def is_talk(kind: TurnKind) -> bool:
    """Whether a turn of a kind is no question at all."""
    return talk_kind(kind) is not None


def talk_kind(kind: TurnKind) -> TalkKind | None:
    """The kind as one of small talk, None for a question."""
    return next((talk for talk in TALK_KINDS if talk == kind), None)


def _classify(turn: str, embed: Embed) -> tuple[TurnKind, str]:
    classifier = _load_classifier()
    whole = classifier(embed(turn)).kind
    parts = [part for part in _PART.split(turn) if part.strip()]
    if len(parts) < 2:
        return whole, turn
    kinds = [classifier(embed(part)).kind for part in parts]
    asked = next((at for at, kind in enumerate(kinds) if not is_talk(kind)), None)
    if asked is None:
        return (whole if is_talk(whole) else kinds[-1]), turn
    if asked == 0 and not is_talk(whole):
        return whole, turn
    if is_talk(whole) and not any(part.rstrip().endswith("?") for part in parts[asked:]):
        return whole, turn
    return (kinds[asked] if asked == len(parts) - 1 else QUESTION), " ".join(parts[asked:])


@cache
def _load_classifier() -> "TurnClassifier":
    """The packaged classifier, loaded once."""
    from retrieval.models.minilm.turn_classifier import packaged_turn_classifier

    return packaged_turn_classifier()
