"""Trusted proxies in front of the server, which report a request's client address, scheme and host.

uvicorn's ProxyHeadersMiddleware does not suffice: it takes a hop that is not an address ("unknown") as the client, does
not recognise an IPv4-mapped peer (::ffff:10.0.0.1) in a trusted IPv4 network, and ignores X-Forwarded-Host.
"""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.web.middleware.client_address import IPAddress, parse_ip
from retrieval.errors import UsageError

Network = IPv4Network | IPv6Network

FORWARDING_HEADERS = ("x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "forwarded", "x-real-ip")


def parse_networks(written: str) -> tuple[Network, ...]:
    """Parse addresses and networks separated by commas or spaces. Raises UsageError."""
    try:
        return tuple(ip_network(part) for part in written.replace(",", " ").split())
    except ValueError as exc:
        raise UsageError(
            f"ONRECORD_TRUSTED_PROXIES is {written!r}: {exc}; "
            "write addresses or networks, such as 127.0.0.1, 10.0.0.0/8."
        ) from exc


class TrustedProxyMiddleware:
    """Replaces client, scheme and host by those that a trusted proxy forwards; ignores the headers of other peers.

    Each proxy appends the address of its own peer to X-Forwarded-For. So the first address from the right that is not a
    trusted proxy's is the client; the client itself may have written everything to the left of it.
    """

    def __init__(self, app: ASGIApp, trusted: Sequence[Network]) -> None:
        self._app, self._trusted = app, trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope.get("client") and self._is_trusted(parse_ip(scope["client"][0])):
            scope = self._with_forwarded(dict(scope))
        await self._app(scope, receive, send)

    def _is_trusted(self, ip: IPAddress | None) -> bool:
        return ip is not None and any(ip in network for network in self._trusted)

    def _with_forwarded(self, scope: Scope) -> Scope:
        headers = Headers(scope=scope)
        scope["client"] = (self._client_address(_header_values(headers, "x-forwarded-for"), scope["client"][0]), 0)
        if (proto := _header_values(headers, "x-forwarded-proto")[-1:]) and proto[0] in ("http", "https"):
            scope["scheme"] = proto[0]
        host = _header_values(headers, "x-forwarded-host")[-1:]
        kept = MutableHeaders(
            raw=[pair for pair in scope["headers"] if pair[0].decode("latin-1") not in FORWARDING_HEADERS]
        )
        if host:
            kept["host"] = host[0]
        scope["headers"] = kept.raw
        return scope

    def _client_address(self, hops: Sequence[str], peer: str) -> str:
        client = peer
        for hop in reversed(hops):
            if (ip := parse_ip(_without_port(hop))) is None:
                break
            client = str(ip)
            if not self._is_trusted(ip):
                break
        return client


def _header_values(headers: Headers, name: str) -> list[str]:
    """All comma-separated values of a header, from all of its lines."""
    return [part.strip() for line in headers.getlist(name) for part in line.split(",") if part.strip()]


def _without_port(hop: str) -> str:
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop
