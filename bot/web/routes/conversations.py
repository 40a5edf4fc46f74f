"""DELETE /v1/conversations/{id} and POST /v1/feedback: what was said, forgotten and judged."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from bot.web.auth.conversation_ids import ID
from bot.web.auth.principal import Principal
from bot.web.routes.dependencies import caller_of
from bot.web.runtime.state import ServerState, state_of
from bot.web.schemas.error_responses import refusals
from bot.web.schemas.parameters import STORABLE, WHOLE

LONGEST_REASON = 500  # characters
MOST_TURNS = 2**31 - 1

router = APIRouter(tags=["conversations"])


class FeedbackRequest(BaseModel):
    """Whether the answer with this number in its conversation helped; the last word counts."""

    model_config = ConfigDict(extra="forbid", strict=True)
    conversation_id: Annotated[str, Field(min_length=1, pattern=ID)]
    turn: Annotated[int, Field(ge=1, le=MOST_TURNS, description="`turn` of the answer."), WHOLE]
    helpful: bool
    reason: Annotated[str, Field(max_length=LONGEST_REASON), STORABLE] = ""


@router.delete(
    "/v1/conversations/{id}",
    status_code=204,
    response_class=Response,
    responses=refusals(401, 403, 404, 413, 422, 429, 503),
)
async def forget(
    id: Annotated[str, Path(pattern=ID, min_length=1)],
    caller: Annotated[Principal, Depends(caller_of)],
    state: Annotated[ServerState, Depends(state_of)],
) -> Response:
    """Forget what was said, and whether it helped."""
    await state.reading.run(lambda: state.conversations.forget(caller, id))
    return Response(status_code=204)


@router.post(
    "/v1/feedback", status_code=204, response_class=Response, responses=refusals(401, 403, 404, 413, 422, 429, 503)
)
async def feedback(
    given: FeedbackRequest,
    caller: Annotated[Principal, Depends(caller_of)],
    state: Annotated[ServerState, Depends(state_of)],
) -> Response:
    """Say whether an answer helped."""
    await state.reading.run(
        lambda: state.conversations.judge(
            caller, given.conversation_id, given.turn, helpful=given.helpful, reason=given.reason
        )
    )
    return Response(status_code=204)
