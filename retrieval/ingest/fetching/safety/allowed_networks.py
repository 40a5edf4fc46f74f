"""Decide which IP addresses may be connected to: the public internet, and networks that the operator adds."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from retrieval.errors import UsageError

# IANA's special-purpose registries (RFC 6890) and multicast, written out because what `ipaddress` calls global has
# changed between versions of Python. Refused as well: anycast relays, and all of 192.0.0.0/24 and 2001::/23.
_NOT_PUBLIC_IPV4 = tuple(
    map(
        IPv4Network,
        """
        0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
        192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4
        """.split(),
    )
)
# All allocated global unicast addresses lie in here (RFC 4291, 2.4); IPv4 addresses embedded in IPv6 (::ffff:, ::,
# 64:ff9b::), unique local, link-local, site-local and multicast addresses do not.
_GLOBAL_UNICAST = IPv6Network("2000::/3")
# Protocol assignments with Teredo, documentation, 6to4, documentation: Teredo and 6to4 could lead to any IPv4 address.
_NOT_PUBLIC_IPV6 = tuple(map(IPv6Network, "2001::/23 2001:db8::/32 2002::/16 3fff::/20".split()))
_ISATAP = (0x00005EFE, 0x02005EFE)  # the 32 bits before the IPv4 address in the interface id (RFC 5214, 6.1)


class AllowedNetworks:
    """The public internet and `extra` networks (`10.0.0.0/8`). Raises UsageError for what is not a network."""

    def __init__(self, extra: Sequence[str] = ()) -> None:
        try:
            self._extra = tuple(ip_network(network) for network in extra)
        except ValueError as exc:
            raise UsageError(f"A network that may be reached is no network ({exc}); write it as 10.0.0.0/8.") from exc

    def allow(self, text: str) -> bool:
        """Whether an IP address, as a resolver writes it, may be connected to."""
        try:
            address = ip_address(text)
        except ValueError:
            return False
        if isinstance(address, IPv6Address) and address.scope_id is not None:
            return False
        return any(address in network for network in self._extra) or is_public(address)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is global: the same machine from everywhere on the internet."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_IPV4)
    if address not in _GLOBAL_UNICAST or any(address in network for network in _NOT_PUBLIC_IPV6):
        return False
    return int(address) >> 32 & 0xFFFFFFFF not in _ISATAP
