"""GET /healthz, /readyz, /metrics: liveness, readiness and metrics for operators and load balancers."""

from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST

from bot.web.routes.dependencies import is_operator, require_operator
from bot.web.runtime.index_status import IndexStatus, read_index_status, require_ready
from bot.web.runtime.state import ServerState, server_state
from bot.web.schemas.error_responses import ApiError, error_schemas
from retrieval.errors import IndexUnavailable

READINESS_RETRY_SECONDS = 30.0  # seconds
PLAIN_TEXT_SCHEMA: dict[int | str, dict[str, Any]] = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}

router = APIRouter(tags=["operation"])


@dataclass(frozen=True, slots=True)
class Alive:
    """The server is running."""

    status: Literal["alive"] = "alive"


@dataclass(frozen=True, slots=True)
class Ready(IndexStatus):
    """Questions can be answered, with the state of the index for operators."""

    status: Literal["ready"] = "ready"


@dataclass(frozen=True, slots=True)
class ReadyOnly:
    """Questions can be answered; the numbers are only for operators."""

    status: Literal["ready"] = "ready"


@router.get("/healthz", response_model=Alive)
async def healthz() -> Response:
    """Liveness: whether the server is running, whatever the state of the index."""
    return JSONResponse(asdict(Alive()))


@router.get("/readyz", response_model=Ready | ReadyOnly, responses=error_schemas(503))
async def readyz(
    state: Annotated[ServerState, Depends(server_state)], *, with_details: Annotated[bool, Depends(is_operator)]
) -> Response:
    """Readiness: whether questions can be answered; otherwise 503, with the reason for operators."""
    try:
        status = await state.check_pool.run(lambda: read_index_status(state.app.store))
        require_ready(status, state.app.settings.stale_after_hours)
    except IndexUnavailable as exc:
        reason = str(exc) if with_details else "The articles cannot be searched right now."
        raise ApiError(503, "index_unavailable", reason, retry_after=READINESS_RETRY_SECONDS) from exc
    return JSONResponse(asdict(Ready(**asdict(status)) if with_details else ReadyOnly()))


@router.get(
    "/metrics",
    response_class=Response,
    responses=PLAIN_TEXT_SCHEMA | error_schemas(401, 403, 503),
    dependencies=[Depends(require_operator)],
)
async def metrics(state: Annotated[ServerState, Depends(server_state)]) -> Response:
    """Metrics for Prometheus."""
    try:
        status = await state.check_pool.run(lambda: read_index_status(state.app.store))
    except IndexUnavailable:
        status = None
    return Response(state.metrics.render(state.answers.pool, status), media_type=CONTENT_TYPE_LATEST)
