"""Which IP addresses may be connected to: the public internet, and what the operator adds."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from retrieval.errors import UsageError

# IANA's special-purpose registries (RFC 6890) and multicast, written out because what `ipaddress` calls global has
# changed between Python's versions. Refused as well: anycast relays, and everything in 192.0.0.0/24 and 2001::/23.
_NOT_PUBLIC_4 = tuple(
    map(
        IPv4Network,
        """
        0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
        192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4
        """.split(),
    )
)
# All that is given out lies in here (RFC 4291, 2.4); IPv4 in IPv6's clothes (::ffff:, ::, 64:ff9b::), unique local,
# link-local, site-local and multicast addresses do not.
_GIVEN_OUT_6 = IPv6Network("2000::/3")
# Protocol assignments with Teredo, documentation, 6to4: the last two of the three could lead to any IPv4 address.
_NOT_PUBLIC_6 = tuple(map(IPv6Network, "2001::/23 2001:db8::/32 2002::/16 3fff::/20".split()))
_ISATAP = (0x00005EFE, 0x02005EFE)  # before the IPv4 address in the lower half (RFC 5214, 6.1)


class AllowedNetworks:
    """The public internet and these networks besides; raises UsageError for what is no network (`10.0.0.0/8`)."""

    def __init__(self, also: Sequence[str] = ()) -> None:
        try:
            self._also = tuple(ip_network(network) for network in also)
        except ValueError as exc:
            raise UsageError(f"A network that may be reached is no network ({exc}); write it as 10.0.0.0/8.") from exc

    def allow(self, written: str) -> bool:
        """Whether an IP address, as a resolver gives it, may be connected to."""
        try:
            address = ip_address(written)
        except ValueError:
            return False
        if isinstance(address, IPv6Address) and address.scope_id is not None:
            return False
        return any(address in network for network in self._also) or is_public(address)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether the whole internet would reach the same machine at it."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_4)
    if address not in _GIVEN_OUT_6 or any(address in network for network in _NOT_PUBLIC_6):
        return False
    return int(address) >> 32 & 0xFFFFFFFF not in _ISATAP
