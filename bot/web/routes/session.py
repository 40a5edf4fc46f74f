"""POST /v1/session: a short-lived token for a site's public id, issued only to pages of the site's origins."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from bot.web.middleware.client_address import client_prefix
from bot.web.runtime.state import ServerState, server_state
from bot.web.schemas.error_responses import ApiError, error_schemas

router = APIRouter()


class SessionRequest(BaseModel):
    """The site whose reader asks for a token."""

    model_config = ConfigDict(extra="forbid")
    site: str = Field(min_length=1, max_length=40, description="The site's id; it is public.")


class SiteDescription(BaseModel):
    """What the widget shows of its site."""

    id: str
    name: str
    starters: list[str]


class SessionResponse(BaseModel):
    """A token, and when it expires (ISO 8601, UTC)."""

    token: str
    expires_at: str
    site: SiteDescription


@router.post("/v1/session", tags=["access"], responses=error_schemas(403, 404, 413, 422, 429))
def session(
    body: SessionRequest, request: Request, state: Annotated[ServerState, Depends(server_state)]
) -> SessionResponse:
    """A token for pages of this origin; send it as `Authorization: Bearer`."""
    policy, address = state.policy, request.client.host if request.client else ""
    policy.limits.count_request(("session", client_prefix(address)))
    site = policy.sites.get(body.site)
    if site is None:
        raise ApiError(404, "not_found", "There is no such site here.", param="site")
    origin = request.headers.get("origin", "")
    if origin not in site.origins:
        raise ApiError(403, "forbidden", "This page's origin is none of the site's.")
    token, claims = policy.tokens.issue(site.id, origin)
    expires_at = datetime.fromtimestamp(claims.ends, UTC).isoformat()
    return SessionResponse(
        token=token,
        expires_at=expires_at,
        site=SiteDescription(id=site.id, name=site.name, starters=list(site.starters)),
    )
