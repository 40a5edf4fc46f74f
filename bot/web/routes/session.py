"""POST /v1/session: a site's public id for a short-lived token, given to pages of its origins alone."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from bot.web.middleware.client_address import client_prefix
from bot.web.runtime.state import ServerState, server_state
from bot.web.schemas.error_responses import ApiError, error_schemas

router = APIRouter()


class SessionRequest(BaseModel):
    """Which site's reader asks."""

    model_config = ConfigDict(extra="forbid")
    site: str = Field(min_length=1, max_length=40, description="The site's id; it is public.")


class SiteDescription(BaseModel):
    """What a page shows of its site."""

    id: str
    name: str
    starters: list[str]


class SessionResponse(BaseModel):
    """A token, and until when it is good (ISO 8601, UTC)."""

    token: str
    expires_at: str
    site: SiteDescription


@router.post("/v1/session", tags=["access"], responses=error_schemas(403, 404, 413, 422, 429))
def session(
    wanted: SessionRequest, request: Request, state: Annotated[ServerState, Depends(server_state)]
) -> SessionResponse:
    """A token that this origin's pages may ask with; send it as `Authorization: Bearer`."""
    policy, address = state.policy, request.client.host if request.client else ""
    policy.limits.count(("session", client_prefix(address)))
    site = policy.sites.get(wanted.site)
    if site is None:
        raise ApiError(404, "not_found", "There is no such site here.", param="site")
    origin = request.headers.get("origin", "")
    if origin not in site.origins:
        raise ApiError(403, "forbidden", "This page's origin is none of the site's.")
    token, grant = policy.tokens.issue(site.id, origin)
    ends = datetime.fromtimestamp(grant.ends, UTC).isoformat()
    return SessionResponse(
        token=token, expires_at=ends, site=SiteDescription(id=site.id, name=site.name, starters=list(site.starters))
    )
