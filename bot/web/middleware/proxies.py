"""Proxies in front of the server: whose word counts for who asks, by which scheme and for which host."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.web.middleware.client_address import IP, parsed
from retrieval.errors import UsageError

Network = IPv4Network | IPv6Network

FORWARDING = ("x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "forwarded", "x-real-ip")


def networks_of(written: str) -> tuple[Network, ...]:
    """Addresses and networks between commas or spaces. Raises UsageError."""
    try:
        return tuple(ip_network(part) for part in written.replace(",", " ").split())
    except ValueError as exc:
        raise UsageError(
            f"ONRECORD_TRUSTED_PROXIES is {written!r}: {exc}; "
            "write addresses or networks, such as 127.0.0.1, 10.0.0.0/8."
        ) from exc


class TrustedProxies:
    """Puts what trusted proxies say of a request where the application reads it; nobody else's word is taken.

    Each proxy adds the address that it was asked from to X-Forwarded-For, so that from the right the first that is no
    trusted proxy's is who asked; what stands left of it anybody may have written.
    """

    def __init__(self, app: ASGIApp, trusted: Sequence[Network]) -> None:
        self._app, self._trusted = app, trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope.get("client") and self._trusts(parsed(scope["client"][0])):
            scope = self._told(dict(scope))
        await self._app(scope, receive, send)

    def _trusts(self, ip: IP | None) -> bool:
        return ip is not None and any(ip in network for network in self._trusted)

    def _told(self, scope: Scope) -> Scope:
        headers = Headers(scope=scope)
        scope["client"] = (self._asking(_listed(headers, "x-forwarded-for"), scope["client"][0]), 0)
        if (proto := _listed(headers, "x-forwarded-proto")[-1:]) and proto[0] in ("http", "https"):
            scope["scheme"] = proto[0]
        host = _listed(headers, "x-forwarded-host")[-1:]
        changed = MutableHeaders(raw=[pair for pair in scope["headers"] if pair[0].decode("latin-1") not in FORWARDING])
        if host:
            changed["host"] = host[0]
        scope["headers"] = changed.raw
        return scope

    def _asking(self, hops: Sequence[str], peer: str) -> str:
        asking = peer
        for hop in reversed(hops):
            if (ip := parsed(_without_port(hop))) is None:
                break
            asking = str(ip)
            if not self._trusts(ip):
                break
        return asking


def _listed(headers: Headers, name: str) -> list[str]:
    """All values of a header, however many lines they stand on."""
    return [part.strip() for line in headers.getlist(name) for part in line.split(",") if part.strip()]


def _without_port(hop: str) -> str:
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop
