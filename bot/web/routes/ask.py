"""POST /v1/ask: a question in, an answer out, as JSON or sentence by sentence as server-sent events."""

from collections.abc import AsyncGenerator, Iterator
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from sse_starlette import ServerSentEvent

from bot.answering.messages import Answer, as_dict, validate_question
from bot.service.async_answers import Ask
from bot.service.conversation import AnswerEvent, AnswerTrace
from bot.web.auth.conversation_ids import ID
from bot.web.auth.principal import Principal
from bot.web.responses.answer_stream import last, stream
from bot.web.responses.event_stream import event, left, sent, streamed
from bot.web.routes.dependencies import caller_of
from bot.web.runtime.state import ServerState, state_of
from bot.web.schemas.error_responses import body_of, problem_of, refusals
from bot.web.schemas.parameters import STORABLE, WHOLE, Asked, FilterParameters
from retrieval.endpoints.cancellation import Cancellation

LONGEST_ARTICLE = 2_000  # characters of an id or URL

router = APIRouter(tags=["answers"])


class AskRequest(BaseModel):
    """A question, with the conversation it belongs to where it is a follow-up."""

    model_config = ConfigDict(extra="forbid", strict=True)
    question: Asked
    conversation_id: Annotated[
        str, Field(pattern=ID, description="From the answer before; empty begins a conversation.")
    ] = ""
    filters: FilterParameters = FilterParameters()
    article: Annotated[
        str, Field(max_length=LONGEST_ARTICLE, description="Id or URL of an article that is asked first."), STORABLE
    ] = ""
    k: Annotated[int, Field(ge=1, le=50, description="How many passages to look at."), WHOLE] = 10


@router.post(
    "/v1/ask",
    response_model=Answer,
    responses=streamed("status", "citation", "sentence", "done", "error") | refusals(401, 403, 404, 413, 422, 429, 503),
)
async def ask(
    question: AskRequest,
    request: Request,
    caller: Annotated[Principal, Depends(caller_of)],
    state: Annotated[ServerState, Depends(state_of)],
) -> Response:
    """The answer; with `Accept: text/event-stream` as the events status, citation, sentence, done and error."""
    validate_question(question.question)
    asking = _asking(question, caller, state)
    if "text/event-stream" not in request.headers.get("accept", ""):
        return JSONResponse(as_dict((await last(state, asking, "ask", left(request))).answer))
    events = stream(state, asking, "events")
    first = await anext(events)  # what is refused at once is refused with its status
    return sent(_told(first, events, request.state.id))


def _asking(question: AskRequest, caller: Principal, state: ServerState) -> Ask:
    def asking(cancellation: Cancellation) -> Iterator[AnswerEvent]:
        yield from state.app.conversation.stream(
            question.question,
            state.conversations.open(caller, question.conversation_id),
            filters=caller.within(question.filters.filters()),
            k=question.k,
            cancellation=cancellation,
            first=question.article,
        )

    return asking


async def _told(
    first: AnswerEvent, events: AsyncGenerator[AnswerEvent, None], request_id: str
) -> AsyncGenerator[ServerSentEvent, None]:
    try:
        for told in _events(first):
            yield told
        async for happened in events:
            for told in _events(happened):
                yield told
    except Exception as exc:  # the status is sent already
        yield event(body_of(problem_of(exc), request_id)["error"], "error")
    finally:
        await events.aclose()


def _events(happened: AnswerEvent) -> Iterator[ServerSentEvent]:
    if isinstance(happened, AnswerTrace):
        yield event(as_dict(happened.answer), "done")
    elif isinstance(happened, str):
        yield event({"stage": happened}, "status")
    else:
        for citation in happened.citations:
            yield event(asdict(citation), "citation")
        yield event({"text": happened.text}, "sentence")
