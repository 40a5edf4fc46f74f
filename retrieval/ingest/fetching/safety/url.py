"""Parse a URL once, so that the URL that is checked, connected to and shown is the same."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import urljoin

import httpx

DEFAULT_PORTS = {"http": 80, "https": 443}
MAX_HOST_LENGTH = 253  # characters (RFC 1035, 2.3.4)
MAX_DISPLAY_LENGTH = 500  # characters of a URL in a message
# Programs disagree about what these characters mean in a URL, so a URL that has them is refused.
_AMBIGUOUS = re.compile(r"[\\\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_USERINFO = re.compile(r"^([a-z0-9+.-]*:)?([/\\]*)[^/?#]*@", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Url:
    """An http or https URL without user and fragment.

    `host` is an ASCII name without a final dot, or an IP address in its canonical form; `target` is path and query.
    """

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """Host and port, as in the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme and authority, which one robots.txt is valid for (RFC 9309, 2.3)."""
        return f"{self.scheme}://{self.authority}"

    def __str__(self) -> str:
        return f"{self.origin}{self.target}"


def parse_url(text: str) -> Url:
    """Parse a URL as a user wrote it.

    Raises ValueError with the reason when it is not an http or https URL, PermissionError when its port is blocked.
    """
    parsed = _parse(text.strip())
    if parsed.scheme not in DEFAULT_PORTS:
        raise ValueError("is no http or https address")
    if parsed.userinfo:
        raise ValueError("has a user name or a password in it; leave them out")
    port = DEFAULT_PORTS[parsed.scheme] if parsed.port is None else parsed.port
    if not 0 <= port <= 65535:
        raise ValueError("is no web address")
    if port in BLOCKED_PORTS:
        raise PermissionError(f"has port {port}, at which there is something other than the web")
    return Url(parsed.scheme, _parse_host(parsed.raw_host.decode("ascii")), port, parsed.raw_path.decode("ascii"))


def join_url(base: Url, text: str) -> Url:
    """Resolve a reference in a document or redirect at `base` (RFC 3986, 5). Raises as `parse_url` does."""
    _refuse_ambiguous(text.strip())  # before urlsplit drops line ends and tabs
    try:
        joined = urljoin(str(base), text.strip())
    except ValueError as exc:
        raise ValueError("is no web address") from exc
    return parse_url(joined)


def display_url(text: str) -> str:
    """The URL for a message: without user and password, on one line, cut to MAX_DISPLAY_LENGTH."""
    line = "".join(character if character.isprintable() else "\ufffd" for character in text.strip())
    bare = _USERINFO.sub(r"\1\2", line)
    return bare if len(bare) <= MAX_DISPLAY_LENGTH else f"{bare[:MAX_DISPLAY_LENGTH]}…"


def _parse(text: str) -> httpx.URL:
    _refuse_ambiguous(text)
    try:
        return httpx.URL(text)
    except (httpx.InvalidURL, UnicodeError) as exc:
        raise ValueError("is no web address") from exc


def _refuse_ambiguous(text: str) -> None:
    if _AMBIGUOUS.search(text):
        raise ValueError("has a backslash or a control character in it")


def _parse_host(raw: str) -> str:
    host = raw.removesuffix(".")
    try:
        if ":" in host:
            return _parse_ipv6(host)
        labels = host.split(".")
        if len(host) > MAX_HOST_LENGTH or not all(map(_LABEL.fullmatch, labels)):
            raise ValueError
        # To a resolver `127.1`, `0x7f.1` and `2130706433` are IP addresses; here only four decimal numbers are.
        return str(IPv4Address(host)) if _NUMBER.fullmatch(labels[-1]) else host
    except ValueError as exc:
        raise ValueError("has a host that is neither a name nor an IP address in its usual form") from exc


def _parse_ipv6(host: str) -> str:
    if "%" in host:  # a zone id means something to this machine only
        raise ValueError
    return str(IPv6Address(host))


# The "bad ports" of the Fetch standard (fetch.spec.whatwg.org, port blocking), which browsers refuse too: a request to
# them could be understood as another protocol.
BLOCKED_PORTS = frozenset(
    map(
        int,
        """
        0 1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 115 117 119
        123 135 137 139 143 161 179 389 427 465 512 513 514 515 526 530 531 532 540 548 554 556 563 587 601 636 989 990
        993 995 1719 1720 1723 2049 3659 4045 4190 5060 5061 6000 6566 6665 6666 6667 6668 6669 6679 6697 10080
        """.split(),
    )
)
