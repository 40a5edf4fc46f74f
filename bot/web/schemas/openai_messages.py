"""What OpenAI's clients send: messages, of which the last of the user is the question and those before it are turns."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.answering.messages import LONGEST_QUESTION, Turn, validate_question
from bot.answering.question_rewriting import rewrite_question
from bot.service.history import REMEMBERED
from bot.web.schemas.error_responses import ErrorResponse
from bot.web.schemas.parameters import STORABLE, Text
from retrieval.errors import UsageError

MOST_MESSAGES, MOST_PARTS = 500, 100

Said = Annotated[str, Field(min_length=1, pattern=r"\S"), STORABLE]


class Part(BaseModel):
    """A piece of a message; only text is read."""

    model_config = ConfigDict(strict=True)
    type: Literal["text"]
    text: Said


class FromUser(BaseModel):
    """What the reader asks or has asked."""

    model_config = ConfigDict(strict=True)
    role: Literal["user"]
    content: Said | Annotated[list[Part], Field(min_length=1, max_length=MOST_PARTS)]


class FromOthers(BaseModel):
    """Answers given before, and instructions, which are accepted and change nothing."""

    model_config = ConfigDict(strict=True)
    role: Literal["system", "developer", "assistant", "tool", "function"]
    content: Text | list[Part] | None = None


Message = Annotated[FromUser | FromOthers, Field(discriminator="role")]


class StreamOptions(BaseModel):
    """What a stream has beside the answer."""

    model_config = ConfigDict(strict=True)
    include_usage: bool | None = None


class ChatCompletionRequest(BaseModel):
    """As OpenAI's, whatever else it holds: `model`, `temperature`, `tools` and instructions change nothing."""

    model_config = ConfigDict(strict=True, extra="allow")
    messages: Annotated[
        list[Message],
        Field(
            min_length=1,
            max_length=MOST_MESSAGES,
            json_schema_extra={"contains": {"type": "object", "properties": {"role": {"const": "user"}}}},
        ),
    ]
    model: Text | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None

    @property
    def wants_usage(self) -> bool:
        return bool(self.stream_options and self.stream_options.include_usage)


def question_of(messages: Sequence[FromUser | FromOthers]) -> tuple[str, list[Turn]]:
    """The last thing the user says, on one line, and the turns before it. Raises Problem."""
    last = max((at for at, message in enumerate(messages) if message.role == "user"), default=None)
    if last is None:
        raise ErrorResponse(422, "invalid_request", "No message has the role user.", param="messages")
    try:
        return validate_question(_text(messages[last])), _turns(messages[:last])
    except UsageError as exc:
        raise ErrorResponse(422, "invalid_request", str(exc), param="messages") from exc


def _turns(messages: Sequence[FromUser | FromOthers]) -> list[Turn]:
    """Each question with what was answered to it, the last few, oldest first."""
    pairs = list[tuple[str, str]]()
    for message in messages:
        if message.role == "user":
            pairs.append((" ".join(_text(message).split())[:LONGEST_QUESTION], ""))
        elif message.role == "assistant" and pairs:
            pairs[-1] = (pairs[-1][0], _text(message))
    turns = list[Turn]()
    for question, answer in pairs[-REMEMBERED:]:
        turns.append(Turn(question, rewrite_question(question, turns), answer, "answered"))
    return turns


def _text(message: FromUser | FromOthers) -> str:
    content = message.content
    return content if isinstance(content, str) else "\n".join(part.text for part in content or ())
