"""Have the model say what a turn means before anything is searched for: one short call, with rules to fall back on."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pydantic import BaseModel, Field, ValidationError

from bot.answering.generation.output_format import json_object, json_options, object_schema
from bot.answering.generation.writer import GenerationState, Writer
from bot.answering.messages import Turn, Understanding
from bot.answering.questions.question_parts import has_pronoun
from bot.answering.questions.turn_kind import is_talk
from bot.formatting import format_date
from retrieval.errors import ModelError
from retrieval.models.turn_kinds import QUESTION, TURN_KINDS, TurnKind
from retrieval.text.language import ENGLISH, language_name

MAX_TURNS, MAX_TURN_LENGTH = 4, 400  # of the conversation in the prompt; characters of an answer
MAX_QUESTION_LENGTH = 300  # characters; what is longer is an answer rather than a question
MAX_SEARCHES = 4
QUESTION_MARKS = ("?", "？", "؟")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a turn is, the question that it asks on its own, and what to search for in the articles' languages."""

    kind: TurnKind
    question: str
    searches: tuple[str, ...]


class _Reply(BaseModel):
    kind: TurnKind = QUESTION
    question: str = Field(min_length=1, max_length=MAX_QUESTION_LENGTH)
    searches: list[str] = []


def needs_plan(turn: str, turns: Sequence[Turn], by_rule: Understanding) -> bool:
    """Whether rules are not sure of a turn: they are of small talk, and of a first question in English by itself."""
    if by_rule.language != ENGLISH:
        return True
    return not is_talk(by_rule.kind) and (bool(turns) or has_pronoun(turn))


def plan_turn(
    turn: str, turns: Sequence[Turn], languages: Sequence[str], today: date, writer: Writer, state: GenerationState
) -> Plan | None:
    """Ask the model what a turn means after the earlier ones; None where it cannot be asked or says nothing of use.

    `languages` are those of the articles, as ISO 639-1 codes.
    """
    if not writer.may_plan():
        return None
    messages = writer.prompts.messages(
        "plan",
        today=format_date(today.isoformat()),
        languages=", ".join(language_name(one, ENGLISH) for one in languages) or "unknown",
        turns="\n".join(map(_format_turn, turns[-MAX_TURNS:])) or "nothing",
        question=turn,
    )
    try:
        text = writer.complete(messages, state, _options())
    except ModelError as exc:
        writer.breaker.record_failure()
        _log.info("The model could not be asked what a turn means: %s", exc)
        return None
    writer.breaker.record_success()  # else the answer would be refused where this request was the trial
    return _parse_plan(text)


def _parse_plan(text: str) -> Plan | None:
    """The plan in a reply; a model that knows no JSON may write the question alone."""
    if text.endswith(QUESTION_MARKS) and len(text) <= MAX_QUESTION_LENGTH and not set("{\n") & set(text):
        return Plan(QUESTION, text, ())
    try:
        reply = _Reply.model_validate_json(json_object(text))
    except ValidationError:
        return None
    searches = dict.fromkeys(" ".join(text.split()) for text in reply.searches if len(text) <= MAX_QUESTION_LENGTH)
    return Plan(reply.kind, " ".join(reply.question.split()), tuple(filter(None, searches))[:MAX_SEARCHES])


def _options() -> dict[str, object]:
    searches = {"type": "array", "minItems": 1, "maxItems": MAX_SEARCHES, "items": {"type": "string"}}
    kind = {"type": "string", "enum": list(TURN_KINDS)}
    return json_options("plan", object_schema({"kind": kind, "question": {"type": "string"}, "searches": searches}))


def _format_turn(turn: Turn) -> str:
    return f"Reader: {turn.question}" + (f"\nAnswer: {turn.answer[:MAX_TURN_LENGTH]}" if turn.answer else "")
