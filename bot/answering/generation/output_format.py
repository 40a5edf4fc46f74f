"""The output formats that a model is asked for, prose and JSON, each with the parser of its drafts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.answering.generation.parsing.json_stream import MAX_TEXT_LENGTH, JsonSentenceStream
from bot.answering.generation.parsing.sentence_stream import ModelRefusal, SentenceStream
from bot.answering.generation.passage_prompt import MAX_PASSAGES
from bot.answering.messages import DraftSentence

# On two busy cores a model of 1.5B parameters reads 20 to 50 tokens a second; a passage has 200.
MAX_PASSAGES_SMALL_MODEL = 3
MAX_SENTENCES = 3
MAX_DRAFT_TOKENS = 300  # a small model that repeats itself does not stop otherwise


class DraftParser(Protocol):
    """Parses a draft that comes in pieces into sentences, or the model's refusal."""

    def feed(self, text: str) -> Sequence[DraftSentence | ModelRefusal]:
        """Return the sentences that this piece completes."""

    def end(self, *, is_cut: bool = False) -> Sequence[DraftSentence | ModelRefusal]:
        """Return the sentences that are left, now that nothing follows; `is_cut`: the model was stopped, not done."""


@dataclass(frozen=True, slots=True)
class OutputFormat:
    """An output format: the prompt's name, the parser of drafts, and the request's options by number of passages.

    `passages` is the most passages in the prompt. In the short form a model cites passages, not sentences of them, and
    is neither asked what a turn means nor to repair what fails.
    """

    prompt: str
    parser: Callable[[], DraftParser]
    request_options: Callable[[int], Mapping[str, Any]]
    passages: int = MAX_PASSAGES
    is_short: bool = False


def _schema(passages: int) -> Mapping[str, Any]:
    """The JSON schema of a draft; a passage's number precedes the text, so that the model chooses before it writes."""
    item = {
        "passage": {"type": "integer", "enum": list(range(1, passages + 1))},
        "text": {"type": "string", "maxLength": MAX_TEXT_LENGTH},
    }
    items = {"type": "array", "maxItems": MAX_SENTENCES, "items": object_schema(item)}
    return object_schema({"found": {"type": "boolean"}, "sentences": items})


def object_schema(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    """The JSON schema of an object with these properties, all of them required, and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def json_options(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """Options of a request for JSON of a schema."""
    named = {"name": name, "strict": True, "schema": schema}
    return {"temperature": 0, "response_format": {"type": "json_schema", "json_schema": named}}


def json_object(text: str) -> str:
    """The text from its first to its last brace: some models write a fence around it."""
    return text[text.find("{") : text.rfind("}") + 1]


def _answer_options(passages: int) -> Mapping[str, Any]:
    return json_options("answer", _schema(passages)) | {"max_tokens": MAX_DRAFT_TOKENS}


PROSE = OutputFormat("answer", SentenceStream, lambda passages: {})
JSON = OutputFormat(
    "answer-json", JsonSentenceStream, _answer_options, passages=MAX_PASSAGES_SMALL_MODEL, is_short=True
)
"""For small models, which cite better when a schema leaves them no choice."""
