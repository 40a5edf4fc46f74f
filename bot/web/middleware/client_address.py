"""Client addresses: parsing, loopback, and the prefix that rate limits count as one client."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

CLIENT_PREFIX_BITS = 64  # bits of an IPv6 address: a customer usually has a whole /64

IPAddress = IPv4Address | IPv6Address


def parse_ip(address: str) -> IPAddress | None:
    """Parse an address, an IPv4-mapped IPv6 address as IPv4; None when it is not an address."""
    try:
        ip = ip_address(address)
    except ValueError:
        return None
    return (ip.ipv4_mapped or ip) if isinstance(ip, IPv6Address) else ip


def is_loopback(host: str) -> bool:
    """Whether a host is this machine's loopback: `localhost`, 127.0.0.0/8, ::1."""
    ip = parse_ip(host)
    return ip.is_loopback if ip else host.lower() == "localhost"


def client_prefix(address: str) -> str:
    """The key that rate limits count a client by: the whole IPv4 address, the /64 network of an IPv6 address."""
    ip = parse_ip(address)
    if isinstance(ip, IPv6Address):
        return str(ip_network((int(ip), CLIENT_PREFIX_BITS), strict=False))
    return str(ip) if ip else address
