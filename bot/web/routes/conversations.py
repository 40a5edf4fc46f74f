"""DELETE /v1/conversations/{id} and POST /v1/feedback: delete a conversation, rate an answer."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from bot.web.auth.conversation_ids import ID_PATTERN
from bot.web.auth.principal import Principal
from bot.web.routes.dependencies import current_principal
from bot.web.runtime.state import ServerState, server_state
from bot.web.schemas.error_responses import error_schemas
from bot.web.schemas.parameters import STORABLE, WHOLE_NUMBER

MAX_REASON_LENGTH = 500  # characters
MAX_TURN = 2**31 - 1

router = APIRouter(tags=["conversations"])


class FeedbackRequest(BaseModel):
    """Whether an answer was helpful; later feedback on the same answer replaces earlier."""

    model_config = ConfigDict(extra="forbid", strict=True)
    conversation_id: Annotated[str, Field(min_length=1, pattern=ID_PATTERN)]
    turn: Annotated[
        int, Field(ge=1, le=MAX_TURN, description="`turn` of the answer: its number in the conversation."), WHOLE_NUMBER
    ]
    helpful: bool
    reason: Annotated[str, Field(max_length=MAX_REASON_LENGTH), STORABLE] = ""


@router.delete(
    "/v1/conversations/{id}",
    status_code=204,
    response_class=Response,
    responses=error_schemas(401, 403, 404, 413, 422, 429, 503),
)
async def forget(
    id: Annotated[str, Path(pattern=ID_PATTERN, min_length=1)],
    principal: Annotated[Principal, Depends(current_principal)],
    state: Annotated[ServerState, Depends(server_state)],
) -> Response:
    """Delete a conversation and the feedback on its answers."""
    await state.read_pool.run(lambda: state.conversations.forget(principal, id))
    return Response(status_code=204)


@router.post(
    "/v1/feedback", status_code=204, response_class=Response, responses=error_schemas(401, 403, 404, 413, 422, 429, 503)
)
async def feedback(
    body: FeedbackRequest,
    principal: Annotated[Principal, Depends(current_principal)],
    state: Annotated[ServerState, Depends(server_state)],
) -> Response:
    """Rate an answer as helpful or not."""
    await state.read_pool.run(
        lambda: state.conversations.record_feedback(
            principal, body.conversation_id, body.turn, helpful=body.helpful, reason=body.reason
        )
    )
    return Response(status_code=204)
