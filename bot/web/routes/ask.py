"""POST /v1/ask: the answer to a question, as JSON or sentence by sentence as server-sent events."""

from collections.abc import AsyncGenerator, Iterator
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from sse_starlette import ServerSentEvent

from bot.answering.messages import Answer, answer_as_dict, validate_question
from bot.service.async_answers import AnswerSource
from bot.service.turns.turn import AnswerEvent, AnswerTrace
from bot.web.auth.conversation_ids import ID_PATTERN
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
from bot.web.schemas.parameters import STORABLE, WHOLE_NUMBER, FilterParameters, QuestionText
from retrieval.models.endpoints.cancellation import Cancellation

MAX_ARTICLE_LENGTH = 2_000  # characters of an id or URL

router = APIRouter(tags=["answers"])


class AskRequest(BaseModel):
    """A question; a follow-up names the conversation that it belongs to."""

    model_config = ConfigDict(extra="forbid", strict=True)
    question: QuestionText
    conversation_id: Annotated[
        str,
        Field(pattern=ID_PATTERN, description="`conversation_id` of the previous answer; empty begins a conversation."),
    ] = ""
    filters: FilterParameters = FilterParameters()
    article: Annotated[
        str,
        Field(max_length=MAX_ARTICLE_LENGTH, description="Id or URL of an article that is searched before all others."),
        STORABLE,
    ] = ""
    k: Annotated[int, Field(ge=1, le=50, description="How many passages to search for."), WHOLE_NUMBER] = 10


@router.post(
    "/v1/ask",
    response_model=Answer,
    responses=event_stream_schema("status", "citation", "sentence", "done", "error")
    | error_schemas(401, 403, 404, 413, 422, 429, 503),
)
async def ask(
    body: AskRequest,
    request: Request,
    principal: Annotated[Principal, Depends(current_principal)],
    state: Annotated[ServerState, Depends(server_state)],
) -> Response:
    """The answer; with `Accept: text/event-stream` as events status, citation, sentence, done and error."""
    validate_question(body.question)
    answer_source = _answer_source(body, principal, state)
    if "text/event-stream" not in request.headers.get("accept", ""):
        return JSONResponse(
            answer_as_dict((await final_answer(state, answer_source, "ask", wait_for_disconnect(request))).answer)
        )
    events = stream_answer(state, answer_source, "events")
    first = await anext(events)  # an error before the first event still gets its HTTP status
    return event_stream_response(_sse_events(first, events, request.state.id))


def _answer_source(body: AskRequest, principal: Principal, state: ServerState) -> AnswerSource:
    def start(cancellation: Cancellation) -> Iterator[AnswerEvent]:
        yield from state.app.conversation.stream(
            body.question,
            state.conversations.open(principal, body.conversation_id),
            filters=principal.restrict(body.filters.filters()),
            k=body.k,
            cancellation=cancellation,
            first_article=body.article,
        )

    return start


async def _sse_events(
    first: AnswerEvent, events: AsyncGenerator[AnswerEvent, None], request_id: str
) -> AsyncGenerator[ServerSentEvent, None]:
    try:
        for sse_event in _to_sse(first):
            yield sse_event
        async for answer_event in events:
            for sse_event in _to_sse(answer_event):
                yield sse_event
    except Exception as exc:  # the status has been sent already
        yield server_sent_event(error_body(to_api_error(exc), request_id)["error"], "error")
    finally:
        await events.aclose()


def _to_sse(answer_event: AnswerEvent) -> Iterator[ServerSentEvent]:
    if isinstance(answer_event, AnswerTrace):
        yield server_sent_event(answer_as_dict(answer_event.answer), "done")
    elif isinstance(answer_event, str):
        yield server_sent_event({"stage": answer_event}, "status")
    else:
        for citation in answer_event.citations:
            yield server_sent_event(asdict(citation), "citation")
        highlights = [asdict(highlight) for highlight in answer_event.highlights]
        yield server_sent_event({"text": answer_event.text, "highlights": highlights}, "sentence")
