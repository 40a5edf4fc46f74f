"""In which form a model is asked for an answer, and how its draft is read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.answering.generation.json_stream import LONGEST, JsonSentenceStream
from bot.answering.generation.passage_prompt import MOST
from bot.answering.generation.sentence_stream import ModelRefusal, SentenceStream
from bot.answering.messages import DraftSentence

FEW = 3  # passages for a small model: on two busy cores one of 1.5B reads 20 to 50 tokens a second, a passage has 200
FEW_SENTENCES = 3
LONGEST_DRAFT = 300  # tokens; a small model that repeats itself finds no end


class DraftParser(Protocol):
    """Text in pieces to whole sentences, or to the model's word that there is no answer."""

    def feed(self, text: str) -> Sequence[DraftSentence | ModelRefusal]:
        """The sentences that became whole."""

    def end(self) -> Sequence[DraftSentence | ModelRefusal]:
        """What is left when nothing follows any more."""


@dataclass(frozen=True, slots=True)
class OutputFormat:
    """The prompt's name, what reads a draft, what a request for so many passages needs, how many passages go in.

    `rewrites` says whether the model is asked to rewrite follow-ups; otherwise a rule does.
    """

    prompt: str
    reader: Callable[[], DraftParser]
    options: Callable[[int], Mapping[str, Any]]
    passages: int = MOST
    rewrites: bool = True


def _schema(passages: int) -> Mapping[str, Any]:
    """What a draft may be; the passage comes before its text, so that a model looks before it writes."""
    item = {
        "passage": {"type": "integer", "enum": list(range(1, passages + 1))},
        "text": {"type": "string", "maxLength": LONGEST},
    }
    items = {"type": "array", "maxItems": FEW_SENTENCES, "items": _object(item)}
    return _object({"found": {"type": "boolean"}, "sentences": items})


def _object(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _json_options(passages: int) -> Mapping[str, Any]:
    named = {"name": "answer", "strict": True, "schema": _schema(passages)}
    return {
        "temperature": 0,
        "max_tokens": LONGEST_DRAFT,
        "response_format": {"type": "json_schema", "json_schema": named},
    }


PROSE = OutputFormat("answer", SentenceStream, lambda passages: {})
JSON = OutputFormat("answer-json", JsonSentenceStream, _json_options, passages=FEW, rewrites=False)
"""For small models, which cite better when the form leaves them no choice."""
