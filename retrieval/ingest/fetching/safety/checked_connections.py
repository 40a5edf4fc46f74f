"""Connect to exactly the IP address that was checked, so that DNS rebinding has no effect."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence

import httpcore

from retrieval.ingest.fetching.safety.allowed_networks import AllowedNetworks

CONNECT_TIMEOUT_SECONDS = 5.0  # for each address of a host; the next one may answer
MAX_ADDRESSES = 4  # of one host that are tried

Resolver = Callable[[str], Awaitable[Sequence[str]]]
"""Resolves a host name to its IP addresses, the best first; raises OSError."""


async def resolve_host(host: str) -> Sequence[str]:
    """Resolve a host name as this machine does (`getaddrinfo`)."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """Resolves a host once for each connection, checks all its addresses, and connects to one of them.

    A host with even one address that is not allowed is refused: it has no good reason to have public and private ones.
    Raises PermissionError with the reason.
    """

    def __init__(self, networks: AllowedNetworks, resolve: Resolver = resolve_host) -> None:
        self._networks, self._resolve = networks, resolve
        self._backend = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        failure: Exception = httpcore.ConnectError("no address")
        for address in await self._allowed_addresses(host):
            try:
                return await self._backend.connect_tcp(
                    address, port, CONNECT_TIMEOUT_SECONDS, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as exc:
                failure = exc
        raise failure

    async def _allowed_addresses(self, host: str) -> Sequence[str]:
        addresses = await self._resolve(host)
        for address in addresses:
            if not self._networks.allow(address):
                raise PermissionError(f"is at {address}, which is not on the public internet")
        return addresses[:MAX_ADDRESSES]

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        raise PermissionError("is a socket of this machine")

    async def sleep(self, seconds: float) -> None:
        await self._backend.sleep(seconds)
