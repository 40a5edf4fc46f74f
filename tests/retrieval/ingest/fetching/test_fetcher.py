"""A document is fetched as it is, within bounds of time and size, whatever the server does."""

import asyncio
import gzip
import ssl
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from retrieval.errors import Cancelled, SourceError, SourceGone, SourceUnreachable, UsageError
from retrieval.ingest.fetched_document import Validators
from retrieval.ingest.fetching.fetcher import Fetcher
from retrieval.models.endpoints.cancellation import Cancellation
from tests.retrieval.models.endpoints.test_endpoint_errors import certificate
from tests.support.endpoint_standin import cancel_when
from tests.support.misbehaving_server import Asked, Reply, Step, bomb, endless, fetching, redirect, site

TEXT = b"<p>What the article says.</p>" * 50
OK = b"HTTP/1.1 200 OK\r\n"
LARGEST = 1_000_000


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    with fetching(seconds=0.25, max_bytes=LARGEST) as opened:
        yield opened


def test_a_document_comes_with_what_the_server_says_of_it(fetcher: Fetcher) -> None:
    headers = {
        "Content-Type": 'Text/HTML; Charset="ISO-8859-1"',
        "ETag": 'W/"7"',
        "Last-Modified": "Tue, 11 Mar 2025 08:00:00 GMT",
        "X-Name": "Zoë",
    }
    with site({"/a?b=c": Reply(TEXT, headers=headers)}) as served:
        found = fetcher.get(f"{served.url}/a?b=c#d", accept="text/html")
    assert (found.url, found.content, found.unchanged, found.moved) == (f"{served.url}/a?b=c", TEXT, False, False)
    assert (found.content_type, found.charset, found.headers["x-name"]) == ("text/html", "iso-8859-1", "Zoë")
    assert found.validators == Validators('W/"7"', "Tue, 11 Mar 2025 08:00:00 GMT")
    sent = served.asked[-1].headers
    assert sent["accept"] == "text/html" and sent["accept-encoding"] == "gzip, deflate"
    assert sent["host"] == f"127.0.0.1:{served.port}" and not {"cookie", "authorization", "referer"} & sent.keys()


def test_who_asks_and_whom_to_write_to_is_said() -> None:
    with site({"/": Reply(TEXT)}) as served, fetching(contact="https://example.org/bot") as fetcher:
        fetcher.get(served.url)
    assert all(
        asked.headers["user-agent"].startswith("OnRecord/")
        and asked.headers["user-agent"].endswith(" (+https://example.org/bot)")
        for asked in served.asked
    )
    with pytest.raises(UsageError, match="cannot be sent in a header"):
        Fetcher(contact="a\r\nX: b")


def conditional(asked: Asked) -> Reply:
    same = asked.headers.get("if-none-match") == '"1"' or "if-modified-since" in asked.headers
    return Reply(b"", 304, {"ETag": '"1"'}) if same else Reply(TEXT, headers={"ETag": '"1"'})


@pytest.mark.parametrize("known", [Validators('"1"'), Validators("", "Tue, 11 Mar 2025 08:00:00 GMT")])
def test_what_has_not_changed_is_not_sent_again(fetcher: Fetcher, known: Validators) -> None:
    with site({"/": conditional, "/moved": redirect("/", 301)}) as served:
        assert fetcher.get(served.url, Validators('"0"')).content == TEXT
        for path in ("/", "/moved"):
            found = fetcher.get(f"{served.url}{path}", known)
            assert found.unchanged and found.content == b"" and found.url == f"{served.url}/"
            assert found.validators == Validators('"1"', known.last_modified)


def test_validators_cannot_bring_in_a_header(fetcher: Fetcher) -> None:
    with site({"/": Reply(TEXT)}) as served, pytest.raises(SourceError, match="a header would be malformed"):
        fetcher.get(served.url, Validators("1\r\nHost: other.example"))
    assert served.paths() == []


def test_a_304_that_nobody_asked_for_is_an_error(fetcher: Fetcher) -> None:
    with site({"/": Reply(b"", 304)}) as served, pytest.raises(SourceError, match=r"is not given out \(304\)"):
        fetcher.get(served.url)


@pytest.mark.parametrize(
    ("status", "kind", "reason"),
    [
        *((status, SourceGone, "is no longer there") for status in (404, 410)),
        *((status, SourceError, "is not open to everybody") for status in (401, 403, 451)),
        *((status, SourceError, "is not given out") for status in (206, 300, 305, 400, 406, 418)),
        *((status, SourceUnreachable, "fails on the server's side") for status in (408, 500, 502, 503, 599)),
        (429, SourceUnreachable, "takes no more requests for now"),
    ],
)
def test_a_status_is_an_error_of_its_kind(fetcher: Fetcher, status: int, kind: type[SourceError], reason: str) -> None:
    with site({"/": Reply(b"secret", status)}) as served, pytest.raises(kind) as failed:
        fetcher.get(served.url)
    assert type(failed.value) is kind
    assert str(failed.value) == f"{served.url}/: {reason} ({status})"


@pytest.mark.parametrize(
    ("coding", "packed"), [("gzip", gzip.compress(TEXT, mtime=0)), ("deflate", zlib.compress(TEXT))]
)
def test_compressed_content_is_unpacked(fetcher: Fetcher, coding: str, packed: bytes) -> None:
    with site({"/": Reply(packed, headers={"Content-Encoding": coding})}) as served:
        assert fetcher.get(served.url).content == TEXT


def test_a_compression_that_was_not_asked_for_is_refused(fetcher: Fetcher) -> None:
    with (
        site({"/": Reply(TEXT, headers={"Content-Encoding": "br"})}) as served,
        pytest.raises(SourceError, match=r"is compressed in a way that was not asked for \(br\)"),
    ):
        fetcher.get(served.url)


@pytest.mark.parametrize(
    "raw",
    [
        [6.0],
        endless(b"H", 0.05),
        [OK, *[b"X-A: b\r\n", 0.05] * 99],
        [OK + b"\r\n", *[b"x", 0.05] * 99],
        [OK + b"Content-Length: 9\r\n\r\n", 6.0],
        [OK + b"Transfer-Encoding: chunked\r\n\r\n", *[b"1\r\nx\r\n", 0.05] * 99],
        endless(b"HTTP/1.1 103 Early Hints\r\n\r\n", 0.05),
        endless(b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
    ],
    ids=["silence", "status", "headers", "body", "end", "chunks", "hints", "flood"],
)
def test_the_time_is_over_however_it_dawdles(fetcher: Fetcher, raw: Iterator[Step]) -> None:
    with site({"/": Reply(raw=raw)}) as served:
        began = time.monotonic()
        with pytest.raises(SourceUnreachable, match=r"did not answer within 0\.25 seconds"):
            fetcher.get(served.url)
    assert time.monotonic() - began < 1.5


def test_redirects_share_one_time(fetcher: Fetcher) -> None:
    def late(asked: Asked) -> Reply:
        time.sleep(0.1)
        return redirect(f"/{int(asked.path[1:]) + 1}")

    with (
        site({f"/{at}": late for at in range(5)}) as served,
        pytest.raises(SourceUnreachable, match=r"redirects to .*/[12], which did not answer within 0\.25 seconds"),
    ):
        fetcher.get(f"{served.url}/0")


@pytest.mark.parametrize(
    "reply",
    [
        Reply(endless(b"x" * 65536)),
        Reply(b"x", headers={"Content-Length": str(LARGEST + 1)}),
        Reply(raw=[OK + b"Transfer-Encoding: chunked\r\n\r\n", *[b"10000\r\n" + b"x" * 65536 + b"\r\n"] * 99]),
        Reply(bomb(1_000, 31), headers={"Content-Encoding": "gzip"}),
        Reply(bomb(1_000, 15), headers={"Content-Encoding": "deflate"}),
        Reply(bomb(1_000, -15), headers={"Content-Encoding": "deflate"}),
        Reply(gzip.compress(bytes(LARGEST + 1)), headers={"Content-Encoding": "gzip"}),
    ],
    ids=["endless", "declared", "chunked", "gzip bomb", "deflate bomb", "bare bomb", "one byte too many"],
)
def test_what_is_too_large_is_refused_and_takes_no_memory(fetcher: Fetcher, reply: Reply) -> None:
    with site({"/": reply}) as served:
        tracemalloc.start()
        try:
            with pytest.raises(SourceError, match=f"^{served.url}/: is larger than 1,000,000 bytes$"):
                fetcher.get(served.url)
            assert tracemalloc.get_traced_memory()[1] < 10_000_000
        finally:
            tracemalloc.stop()


def test_as_much_as_may_be_is_taken(fetcher: Fetcher) -> None:
    with site({"/": Reply(bytes(LARGEST))}) as served:
        assert len(fetcher.get(served.url).content) == LARGEST


@pytest.mark.parametrize(
    "raw",
    [
        [],
        [b"HTTP/1.1"],
        [b"SSH-2.0-OpenSSH_9.6\r\n"],
        [b"\x16\x03\x01\x00\x00" * 20],
        [OK],
        [OK + b"Content-Length: 10\r\n\r\nshort"],
        [OK + b"Content-Length: -5\r\n\r\nx"],
        [OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef"],
        [OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab"],
        [OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n"],
        [OK + b"Transfer-Encoding: nonsense\r\n\r\nab"],
        [OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(TEXT, mtime=0)[:-20]],
        [OK + b"X-A: " + b"x" * 200_000 + b"\r\n\r\n"],
        [OK + b"X-A: b\r\n" * 50_000 + b"\r\n"],
        [OK + b"no colon here\r\n\r\n"],
        [OK + b"Transfer-Encoding: chunked\r\n\r\n5;" + b"x" * 200_000],
    ],
)
def test_what_is_broken_off_or_garbled_is_no_document(fetcher: Fetcher, raw: list[bytes]) -> None:
    with (
        site({"/": Reply(raw=raw)}) as served,
        pytest.raises(SourceUnreachable, match="broke off its answer or garbled it"),
    ):
        fetcher.get(served.url)
    assert served.paths() == ["/"]


def test_more_than_was_declared_is_not_read(fetcher: Fetcher) -> None:
    raw = [OK + b"Content-Length: 5\r\n\r\nshortHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlong"]
    with site({"/": Reply(raw=raw)}) as served:
        assert [fetcher.get(served.url).content for _ in range(3)] == [b"short"] * 3


def test_one_connection_serves_request_after_request(fetcher: Fetcher) -> None:
    pages = {"/robots.txt": Reply(b""), "/": Reply(TEXT)}
    with site(pages) as served:
        for _ in range(3):
            fetcher.get(served.url)
    assert served.connections == 1


def test_a_kept_connection_that_the_server_closes_is_replaced(fetcher: Fetcher) -> None:
    def hang_up(asked: Asked) -> Reply:
        return Reply(raw=[]) if asked.connection == 0 else Reply(TEXT)

    with site({"/robots.txt": Reply(b""), "/": hang_up}) as served:
        assert fetcher.get(served.url).content == TEXT
    assert served.paths() == ["/", "/"] and served.connections == 2


@pytest.mark.parametrize("raw", [[6.0], [OK + b"\r\n", *[b"x", 0.05] * 99]])
def test_cancelling_ends_it_at_once(raw: list[Step]) -> None:
    cancellation = Cancellation()
    with site({"/": Reply(raw=raw)}) as served, fetching() as fetcher:
        Thread(target=cancel_when, args=[cancellation, served.paths]).start()
        began = time.monotonic()
        with pytest.raises(Cancelled):
            fetcher.get(served.url, cancellation=cancellation)
        assert time.monotonic() - began < 3.0  # of the six that the answer takes
        with pytest.raises(Cancelled):
            fetcher.get(served.url, cancellation=cancellation)
    assert served.paths() == ["/"]


def test_it_can_be_used_again_after_an_error(fetcher: Fetcher) -> None:
    with site({"/": Reply(TEXT), "/bad": Reply(raw=[6.0])}) as served:
        with pytest.raises(SourceUnreachable):
            fetcher.get(f"{served.url}/bad")
        assert fetcher.get(served.url).content == TEXT


def test_proxies_of_the_environment_are_not_used(fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    with site({"/": Reply(TEXT)}) as served, site({}) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert fetcher.get(served.url).content == TEXT
    assert proxy.connections == 0


def test_a_certificate_is_checked_for_the_host_that_was_asked_for(tmp_path: Path) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate(tmp_path))
    trusting = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))

    async def here(host: str) -> list[str]:
        return ["127.0.0.1"]

    with site({"/": Reply(TEXT)}, tls=tls) as served:
        with fetching(tls=trusting, resolve=here) as fetcher:
            assert fetcher.get(served.url).content == TEXT
            with pytest.raises(SourceUnreachable, match="has a certificate that is not trusted here"):
                fetcher.get(f"https://other.example:{served.port}/")
        with fetching() as fetcher, pytest.raises(SourceUnreachable, match="certificate that is not trusted here"):
            fetcher.get(served.url)


def test_a_handshake_that_hangs_is_given_up() -> None:
    with (
        site({}) as deaf,
        fetching(seconds=0.3) as fetcher,
        pytest.raises(SourceUnreachable, match=r"did not answer within 0\.3 seconds"),
    ):
        fetcher.get(f"https://127.0.0.1:{deaf.port}/")


def test_a_resolver_that_hangs_is_given_up() -> None:
    async def hang(host: str) -> list[str]:
        await asyncio.sleep(60)
        return []

    with (
        fetching(seconds=0.3, resolve=hang) as fetcher,
        pytest.raises(SourceUnreachable, match="did not answer within"),
    ):
        fetcher.get("http://slow.example/")
