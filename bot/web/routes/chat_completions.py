"""POST /v1/chat/completions and GET /v1/models: the same answers in the format of OpenAI's API."""

import json
import re
import secrets
import time
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from fastapi import Request as HttpRequest
from fastapi.responses import JSONResponse, Response
from sse_starlette import ServerSentEvent

from bot.answering.generation.passage_prompt import estimated_tokens
from bot.answering.messages import Answer, Citation, Sentence, text_with_suggestions
from bot.service.async_answers import AnswerSource
from bot.service.turns.turn import AnswerEvent, AnswerTrace
from bot.web.auth.principal import Principal
from bot.web.responses.answer_stream import final_answer, stream_answer
from bot.web.responses.event_stream import (
    event_stream_response,
    event_stream_schema,
    server_sent_event,
    wait_for_disconnect,
)
from bot.web.routes.dependencies import current_principal
from bot.web.runtime.state import ServerState, server_state
from bot.web.schemas.error_responses import error_body, error_schemas, to_api_error
from bot.web.schemas.openai_messages import ChatCompletionRequest, question_and_turns
from retrieval.models.endpoints.cancellation import Cancellation

MODEL = "onrecord"
_MARKER = re.compile(r"\[(\d+)\]")

router = APIRouter(tags=["OpenAI"])


@dataclass(frozen=True, slots=True)
class UrlCitation:
    """The position of a marker in the content, and the article it cites; `url` is empty for one without a page."""

    start_index: int
    end_index: int
    url: str
    title: str


@dataclass(frozen=True, slots=True)
class Annotation:
    """One citation marker in the content."""

    url_citation: UrlCitation
    type: Literal["url_citation"] = "url_citation"


@dataclass(frozen=True, slots=True)
class AssistantMessage:
    """The answer."""

    content: str
    annotations: tuple[Annotation, ...]
    role: Literal["assistant"] = "assistant"
    refusal: None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """The only choice."""

    message: AssistantMessage
    index: int = 0
    finish_reason: Literal["stop"] = "stop"
    logprobs: None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that the model read and wrote; estimates when no model was used."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


@dataclass(frozen=True, slots=True)
class ChatCompletion:
    """The complete answer in OpenAI's format."""

    choices: tuple[Choice, ...]
    usage: Usage
    id: str = field(default_factory=lambda: f"chatcmpl-{secrets.token_hex(12)}")
    object: Literal["chat.completion"] = "chat.completion"
    created: int = field(default_factory=lambda: int(time.time()))
    model: str = MODEL


@dataclass(frozen=True, slots=True)
class Model:
    """The only model; the server's settings decide which model answers, whatever the request names."""

    id: str = MODEL
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = MODEL


@dataclass(frozen=True, slots=True)
class Models:
    """The list of models."""

    data: tuple[Model, ...] = (Model(),)
    object: Literal["list"] = "list"


@router.get("/v1/models", response_model=Models, responses=error_schemas(401, 403, 429))
async def models(_: Annotated[Principal, Depends(current_principal)]) -> Response:
    """The list of models, which has one entry."""
    return JSONResponse(asdict(Models()))


@router.post(
    "/v1/chat/completions",
    response_model=ChatCompletion,
    responses=event_stream_schema("message") | error_schemas(401, 403, 413, 422, 429, 503),
)
async def complete(
    body: ChatCompletionRequest,
    request: HttpRequest,
    principal: Annotated[Principal, Depends(current_principal)],
    state: Annotated[ServerState, Depends(server_state)],
) -> Response:
    """The answer to the last message; with `stream` sentence by sentence, ending in `[DONE]`."""
    answer_source = _answer_source(body, principal, state)
    if not body.stream:
        answer = (await final_answer(state, answer_source, "completions", wait_for_disconnect(request))).answer
        choice = Choice(AssistantMessage(text_with_suggestions(answer), _annotations(answer)))
        return JSONResponse(asdict(ChatCompletion((choice,), _usage(body, answer))))
    events = stream_answer(state, answer_source, "completions")
    await anext(events)  # an error before the first event still gets its HTTP status
    return event_stream_response(_sse_chunks(events, body, request.state.id))


def _answer_source(body: ChatCompletionRequest, principal: Principal, state: ServerState) -> AnswerSource:
    question, turns = question_and_turns(body.messages)

    def start(cancellation: Cancellation) -> Iterator[AnswerEvent]:
        return state.app.conversation.stream(question, turns=turns, filters=principal.scope, cancellation=cancellation)

    return start


async def _sse_chunks(
    events: AsyncGenerator[AnswerEvent, None], body: ChatCompletionRequest, request_id: str
) -> AsyncGenerator[ServerSentEvent, None]:
    chunks = _ChunkBuilder(with_usage=body.wants_usage)
    has_sentences = False
    try:
        yield chunks.chunk({"role": "assistant", "content": ""})
        async for answer_event in events:
            if isinstance(answer_event, Sentence):
                has_sentences = True
                yield chunks.chunk({"content": answer_event.text})
            elif isinstance(answer_event, AnswerTrace):
                content = {} if has_sentences else {"content": text_with_suggestions(answer_event.answer)}
                annotations = [asdict(annotation) for annotation in _annotations(answer_event.answer)]
                yield chunks.chunk({**content, "annotations": annotations}, finish="stop")
                if body.wants_usage:
                    yield chunks.usage(_usage(body, answer_event.answer))
        yield server_sent_event("[DONE]")
    except Exception as exc:  # the status has been sent already
        yield server_sent_event(error_body(to_api_error(exc), request_id))
    finally:
        await events.aclose()


class _ChunkBuilder:
    """Builds the chunks of one streamed answer."""

    def __init__(self, *, with_usage: bool) -> None:
        completion = ChatCompletion((), Usage(0, 0, 0))
        self._common = {
            "id": completion.id,
            "object": "chat.completion.chunk",
            "created": completion.created,
            "model": completion.model,
        }
        self._no_usage: dict[str, Any] = {"usage": None} if with_usage else {}

    def chunk(self, delta: dict[str, Any], finish: str | None = None) -> ServerSentEvent:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return server_sent_event({**self._common, "choices": [choice], **self._no_usage})

    def usage(self, usage: Usage) -> ServerSentEvent:
        return server_sent_event({**self._common, "choices": [], "usage": asdict(usage)})


def _annotations(answer: Answer) -> tuple[Annotation, ...]:
    cited = {citation.number: citation for citation in answer.citations}
    matches = (match for match in _MARKER.finditer(answer.text) if int(match[1]) in cited)
    return tuple(Annotation(_url_citation(match, cited[int(match[1])])) for match in matches)


def _url_citation(match: re.Match[str], citation: Citation) -> UrlCitation:
    return UrlCitation(match.start(), match.end(), citation.deep_link, citation.title)


def _usage(body: ChatCompletionRequest, answer: Answer) -> Usage:
    read, written = answer.tokens.get("read"), answer.tokens.get("written")
    if read is None or written is None:
        read, written = (
            _estimate_tokens([json.dumps(message.model_dump()) for message in body.messages]),
            _estimate_tokens([answer.text]),
        )
    return Usage(read, written, read + written)


def _estimate_tokens(texts: Sequence[str]) -> int:
    return sum(map(estimated_tokens, texts))
