"""POST /v1/ask: a question in, an answer out, as JSON or sentence by sentence as server-sent events."""

import json
from collections.abc import AsyncGenerator, Iterator
from dataclasses import asdict, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from sse_starlette import EventSourceResponse, ServerSentEvent

from bot.conversation import LONGEST_QUESTION, Asking, Event, checked
from bot.messages import Answer, Sentence, as_dict
from bot.web.access import caller_of
from bot.web.caller import Caller
from bot.web.conversations import public
from bot.web.problems import body_of, problem_of
from bot.web.state import State, state_of
from retrieval.cancellation import Cancellation
from retrieval.filters import Filters, filters_of

HEARTBEAT = 15  # seconds between comments that keep proxies from hanging up

router = APIRouter()


class Wanted(BaseModel):
    """What the articles are limited to."""

    model_config = ConfigDict(extra="forbid")
    since: str = Field("", description="Published on this day or later: 2025-03-11, 2025-03 or 2025.")
    until: str = Field("", description="Published on this day or earlier.")
    outlet: str = Field("", max_length=200)
    author: str = Field("", max_length=200)
    speaker: str = Field("", max_length=200, description="Only what this person says.")

    def filters(self) -> Filters:
        """Raises UsageError when a date is none."""
        return filters_of(**self.model_dump())


class Question(BaseModel):
    """A question, with the conversation it belongs to where it is a follow-up."""

    model_config = ConfigDict(extra="forbid")
    question: str = Field(min_length=1, max_length=LONGEST_QUESTION)
    conversation_id: str = Field("", max_length=64, description="From the answer before; empty begins a conversation.")
    filters: Wanted = Wanted()
    article: str = Field("", max_length=2_000, description="Id or URL of an article that is looked at first.")
    k: int = Field(10, ge=1, le=50, description="How many passages to look at.")


@router.post("/v1/ask", response_model=Answer, tags=["answers"])
async def ask(
    question: Question,
    request: Request,
    caller: Annotated[Caller, Depends(caller_of)],
    state: Annotated[State, Depends(state_of)],
    accept: Annotated[str, Header()] = "",
) -> Response:
    """The answer; with `Accept: text/event-stream` as the events status, citation, sentence, done and error."""
    conversation = state.conversations.open(caller, question.conversation_id)
    filters = caller.within(question.filters.filters())
    checked(question.question)

    def answering(cancellation: Cancellation) -> Iterator[Event]:
        return state.app.conversation.stream(
            question.question, conversation, filters=filters, k=question.k, cancellation=cancellation
        )

    events = state.answering.stream(answering)
    if "text/event-stream" in accept:
        first = await anext(events)  # what is refused at once is refused with its status
        return EventSourceResponse(_told(first, events, request.state.id), ping=HEARTBEAT)
    async for event in events:
        if isinstance(event, Asking):
            return JSONResponse(_answer(event))
    raise AssertionError("an answer ends with its Asking")


async def _told(
    first: Event, events: AsyncGenerator[Event, None], request_id: str
) -> AsyncGenerator[ServerSentEvent, None]:
    try:
        for told in _events(first):
            yield told
        async for event in events:
            for told in _events(event):
                yield told
    except Exception as exc:  # the status is sent already
        yield _event("error", body_of(problem_of(exc), request_id)["error"])
    finally:
        await events.aclose()


def _events(event: Event) -> Iterator[ServerSentEvent]:
    if isinstance(event, Asking):
        yield _event("done", _answer(event))
    elif isinstance(event, Sentence):
        for citation in event.citations:
            yield _event("citation", asdict(citation))
        yield _event("sentence", {"text": event.text})
    else:
        yield _event("status", {"stage": event})


def _answer(asking: Asking) -> dict[str, Any]:
    return as_dict(replace(asking.answer, conversation_id=public(asking.answer.conversation_id)))


def _event(name: str, data: dict[str, Any]) -> ServerSentEvent:
    return ServerSentEvent(json.dumps(data, ensure_ascii=False), event=name)
