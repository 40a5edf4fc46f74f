"""Requests are as large as questions are; what is larger is refused before it is understood, or even all there."""

import socket
from collections.abc import Iterator

import httpx
import pytest

from bot.web.middleware.size_limits import MAX_BODY_BYTES, MAX_HEAD_BYTES
from retrieval.index.store import Store
from tests.support.guarded_server import QUESTION, listening, refusal

JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def opened(shared_newsroom: Store) -> Iterator[httpx.Client]:
    with listening(shared_newsroom) as client:
        yield client


def pieces(count: int, size: int = 1_000) -> Iterator[bytes]:
    """A body without a length, in chunks."""
    for _ in range(count):
        yield b" " * size


def test_a_body_that_says_it_is_too_large_is_refused(opened: httpx.Client) -> None:
    answer = opened.post("/v1/ask", content=b"{" * (MAX_BODY_BYTES + 1), headers=JSON)
    assert refusal(answer) == (413, "too_large")
    assert len(answer.headers["X-Request-Id"]) == 16


def test_a_body_that_turns_out_too_large_is_refused(opened: httpx.Client) -> None:
    answer = opened.post("/v1/ask", content=pieces(MAX_BODY_BYTES // 1_000 + 1), headers=JSON)
    assert refusal(answer) == (413, "too_large")


def test_a_body_is_refused_before_it_is_all_there(opened: httpx.Client) -> None:
    head = f"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: {10**9}\r\n\r\n"
    assert exchanged(opened, head.encode()).startswith(b"HTTP/1.1 413 ")


def test_a_body_in_chunks_is_refused_before_it_ends(opened: httpx.Client) -> None:
    chunk = b"%x\r\n%s\r\n" % (MAX_BODY_BYTES + 1, b" " * (MAX_BODY_BYTES + 1))
    head = b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert exchanged(opened, head + chunk).startswith(b"HTTP/1.1 413 ")


def test_a_body_of_the_largest_size_is_read(opened: httpx.Client) -> None:
    question = b'{"question": "What will lorries pay?"}'
    answer = opened.post("/v1/ask", content=question.ljust(MAX_BODY_BYTES), headers=JSON)
    assert answer.status_code == 200
    padded = iter([question, *pieces(MAX_BODY_BYTES // 1_000 - 1)])
    assert opened.post("/v1/ask", content=padded, headers=JSON).status_code == 200


def test_a_client_that_leaves_in_the_middle_harms_nobody(opened: httpx.Client) -> None:
    with socket.create_connection((opened.base_url.host, opened.base_url.port or 0)) as connection:
        connection.sendall(b'POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: 90\r\n\r\n{"question"')
    assert opened.post("/v1/ask", json=QUESTION).status_code == 200


@pytest.mark.parametrize("head", [{"X-Long": "x" * (MAX_HEAD_BYTES + 1)}, {f"X-{n}": "x" * 1_000 for n in range(20)}])
def test_a_head_that_is_too_long_is_refused(opened: httpx.Client, head: dict[str, str]) -> None:
    assert refusal(opened.get("/v1/nowhere", headers=head)) == (431, "too_large")


def test_an_address_that_is_too_long_is_refused(opened: httpx.Client) -> None:
    assert refusal(opened.get("/v1/search", params={"q": "x" * (MAX_HEAD_BYTES + 1)})) == (431, "too_large")


def test_a_head_that_never_ends_is_refused(opened: httpx.Client) -> None:
    assert exchanged(opened, b"GET /healthz HTTP/1.1\r\n" + b"X-More: and more\r\n" * 20_000).startswith(b"HTTP/1.1 4")


def exchanged(client: httpx.Client, request: bytes) -> bytes:
    """What a server says to a request that is not over."""
    with socket.create_connection((client.base_url.host, client.base_url.port or 0), timeout=10) as connection:
        connection.sendall(request)
        return connection.recv(4_096)
