"""Addresses of those who ask: which are this machine's own, and which count as one reader."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

HOUSEHOLD = 64  # bits of an IPv6 address: whoever has one of a /64 has all of it

IP = IPv4Address | IPv6Address


def parsed(address: str) -> IP | None:
    """The address, one of IPv4 however it is written; None where it is none."""
    try:
        ip = ip_address(address)
    except ValueError:
        return None
    return (ip.ipv4_mapped or ip) if isinstance(ip, IPv6Address) else ip


def is_loopback(host: str) -> bool:
    """Whether only this machine can mean it: `localhost`, 127.0.0.0/8, ::1."""
    ip = parsed(host)
    return ip.is_loopback if ip else host.lower() == "localhost"


def client_prefix(address: str) -> str:
    """What limits count as one: an address of IPv4, a network of IPv6."""
    ip = parsed(address)
    if isinstance(ip, IPv6Address):
        return str(ip_network((int(ip), HOUSEHOLD), strict=False))
    return str(ip) if ip else address
