"""Dependencies of the routes: authentication, authorization and rate limits."""

from typing import Annotated

from fastapi import Depends, Request

from bot.web.auth.api_keys import KEY_PREFIX
from bot.web.auth.policy import AccessPolicy
from bot.web.auth.principal import Principal
from bot.web.auth.rate_limits import LimitKind
from bot.web.middleware.client_address import client_prefix, is_loopback
from bot.web.middleware.proxies import FORWARDING_HEADERS
from bot.web.runtime.state import ServerState, server_state
from bot.web.schemas.error_responses import ApiError

# The routes of /v1 that rate limits count, and those that need an API key where the server is not open.
RATE_LIMITED_ROUTES = frozenset({"/v1/ask", "/v1/chat/completions", "/v1/search", "/v1/quotes"})
KEY_ONLY_ROUTES = frozenset({"/v1/chat/completions", "/v1/models"})

_SAFE_METHODS = ("GET", "HEAD")


def current_principal(request: Request, state: Annotated[ServerState, Depends(server_state)]) -> Principal:
    """The principal of a request, counted against the rate limits on routes that have them. Raises ApiError."""
    principal, route = authenticate(request, state.policy), request.scope["route"].path
    if principal.kind == "site" and route in KEY_ONLY_ROUTES:
        raise ApiError(403, "forbidden", "Readers of a site cannot ask this; it needs a key.")
    if route in RATE_LIMITED_ROUTES:
        state.policy.limits.count_request(*_limited_subjects(principal))
    return principal


def require_operator(request: Request, state: Annotated[ServerState, Depends(server_state)]) -> Principal:
    """A principal that may see the state of the server: any client of an open server, else one with an API key.

    Raises ApiError.
    """
    principal = authenticate(request, state.policy)
    if principal.kind == "site":
        raise ApiError(403, "forbidden", "Readers of a site cannot see this; it needs a key.")
    return principal


def is_operator(request: Request, state: Annotated[ServerState, Depends(server_state)]) -> bool:
    """Whether the client may see the state of the server."""
    try:
        require_operator(request, state)
    except ApiError:
        return False
    return True


def authenticate(request: Request, policy: AccessPolicy) -> Principal:
    """The principal of a request. Raises ApiError."""
    address = request.client.host if request.client else ""
    if policy.is_open and not policy.keys.all():  # adding a key closes an open server
        _require_same_origin(request)
        return Principal(address=address)
    token = _bearer_token(request)
    if not token.startswith(KEY_PREFIX):
        return _site_principal(request, policy, token, address)
    if not (name := policy.keys.authenticate(token)):
        raise ApiError(401, "unauthorized", "This token or key is not known.")
    return Principal(f"key:{name}", address, kind="key")


def server_origin(request: Request) -> str:
    """The origin of the pages that this server itself serves."""
    return f"{request.url.scheme}://{request.headers.get('host', '')}"


def _bearer_token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise ApiError(
            401, "unauthorized", "Send 'Authorization: Bearer' with a key, or with a token from POST /v1/session."
        )
    return token.strip()


def _site_principal(request: Request, policy: AccessPolicy, token: str, address: str) -> Principal:
    claims = policy.tokens.verify(token)
    site = policy.sites.get(claims.site)
    if site is None:
        raise ApiError(401, "unauthorized", "This token's site may no longer ask.")
    # Browsers omit the Origin header when a page reads from its own server.
    origin = request.headers.get("origin") or (server_origin(request) if request.method in _SAFE_METHODS else "")
    if origin != claims.origin or origin not in site.origins:
        raise ApiError(403, "forbidden", "This token was given to another origin than the one this request comes from.")
    return Principal(f"site:{site.id}", address, site.scope, "site")


def _require_same_origin(request: Request) -> None:
    """Refuse requests to an open server that come from the pages of other sites. Raises ApiError.

    A site's host name may resolve to 127.0.0.1 (DNS rebinding), its forms and images may send requests whose response
    they cannot read (CSRF), and behind a proxy on this machine every client has a loopback address.
    """
    host = request.headers.get("host", "")
    if not is_loopback(_host_name(host)):
        raise ApiError(403, "forbidden", "Without sites or keys this server answers on localhost and 127.0.0.1 alone.")
    if any(name in request.headers for name in FORWARDING_HEADERS):
        raise ApiError(403, "forbidden", "Behind a proxy this server needs sites or keys.")
    origin, fetch_site = request.headers.get("origin"), request.headers.get("sec-fetch-site", "none")
    if (origin is not None and origin != server_origin(request)) or fetch_site not in ("same-origin", "none"):
        raise ApiError(403, "forbidden", "Without sites or keys this server answers no pages but its own.")


def _host_name(host: str) -> str:
    """The host name in a Host header, without its port."""
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]


def _limited_subjects(principal: Principal) -> tuple[tuple[LimitKind, str], ...]:
    by_address: tuple[LimitKind, str] = ("address", client_prefix(principal.address))
    if principal.kind == "site":
        return by_address, ("site", principal.name), ("day", "")
    return (("key", principal.name) if principal.kind == "key" else by_address), ("day", "")
