"""Who is let in: whose request this is, whether it may do what it asks for, and whether there is room for it."""

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

# Routes of /v1 that cost something and are counted, and those that readers of a site have no use for.
RATE_LIMITED_ROUTES = frozenset({"/v1/ask", "/v1/chat/completions", "/v1/search", "/v1/quotes"})
KEY_ONLY_ROUTES = frozenset({"/v1/chat/completions", "/v1/models"})

_SAFE_METHODS = ("GET", "HEAD")


def current_principal(request: Request, state: Annotated[ServerState, Depends(server_state)]) -> Principal:
    """Whoever asks, counted where the route costs something. Raises Problem."""
    caller, route = authenticate(request, state.policy), request.scope["route"].path
    if caller.kind == "site" and route in KEY_ONLY_ROUTES:
        raise ApiError(403, "forbidden", "Readers of a site cannot ask this; it needs a key.")
    if route in RATE_LIMITED_ROUTES:
        state.policy.limits.count(*_limited_subjects(caller))
    return caller


def require_operator(request: Request, state: Annotated[ServerState, Depends(server_state)]) -> Principal:
    """Whoever may look at how the server is: on an open server anybody, else a key's owner. Raises Problem."""
    caller = authenticate(request, state.policy)
    if caller.kind == "site":
        raise ApiError(403, "forbidden", "Readers of a site cannot see this; it needs a key.")
    return caller


def is_operator(request: Request, state: Annotated[ServerState, Depends(server_state)]) -> bool:
    """Whether whoever asks may look at how the server is."""
    try:
        require_operator(request, state)
    except ApiError:
        return False
    return True


def authenticate(request: Request, policy: AccessPolicy) -> Principal:
    """Whose request this is. Raises Problem."""
    address = request.client.host if request.client else ""
    if policy.is_open and not policy.keys.all():  # a key that is added closes an open server
        _require_same_origin(request)
        return Principal(address=address)
    token = _bearer_token(request)
    if not token.startswith(KEY_PREFIX):
        return _site_principal(request, policy, token, address)
    if not (name := policy.keys.name_of(token)):
        raise ApiError(401, "unauthorized", "This token or key is not known.")
    return Principal(f"key:{name}", address, kind="key")


def server_origin(request: Request) -> str:
    """The origin of pages that this server itself gives out."""
    return f"{request.url.scheme}://{request.headers.get('host', '')}"


def _bearer_token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise ApiError(
            401, "unauthorized", "Send 'Authorization: Bearer' with a key, or with a token from POST /v1/session."
        )
    return token.strip()


def _site_principal(request: Request, policy: AccessPolicy, token: str, address: str) -> Principal:
    grant = policy.tokens.read(token)
    site = policy.sites.get(grant.site)
    if site is None:
        raise ApiError(401, "unauthorized", "This token's site may no longer ask.")
    # Browsers leave the origin away where a page reads from the server that it came from.
    origin = request.headers.get("origin") or (server_origin(request) if request.method in _SAFE_METHODS else "")
    if origin != grant.origin or origin not in site.origins:
        raise ApiError(403, "forbidden", "This token was given to another origin than the one this request comes from.")
    return Principal(f"site:{site.id}", address, site.scope, "site")


def _require_same_origin(request: Request) -> None:
    """An open server answers this machine's programs and its own pages, and no page from elsewhere.

    A page's name may be made to mean 127.0.0.1 (DNS rebinding), a form or an image may send what it cannot read (CSRF),
    and a proxy on this machine would make everybody a neighbour.
    """
    host = request.headers.get("host", "")
    if not is_loopback(_host_name(host)):
        raise ApiError(403, "forbidden", "Without sites or keys this server answers on localhost and 127.0.0.1 alone.")
    if any(name in request.headers for name in FORWARDING_HEADERS):
        raise ApiError(403, "forbidden", "Behind a proxy this server needs sites or keys.")
    origin, fetched = request.headers.get("origin"), request.headers.get("sec-fetch-site", "none")
    if (origin is not None and origin != server_origin(request)) or fetched not in ("same-origin", "none"):
        raise ApiError(403, "forbidden", "Without sites or keys this server answers no pages but its own.")


def _host_name(host: str) -> str:
    """A Host header without its port."""
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]


def _limited_subjects(caller: Principal) -> tuple[tuple[LimitKind, str], ...]:
    by_address: tuple[LimitKind, str] = ("address", client_prefix(caller.address))
    if caller.kind == "site":
        return by_address, ("site", caller.name), ("day", "")
    return (("key", caller.name) if caller.kind == "key" else by_address), ("day", "")
