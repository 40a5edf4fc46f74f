"""POST /v1/chat/completions and GET /v1/models: the same answers for any client of OpenAI's."""

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
from bot.answering.messages import Answer, Citation, Sentence
from bot.service.async_answers import AnswerSource
from bot.service.conversation import AnswerEvent, AnswerTrace
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
from retrieval.endpoints.cancellation import Cancellation

MODEL = "onrecord"
_MARKER = re.compile(r"\[(\d+)\]")

router = APIRouter(tags=["OpenAI"])


@dataclass(frozen=True, slots=True)
class UrlCitation:
    """Where a marker stands in the content, and what it cites; articles without a page have no URL."""

    start_index: int
    end_index: int
    url: str
    title: str


@dataclass(frozen=True, slots=True)
class Annotation:
    """One marker of the content."""

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
    """Tokens that the model read and wrote; estimates where no model was asked."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


@dataclass(frozen=True, slots=True)
class ChatCompletion:
    """The whole answer as OpenAI's clients know it."""

    choices: tuple[Choice, ...]
    usage: Usage
    id: str = field(default_factory=lambda: f"chatcmpl-{secrets.token_hex(12)}")
    object: Literal["chat.completion"] = "chat.completion"
    created: int = field(default_factory=lambda: int(time.time()))
    model: str = MODEL


@dataclass(frozen=True, slots=True)
class Model:
    """What `model` may be; whatever it is, the server's own settings say who answers."""

    id: str = MODEL
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = MODEL


@dataclass(frozen=True, slots=True)
class Models:
    """All models."""

    data: tuple[Model, ...] = (Model(),)
    object: Literal["list"] = "list"


@router.get("/v1/models", response_model=Models, responses=error_schemas(401, 403, 429))
async def models(_: Annotated[Principal, Depends(current_principal)]) -> Response:
    """The one model there is."""
    return JSONResponse(asdict(Models()))


@router.post(
    "/v1/chat/completions",
    response_model=ChatCompletion,
    responses=event_stream_schema("message") | error_schemas(401, 403, 413, 422, 429, 503),
)
async def complete(
    wanted: ChatCompletionRequest,
    request: HttpRequest,
    caller: Annotated[Principal, Depends(current_principal)],
    state: Annotated[ServerState, Depends(server_state)],
) -> Response:
    """The answer to the last message; with `stream` sentence by sentence, ending in `[DONE]`."""
    asking = _answer_request(wanted, caller, state)
    if not wanted.stream:
        answer = (await final_answer(state, asking, "completions", wait_for_disconnect(request))).answer
        choice = Choice(AssistantMessage(answer.text, _annotations(answer)))
        return JSONResponse(asdict(ChatCompletion((choice,), _usage(wanted, answer))))
    events = stream_answer(state, asking, "completions")
    await anext(events)  # what is refused at once is refused with its status
    return event_stream_response(_sse_chunks(events, wanted, request.state.id))


def _answer_request(wanted: ChatCompletionRequest, caller: Principal, state: ServerState) -> AnswerSource:
    question, turns = question_and_turns(wanted.messages)

    def asking(cancellation: Cancellation) -> Iterator[AnswerEvent]:
        return state.app.conversation.stream(question, turns=turns, filters=caller.scope, cancellation=cancellation)

    return asking


async def _sse_chunks(
    events: AsyncGenerator[AnswerEvent, None], wanted: ChatCompletionRequest, request_id: str
) -> AsyncGenerator[ServerSentEvent, None]:
    chunk = _ChunkBuilder(with_usage=wanted.wants_usage)
    said = False
    try:
        yield chunk.of({"role": "assistant", "content": ""})
        async for happened in events:
            if isinstance(happened, Sentence):
                said = True
                yield chunk.of({"content": happened.text})
            elif isinstance(happened, AnswerTrace):
                rest = {} if said else {"content": happened.answer.text}
                annotations = [asdict(one) for one in _annotations(happened.answer)]
                yield chunk.of({**rest, "annotations": annotations}, finish="stop")
                if wanted.wants_usage:
                    yield chunk.usage(_usage(wanted, happened.answer))
        yield server_sent_event("[DONE]")
    except Exception as exc:  # the status is sent already
        yield server_sent_event(error_body(to_api_error(exc), request_id))
    finally:
        await events.aclose()


class _ChunkBuilder:
    """The pieces of one streamed answer."""

    def __init__(self, *, with_usage: bool) -> None:
        whole = ChatCompletion((), Usage(0, 0, 0))
        self._head = {"id": whole.id, "object": "chat.completion.chunk", "created": whole.created, "model": whole.model}
        self._beside: dict[str, Any] = {"usage": None} if with_usage else {}

    def of(self, delta: dict[str, Any], finish: str | None = None) -> ServerSentEvent:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return server_sent_event({**self._head, "choices": [choice], **self._beside})

    def usage(self, usage: Usage) -> ServerSentEvent:
        return server_sent_event({**self._head, "choices": [], "usage": asdict(usage)})


def _annotations(answer: Answer) -> tuple[Annotation, ...]:
    cited = {citation.number: citation for citation in answer.citations}
    marks = (match for match in _MARKER.finditer(answer.text) if int(match[1]) in cited)
    return tuple(Annotation(_url_citation(match, cited[int(match[1])])) for match in marks)


def _url_citation(match: re.Match[str], citation: Citation) -> UrlCitation:
    return UrlCitation(match.start(), match.end(), citation.deep_link, citation.title)


def _usage(wanted: ChatCompletionRequest, answer: Answer) -> Usage:
    read, written = answer.tokens.get("read"), answer.tokens.get("written")
    if read is None or written is None:
        read, written = (
            _estimate_tokens([json.dumps(one.model_dump()) for one in wanted.messages]),
            _estimate_tokens([answer.text]),
        )
    return Usage(read, written, read + written)


def _estimate_tokens(texts: Sequence[str]) -> int:
    return sum(map(estimated_tokens, texts))
