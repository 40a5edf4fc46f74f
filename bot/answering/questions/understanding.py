"""Understand a turn before anything is searched for: what kind it is, and what it asks on its own."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.answering.messages import Turn, Understanding
from bot.answering.questions.question_rewriting import PERSON_PRONOUN, asks_the_same_anew, rewrite_question
from bot.answering.questions.turn_kind import Embed, classify_turn, foreign_talk, is_talk
from retrieval.models.turn_kinds import COMPARISON, QUESTION
from retrieval.text.language import ENGLISH

Rewrite = Callable[[str, Sequence[Turn]], str]

_WHO_WROTE = re.compile(r"(?:and |but )?who (?:wrote|has written) (?:it|this|that)\W*", re.IGNORECASE)
# A question about the archive stands alone unless it points at what was said before. Who wrote `it`, and a summary of
# `it`, is asked of the article at hand.
_POINTS_BACK = re.compile(r"\b(?:he|she|him|her|they|them|it|that|those|there)\b", re.IGNORECASE)


def understand(
    turn: str, turns: Sequence[Turn], embed: Embed, rewrite: Rewrite, language: str = ENGLISH
) -> Understanding:
    """Understand a turn after the earlier ones; a follow-up question is rewritten so that it stands alone.

    The packaged networks know English alone, so every turn in another `language` is a question but for small talk.
    """
    talk, rest = foreign_talk(turn)
    kind, question = classify_turn(turn, embed) if language == ENGLISH else (QUESTION, rest)
    if is_talk(kind) and (turns or talk is None):  # `Ciao` is English in a conversation in English
        return Understanding(kind, turn)
    if talk:
        return Understanding(talk.kind, turn, language=talk.language)
    if language != ENGLISH:
        return Understanding(standalone_question=rewrite(question, turns), language=language)
    if turns and asks_the_same_anew(question):
        kind = QUESTION
    if turns and _WHO_WROTE.fullmatch(question):
        kind = "authorship"
    back = PERSON_PRONOUN if kind in ("authorship", "summary") else _POINTS_BACK
    if kind in (QUESTION, COMPARISON) or back.search(question):
        question = rewrite(question, turns)
    return Understanding(kind, question)


def without_small_talk(turns: Sequence[Turn], embed: Embed) -> list[Turn]:
    """The turns that ask something, those that have no standalone question yet rewritten in their order."""
    kept = list[Turn]()
    for turn in turns:
        kind, question = classify_turn(turn.question, embed)
        if not is_talk(kind) and not foreign_talk(turn.question)[0]:
            kept.append(turn if turn.standalone else replace(turn, standalone=rewrite_question(question, kept)))
    return kept
