"""Nothing reaches an address that is not to be reached, however it is written, resolved or redirected to."""

from collections.abc import Sequence
from ipaddress import ip_address
from socket import gaierror

import pytest

from retrieval.errors import SourceError, SourceForbidden, SourceUnreachable
from tests.support.endpoint_standin import free_port
from tests.support.misbehaving_server import LOOPBACK, Reply, Site, fetching, redirect, site

HERE = ("127.0.0.1/32",)  # the one address that is allowed where another one of loopback must not be reached
INNER = "127.0.0.2"
PAGE = {"/": Reply(b"inner"), "/robots.txt": Reply(b"inner")}
WRITTEN = """
    127.0.0.2 127.0.0.2. 127.2 127.0.2 2130706434 0x7f000002 0x7f.0.0.2 0x7F.0x0.0x0.0x2 0177.0.0.2 017700000002
    127.0.0.02 0127.0.0.2 １２７.０.０.２ 127。0。0。2 127．0．0．2 %31%32%37.0.0.2 ①②⑦.0.0.2 127.0.0.2%00
    127.0.0.2%2eexample.org example.org@127.0.0.2 example.org:80@127.0.0.2 example.org%40127.0.0.2
    example.org\\@127.0.0.2 127.0.0.2\\.example.org [::ffff:127.0.0.2] [::ffff:7f00:2] [0:0:0:0:0:ffff:7f00:2]
    [::127.0.0.2] [64:ff9b::127.0.0.2] [64:ff9b::7f00:2] [2002:7f00:2::] [::ffff:127.0.0.2%25lo]
""".split()


def answering(*answers: Sequence[str]) -> tuple[list[str], object]:
    """A resolver that gives these answers in turn, the last again and again, and the names that it was asked for."""
    asked = list[str]()

    async def resolve(host: str) -> Sequence[str]:
        asked.append(host)
        return answers[min(len(asked), len(answers)) - 1]

    return asked, resolve


def untouched(inner: Site) -> bool:
    return inner.connections == 0 and not inner.asked


@pytest.mark.parametrize("host", WRITTEN)
def test_no_way_to_write_an_address_reaches_it_directly_or_by_a_redirect(host: str) -> None:
    with site(PAGE, host=INNER) as inner, fetching(networks=HERE) as fetcher:
        target = f"http://{host}:{inner.port}/"
        with site({"/": redirect(target)}) as outer:
            for url in (target, f"{outer.url}/"):
                with pytest.raises(SourceError):
                    fetcher.get(url)
        assert outer.paths() == ["/"] and untouched(inner)


@pytest.mark.parametrize("name", ["localhost", "localhost.", "LOCALHOST", "localhost.localdomain", "ip6-localhost"])
def test_names_of_this_machine_do_not_reach_it(name: str) -> None:
    with site(PAGE) as inner, site(PAGE, host="::1") as inner6, fetching(networks=()) as fetcher:
        for port in (inner.port, inner6.port):
            with pytest.raises((SourceForbidden, SourceUnreachable)):
                fetcher.get(f"http://{name}:{port}/")
        assert untouched(inner) and untouched(inner6)


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:0.0.0.0]"])
def test_the_reason_says_where_it_is(host: str) -> None:
    with site(PAGE) as inner, site(PAGE, host="::1") as inner6, fetching(networks=()) as fetcher:
        for port in (inner.port, inner6.port):
            with pytest.raises(SourceForbidden, match=r"is at .*, which is not on the public internet$"):
                fetcher.get(f"http://{host}:{port}/")
        assert untouched(inner) and untouched(inner6)


@pytest.mark.parametrize(
    "address", ["127.0.0.2", "::1", "10.0.0.1", "169.254.169.254", "fe80::1%lo", "::ffff:127.0.0.2"]
)
@pytest.mark.parametrize("beside", [(), ("127.0.0.1",)])
def test_one_forbidden_answer_of_a_resolver_is_enough(address: str, beside: tuple[str, ...]) -> None:
    with site(PAGE) as outer:
        for answer in ((*beside, address), (address, *beside)):
            asked, resolve = answering(answer)
            with (
                fetching(networks=HERE, resolve=resolve) as fetcher,
                pytest.raises(
                    SourceForbidden, match=f"^http://rebinding.example:{outer.port}/: is at {address}, which"
                ),
            ):
                fetcher.get(f"http://rebinding.example:{outer.port}/")
            assert asked == ["rebinding.example"]
    assert untouched(outer)


def test_the_address_that_was_checked_is_the_one_connected_to() -> None:
    with site({"/": Reply([b"outer"])}) as outer, site(PAGE, host=INNER, port=outer.port) as inner:
        asked, resolve = answering(["127.0.0.1"], ["127.0.0.1"], [INNER])
        with fetching(networks=HERE, resolve=resolve) as fetcher:
            url = f"http://rebinding.example:{outer.port}/"
            assert fetcher.get(url).content == b"outer"
            assert len(asked) == outer.connections
            with pytest.raises(SourceForbidden):
                fetcher.get(url)
        assert outer.connections == 2 and len(asked) == 3 and untouched(inner)
    assert {each.headers["host"] for each in outer.asked} == {f"rebinding.example:{outer.port}"}


def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    with site({"/": Reply(b"here")}) as outer:
        _, resolve = answering(["127.0.0.3", "127.0.0.1"])
        with fetching(networks=LOOPBACK, resolve=resolve) as fetcher:
            assert fetcher.get(f"http://two.example:{outer.port}/").content == b"here"


def test_a_host_that_is_not_found_or_not_there_is_unreachable() -> None:
    async def unknown(host: str) -> Sequence[str]:
        raise gaierror("Name or service not known")

    with fetching(resolve=unknown) as fetcher, pytest.raises(SourceUnreachable, match="a host that cannot be found"):
        fetcher.get("http://nowhere.example/")
    with fetching() as fetcher, pytest.raises(SourceUnreachable, match="cannot be reached"):
        fetcher.get(f"http://127.0.0.1:{free_port()}/")


def test_ports_and_schemes_are_checked_at_each_redirect() -> None:
    targets = [
        "http://127.0.0.1:22/",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "http://u:secret@127.0.0.1/",
        "\\\\a\\b",
    ]
    pages = {f"/{at}": redirect(target) for at, target in enumerate(targets)}
    with site(pages) as outer, fetching() as fetcher:
        for at in range(len(targets)):
            with pytest.raises(SourceError, match=r"redirects to .*, which (has|is) ") as failed:
                fetcher.get(f"{outer.url}/{at}")
            assert "secret" not in str(failed.value)


def test_the_listeners_would_have_noticed() -> None:
    with site(PAGE, host=INNER) as inner, fetching(networks=LOOPBACK) as fetcher:
        assert ip_address(inner.host).is_loopback and fetcher.get(f"{inner.url}/").content == b"inner"
        assert inner.connections == 1 and len(inner.asked) == 2


def test_an_ipv6_address_is_reached_when_it_is_named() -> None:
    with site(PAGE, host="::1") as inner, fetching(networks=("::1/128",)) as fetcher:
        assert fetcher.get(inner.url).content == b"inner"
    assert inner.asked[0].headers["host"] == f"[::1]:{inner.port}"
