"""The body of a chat completion request: the last user message is the question, those before it are earlier turns."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.answering.messages import MAX_QUESTION_LENGTH, Turn, validate_question
from bot.service.history import MAX_TURNS
from bot.web.schemas.error_responses import ApiError
from bot.web.schemas.parameters import STORABLE, Text
from retrieval.errors import UsageError

MAX_MESSAGES, MAX_PARTS = 500, 100

NonBlankText = Annotated[str, Field(min_length=1, pattern=r"\S"), STORABLE]


class TextPart(BaseModel):
    """A part of a message; only text parts are accepted."""

    model_config = ConfigDict(strict=True)
    type: Literal["text"]
    text: NonBlankText


class UserMessage(BaseModel):
    """A question of the reader, the current one or an earlier one."""

    model_config = ConfigDict(strict=True)
    role: Literal["user"]
    content: NonBlankText | Annotated[list[TextPart], Field(min_length=1, max_length=MAX_PARTS)]


class OtherMessage(BaseModel):
    """Earlier answers, and instructions, which are accepted and ignored."""

    model_config = ConfigDict(strict=True)
    role: Literal["system", "developer", "assistant", "tool", "function"]
    content: Text | list[TextPart] | None = None


Message = Annotated[UserMessage | OtherMessage, Field(discriminator="role")]


class StreamOptions(BaseModel):
    """What a stream contains besides the answer."""

    model_config = ConfigDict(strict=True)
    include_usage: bool | None = None


class ChatCompletionRequest(BaseModel):
    """OpenAI's request; `model`, `temperature`, `tools`, instructions and unknown fields are accepted and ignored."""

    model_config = ConfigDict(strict=True, extra="allow")
    messages: Annotated[
        list[Message],
        Field(
            min_length=1,
            max_length=MAX_MESSAGES,
            json_schema_extra={"contains": {"type": "object", "properties": {"role": {"const": "user"}}}},
        ),
    ]
    model: Text | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None

    @property
    def wants_usage(self) -> bool:
        return bool(self.stream_options and self.stream_options.include_usage)


def question_and_turns(messages: Sequence[UserMessage | OtherMessage]) -> tuple[str, list[Turn]]:
    """The last user message on one line, and the turns before it. Raises ApiError."""
    last = max((at for at, message in enumerate(messages) if message.role == "user"), default=None)
    if last is None:
        raise ApiError(422, "invalid_request", "No message has the role user.", param="messages")
    try:
        return validate_question(_message_text(messages[last])), _turns(messages[:last])
    except UsageError as exc:
        raise ApiError(422, "invalid_request", str(exc), param="messages") from exc


def _turns(messages: Sequence[UserMessage | OtherMessage]) -> list[Turn]:
    """The last few messages with their answers, oldest first; what they ask on their own is found out later."""
    pairs = list[tuple[str, str]]()
    for message in messages:
        if message.role == "user":
            pairs.append((" ".join(_message_text(message).split())[:MAX_QUESTION_LENGTH], ""))
        elif message.role == "assistant" and pairs:
            pairs[-1] = (pairs[-1][0], _message_text(message))
    return [Turn(question, "", answer, "answered") for question, answer in pairs[-MAX_TURNS:]]


def _message_text(message: UserMessage | OtherMessage) -> str:
    content = message.content
    return content if isinstance(content, str) else "\n".join(part.text for part in content or ())
