"""GET /healthz, /readyz, /metrics: for whoever keeps the server running."""

from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST

from bot.web.routes.dependencies import operator_of, require_search_scope
from bot.web.runtime.index_status import IndexStatus, check, index_status
from bot.web.runtime.state import ServerState, state_of
from bot.web.schemas.error_responses import ErrorResponse, refusals
from retrieval.errors import IndexUnavailable

RETRY_AFTER = 30.0  # seconds
TEXT: dict[int | str, dict[str, Any]] = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}

router = APIRouter(tags=["operation"])


@dataclass(frozen=True, slots=True)
class Alive:
    """The server runs."""

    status: Literal["alive"] = "alive"


@dataclass(frozen=True, slots=True)
class Ready(IndexStatus):
    """Questions can be answered, from so many articles."""

    status: Literal["ready"] = "ready"


@dataclass(frozen=True, slots=True)
class Up:
    """Questions can be answered; more is for those who may look at how the server is."""

    status: Literal["ready"] = "ready"


@router.get("/healthz", response_model=Alive)
async def healthz() -> Response:
    """Whether the server runs; says nothing of the index."""
    return JSONResponse(asdict(Alive()))


@router.get("/readyz", response_model=Ready | Up, responses=refusals(503))
async def readyz(
    state: Annotated[ServerState, Depends(state_of)], *, in_full: Annotated[bool, Depends(require_search_scope)]
) -> Response:
    """Whether questions can be answered; 503 where they cannot, with the reason for those who may know it."""
    try:
        found = await state.checks.run(lambda: index_status(state.app.store))
        check(found, state.app.settings.stale_after_hours)
    except IndexUnavailable as exc:
        reason = str(exc) if in_full else "The articles cannot be searched right now."
        raise ErrorResponse(503, "index_unavailable", reason, retry_after=RETRY_AFTER) from exc
    return JSONResponse(asdict(Ready(**asdict(found)) if in_full else Up()))


@router.get(
    "/metrics",
    response_class=Response,
    responses=TEXT | refusals(401, 403, 503),
    dependencies=[Depends(operator_of)],
)
async def metrics(state: Annotated[ServerState, Depends(state_of)]) -> Response:
    """Counters for Prometheus."""
    try:
        found = await state.checks.run(lambda: index_status(state.app.store))
    except IndexUnavailable:
        found = None
    return Response(state.metrics.text(state.answering.pool, found), media_type=CONTENT_TYPE_LATEST)
