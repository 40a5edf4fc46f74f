"""Who is let in: whose request this is, whether it may do what it asks for, and whether there is room for it."""

from typing import Annotated

from fastapi import Depends, Request

from bot.web.auth.api_keys import PREFIX
from bot.web.auth.policy import AccessPolicy
from bot.web.auth.principal import Principal
from bot.web.auth.rate_limits import Kind
from bot.web.middleware.client_address import client_prefix, is_loopback
from bot.web.middleware.proxies import FORWARDING
from bot.web.runtime.state import ServerState, state_of
from bot.web.schemas.error_responses import ErrorResponse

# Routes of /v1 that cost something and are counted, and those that readers of a site have no use for.
COUNTED = frozenset({"/v1/ask", "/v1/chat/completions", "/v1/search", "/v1/quotes"})
FOR_SERVERS = frozenset({"/v1/chat/completions", "/v1/models"})

_SAFE = ("GET", "HEAD")


def caller_of(request: Request, state: Annotated[ServerState, Depends(state_of)]) -> Principal:
    """Whoever asks, counted where the route costs something. Raises Problem."""
    caller, route = identified(request, state.policy), request.scope["route"].path
    if caller.kind == "site" and route in FOR_SERVERS:
        raise ErrorResponse(403, "forbidden", "Readers of a site cannot ask this; it needs a key.")
    if route in COUNTED:
        state.policy.limits.count(*_counted(caller))
    return caller


def operator_of(request: Request, state: Annotated[ServerState, Depends(state_of)]) -> Principal:
    """Whoever may look at how the server is: on an open server anybody, else a key's owner. Raises Problem."""
    caller = identified(request, state.policy)
    if caller.kind == "site":
        raise ErrorResponse(403, "forbidden", "Readers of a site cannot see this; it needs a key.")
    return caller


def require_search_scope(request: Request, state: Annotated[ServerState, Depends(state_of)]) -> bool:
    """Whether whoever asks may look at how the server is."""
    try:
        operator_of(request, state)
    except ErrorResponse:
        return False
    return True


def identified(request: Request, policy: AccessPolicy) -> Principal:
    """Whose request this is. Raises Problem."""
    address = request.client.host if request.client else ""
    if policy.is_open and not policy.keys.all():  # a key that is added closes an open server
        _refuse_other_pages(request)
        return Principal(address=address)
    token = _bearer(request)
    if not token.startswith(PREFIX):
        return _reader(request, policy, token, address)
    if not (name := policy.keys.name_of(token)):
        raise ErrorResponse(401, "unauthorized", "This token or key is not known.")
    return Principal(f"key:{name}", address, kind="key")


def own_origin(request: Request) -> str:
    """The origin of pages that this server itself gives out."""
    return f"{request.url.scheme}://{request.headers.get('host', '')}"


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise ErrorResponse(
            401, "unauthorized", "Send 'Authorization: Bearer' with a key, or with a token from POST /v1/session."
        )
    return token.strip()


def _reader(request: Request, policy: AccessPolicy, token: str, address: str) -> Principal:
    grant = policy.tokens.read(token)
    site = policy.sites.get(grant.site)
    if site is None:
        raise ErrorResponse(401, "unauthorized", "This token's site may no longer ask.")
    # Browsers leave the origin away where a page reads from the server that it came from.
    origin = request.headers.get("origin") or (own_origin(request) if request.method in _SAFE else "")
    if origin != grant.origin or origin not in site.origins:
        raise ErrorResponse(
            403, "forbidden", "This token was given to another origin than the one this request comes from."
        )
    return Principal(f"site:{site.id}", address, site.scope, "site")


def _refuse_other_pages(request: Request) -> None:
    """An open server answers this machine's programs and its own pages, and no page from elsewhere.

    A page's name may be made to mean 127.0.0.1 (DNS rebinding), a form or an image may send what it cannot read (CSRF),
    and a proxy on this machine would make everybody a neighbour.
    """
    host = request.headers.get("host", "")
    if not is_loopback(_name(host)):
        raise ErrorResponse(
            403, "forbidden", "Without sites or keys this server answers on localhost and 127.0.0.1 alone."
        )
    if any(name in request.headers for name in FORWARDING):
        raise ErrorResponse(403, "forbidden", "Behind a proxy this server needs sites or keys.")
    origin, fetched = request.headers.get("origin"), request.headers.get("sec-fetch-site", "none")
    if (origin is not None and origin != own_origin(request)) or fetched not in ("same-origin", "none"):
        raise ErrorResponse(403, "forbidden", "Without sites or keys this server answers no pages but its own.")


def _name(host: str) -> str:
    """A Host header without its port."""
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]


def _counted(caller: Principal) -> tuple[tuple[Kind, str], ...]:
    by_address: tuple[Kind, str] = ("address", client_prefix(caller.address))
    if caller.kind == "site":
        return by_address, ("site", caller.name), ("day", "")
    return (("key", caller.name) if caller.kind == "key" else by_address), ("day", "")
