"""A web address, taken apart once: what is checked, what is connected to and what is shown are the same."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import urljoin

import httpx

PORTS = {"http": 80, "https": 443}
LONGEST_NAME = 253  # characters of a host's name (RFC 1035, 2.3.4)
LONGEST_SHOWN = 500
# Programs disagree about what these mean in an address, so none of them is to be trusted with it.
_AMBIGUOUS = re.compile(r"[\\\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_USER = re.compile(r"^([a-z0-9+.-]*:)?([/\\]*)[^/?#]*@", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Url:
    """A host is a name in ASCII without a final dot, or an IP address in its one usual form; no user, no fragment."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """Host and port, as the Host header has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """What robots.txt is for (RFC 9309, 2.3)."""
        return f"{self.scheme}://{self.authority}"

    def __str__(self) -> str:
        return f"{self.origin}{self.target}"


def parse_url(written: str) -> Url:
    """An address as somebody wrote it.

    Raises ValueError with the reason when it is none of the web's, PermissionError when its port is another service's.
    """
    parsed = _parsed(written.strip())
    if parsed.scheme not in PORTS:
        raise ValueError("is no http or https address")
    if parsed.userinfo:
        raise ValueError("has a user name or a password in it; leave them out")
    port = PORTS[parsed.scheme] if parsed.port is None else parsed.port
    if not 0 <= port <= 65535:
        raise ValueError("is no web address")
    if port in BLOCKED:
        raise PermissionError(f"has port {port}, at which there is something other than the web")
    return Url(parsed.scheme, _host(parsed.raw_host.decode("ascii")), port, parsed.raw_path.decode("ascii"))


def join_url(base: Url, written: str) -> Url:
    """An address as a document at `base` or its redirect wrote it (RFC 3986, 5). Raises as `read` does."""
    _refuse_ambiguous(written.strip())  # before urllib drops line ends and tabs
    try:
        joined = urljoin(str(base), written.strip())
    except ValueError as exc:
        raise ValueError("is no web address") from exc
    return parse_url(joined)


def display_url(written: str) -> str:
    """The address for a message: without user and password, on one line, not endless."""
    line = "".join(character if character.isprintable() else "\ufffd" for character in written.strip())
    bare = _USER.sub(r"\1\2", line)
    return bare if len(bare) <= LONGEST_SHOWN else f"{bare[:LONGEST_SHOWN]}…"


def _parsed(written: str) -> httpx.URL:
    _refuse_ambiguous(written)
    try:
        return httpx.URL(written)
    except (httpx.InvalidURL, UnicodeError) as exc:
        raise ValueError("is no web address") from exc


def _refuse_ambiguous(written: str) -> None:
    if _AMBIGUOUS.search(written):
        raise ValueError("has a backslash or a control character in it")


def _host(raw: str) -> str:
    host = raw.removesuffix(".")
    try:
        if ":" in host:
            return _ipv6(host)
        labels = host.split(".")
        if len(host) > LONGEST_NAME or not all(map(_LABEL.fullmatch, labels)):
            raise ValueError
        # `127.1`, `0x7f.1` and `2130706433` are addresses to a resolver; here an address has four decimal numbers.
        return str(IPv4Address(host)) if _NUMBER.fullmatch(labels[-1]) else host
    except ValueError as exc:
        raise ValueError("has a host that is neither a name nor an IP address in its usual form") from exc


def _ipv6(host: str) -> str:
    if "%" in host:  # a zone is this machine's business
        raise ValueError
    return str(IPv6Address(host))


# The "bad ports" of the Fetch standard (fetch.spec.whatwg.org, port blocking), which browsers refuse too: what a
# request says there could mean something in another protocol.
BLOCKED = frozenset(
    map(
        int,
        """
        0 1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 115 117 119
        123 135 137 139 143 161 179 389 427 465 512 513 514 515 526 530 531 532 540 548 554 556 563 587 601 636 989 990
        993 995 1719 1720 1723 2049 3659 4045 4190 5060 5061 6000 6566 6665 6666 6667 6668 6669 6679 6697 10080
        """.split(),
    )
)
