"""Only what a named proxy says of a request is believed."""

import asyncio

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from bot.web.middleware.client_address import client_prefix, is_loopback
from bot.web.middleware.proxies import TrustedProxyMiddleware, parse_networks
from retrieval.errors import UsageError
from retrieval.index.store import Store
from tests.support.guarded_server import ORIGIN, LetIn, write_sites

TRUSTED = "10.0.0.0/8, 127.0.0.1 ::1"


def session(client: httpx.Client, forwarded: str) -> int:
    headers = {"Origin": ORIGIN, "X-Forwarded-For": forwarded}
    return client.post("/v1/session", json={"site": "gazette"}, headers=headers).status_code


def told(peer: str, *headers: tuple[str, str], trusted: str = TRUSTED) -> Scope:
    """The request as the application sees it."""
    seen: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)

    async def receive() -> Message:
        raise AssertionError("nothing is read")

    async def send(message: Message) -> None:
        raise AssertionError("nothing is sent")

    raw = [(name.encode(), value.encode("latin-1")) for name, value in (("host", "inner:8000"), *headers)]
    scope: Scope = {"type": "http", "scheme": "http", "client": (peer, 5), "headers": raw}
    asyncio.run(TrustedProxyMiddleware(app, parse_networks(trusted))(scope, receive, send))
    return seen[0]


@pytest.mark.parametrize(
    ("peer", "forwarded", "asking"),
    [
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("10.0.0.1", "1.1.1.1, 203.0.113.9, 10.9.9.9, 10.0.0.2", "203.0.113.9"),
        ("::1", "2001:db8::7", "2001:db8::7"),
        ("::1", "[2001:db8::7]:443", "2001:db8::7"),
        ("10.0.0.1", "203.0.113.9:5123", "203.0.113.9"),
        ("::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9, unknown", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9, evil, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "10.0.0.3", "10.0.0.3"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("203.0.113.9", "10.0.0.1", "203.0.113.9"),
        ("203.0.113.9", "127.0.0.1", "203.0.113.9"),
    ],
)
def test_who_asks_is_the_first_from_the_right_that_is_no_proxy(peer: str, forwarded: str, asking: str) -> None:
    assert told(peer, ("x-forwarded-for", forwarded))["client"][0] == asking


def test_several_lines_are_read_as_one_list() -> None:
    assert told("10.0.0.1", ("x-forwarded-for", "1.1.1.1"), ("x-forwarded-for", "203.0.113.9"))["client"][0] == (
        "203.0.113.9"
    )


def test_scheme_and_host_are_the_nearest_proxy_s() -> None:
    scope = told("10.0.0.1", ("x-forwarded-proto", "https"), ("x-forwarded-host", "evil.example, gazette.example"))
    assert (scope["scheme"], dict(scope["headers"])) == ("https", {b"host": b"gazette.example"})


def test_nobody_else_is_believed() -> None:
    said = (("x-forwarded-proto", "https"), ("x-forwarded-host", "localhost"), ("x-forwarded-for", "127.0.0.1"))
    scope = told("203.0.113.9", *said)
    assert (scope["scheme"], scope["client"][0]) == ("http", "203.0.113.9")
    assert dict(scope["headers"])[b"host"] == b"inner:8000"


@pytest.mark.parametrize("written", ["*", "proxy.example", "10.0.0.1/8", "300.0.0.1"])
def test_what_names_no_network_is_refused(written: str) -> None:
    with pytest.raises(UsageError, match=r"ONRECORD_TRUSTED_PROXIES is .*10\.0\.0\.0/8"):
        parse_networks(written)


def test_readers_behind_a_proxy_are_limited_one_by_one(let_in: LetIn, store: Store) -> None:
    client = let_in(sites_file=write_sites(store.folder), trusted_proxies="127.0.0.1", rate_limit_per_address="1/hour")
    # Sessions are counted by address too, so that the sixty-first of one address is refused and another's first is not.
    statuses = [session(client, "203.0.113.9") for _ in range(61)]
    assert statuses == [200] * 60 + [429]
    assert session(client, "198.51.100.1, 203.0.113.9") == 429
    assert session(client, "203.0.113.10") == 200


def test_who_is_no_proxy_cannot_be_somebody_else(let_in: LetIn, store: Store) -> None:
    client = let_in(sites_file=write_sites(store.folder), trusted_proxies="10.0.0.0/8")
    assert [session(client, f"203.0.113.{number}") for number in range(61)] == [200] * 60 + [429]


def test_addresses_that_one_reader_has_count_as_one() -> None:
    assert client_prefix("2001:db8:1:2::1") == client_prefix("2001:db8:1:2:ffff::9") == "2001:db8:1:2::/64"
    assert client_prefix("2001:db8:1:3::1") != client_prefix("2001:db8:1:2::1")
    assert client_prefix("::ffff:203.0.113.9") == client_prefix("203.0.113.9") == "203.0.113.9"
    assert client_prefix("") == ""


def test_addresses_of_this_machine() -> None:
    assert all(map(is_loopback, ["127.0.0.1", "127.9.9.9", "::1", "localhost", "::ffff:127.0.0.1"]))
    assert not any(map(is_loopback, ["0.0.0.0", "::", "", "10.0.0.1", "localhost.example", "0x7f000001"]))
