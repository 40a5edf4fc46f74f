"""Read a question that follows others: after these, and leaving behind what was told."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.answering.messages import Turn
from bot.answering.reading.read_sentences import ReadSentence
from retrieval.text.terms import content_terms

FOLLOWS = " | "  # between a question and the one that follows it, as the reader was trained
EARLIER_TURNS = 2  # that a question is read after, as the reader was trained
# Of a follow-up: what its reading after the questions before weighs beside that alone, and what is taken off the score
# of a sentence that was told. Of 81 follow-ups of `asked` 60 were answered, 51 with the question alone.
FOLLOWING_WEIGHT, TOLD = 0.3, 1.5
SHORT = 4  # the most content terms of a question that is searched for with those before it, too
_ELSE = re.compile(r"\belse\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Before:
    """What a question follows: `turn` is the question as it was asked, `told` the text of the answers before."""

    turn: str = ""
    questions: tuple[str, ...] = ()
    told: str = ""

    @property
    def words(self) -> str:
        """A short question with those before it, to be searched for beside it; empty of one that tells enough."""
        is_short = bool(self.questions) and len(content_terms(self.turn)) <= SHORT
        return " ".join((*self.questions, self.turn)) if is_short else ""

    @property
    def asks_else(self) -> bool:
        """Whether the question asks for what was not told yet."""
        return bool(self.told) and bool(_ELSE.search(self.turn))

    def has_told(self, text: str) -> bool:
        """Whether a text, on one line, was told before."""
        return bool(text) and text in self.told

    def weigh(self, alone: ReadSentence, following: ReadSentence) -> ReadSentence:
        """A sentence as it was read for the question alone and after the questions before it."""
        logit = alone.logit + FOLLOWING_WEIGHT * (following.logit - alone.logit)
        passage = alone.passage + FOLLOWING_WEIGHT * (following.passage - alone.passage)
        score = alone.score + logit - alone.logit - (TOLD if self.has_told(alone.text) else 0.0)
        return replace(alone, score=score, logit=logit, passage=passage)


NOTHING_BEFORE = Before()


def follows(turn: str, turns: Sequence[Turn]) -> Before:
    """What a turn follows: the last questions, with what was answered."""
    last = turns[-EARLIER_TURNS:]
    return Before(turn, tuple(one.question for one in last), " ".join(" ".join(one.answer.split()) for one in last))
