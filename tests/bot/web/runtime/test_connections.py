"""Connections that bring no request are closed, an address has so many and no more, and neither floods the log."""

import logging
import resource
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest

from bot.web.app import CHECKING_CONNECTIONS
from bot.web.middleware import size_limits
from bot.web.runtime import connections
from bot.web.runtime.connections import TOO_MANY, ConnectionLimits
from retrieval.index.store import Store
from tests.support.command_line import WORDS_ALONE, command, environment
from tests.support.guarded_server import QUESTION, listening
from tests.support.newsroom import write_articles

HEAD_SECONDS = 0.5
FEW_FILES = 128


@pytest.fixture
def opened(shared_newsroom: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    monkeypatch.setattr(connections, "HEAD_SECONDS", HEAD_SECONDS)
    monkeypatch.setattr(size_limits, "BODY_SECONDS", HEAD_SECONDS)
    with listening(shared_newsroom, max_concurrent_answers=2, queue_size=1) as client:
        yield client


def connected(client: httpx.Client) -> socket.socket:
    address = client.base_url.host, client.base_url.port or 0
    return socket.create_connection(address, timeout=10)


def received(connection: socket.socket) -> bytes:
    """All that comes until the connection is closed."""
    parts = []
    try:
        while part := connection.recv(65_536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def closed_after(connection: socket.socket, *sent: bytes) -> float:
    """Seconds until the server closes a connection, to which pieces are sent meanwhile."""
    started = time.monotonic()
    connection.settimeout(0.1)
    for piece in sent:
        try:
            connection.sendall(piece)
            if not connection.recv(65_536):
                break
        except TimeoutError:
            continue
        except OSError:
            break
    else:
        connection.settimeout(10)
        received(connection)
    return time.monotonic() - started


def test_connections_without_a_request_are_closed(opened: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    with ExitStack() as stack:
        idle = [stack.enter_context(connected(opened)) for _ in range(CHECKING_CONNECTIONS - 4)]
        assert opened.get("/healthz").status_code == 200
        assert all(closed_after(connection) < 3 for connection in idle)
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "no request came in time" in caplog.text


@pytest.mark.parametrize("first", [b"", b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"])
def test_a_head_that_comes_byte_by_byte_is_not_awaited_for_ever(opened: httpx.Client, first: bytes) -> None:
    head = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: " + b"a" * 100
    with connected(opened) as connection:
        assert closed_after(connection, first or b"G", *(head[at : at + 1] for at in range(not first, 100))) < 3


def test_a_body_that_comes_byte_by_byte_is_not_awaited_for_ever(opened: httpx.Client) -> None:
    with connected(opened) as connection:
        connection.sendall(b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000\r\n\r\n{")
        assert received(connection).startswith(b"HTTP/1.1 408 ")


def test_requests_that_take_longer_than_a_head_may_are_answered(opened: httpx.Client) -> None:
    for _ in range(3):
        assert opened.post("/v1/ask", json=QUESTION).status_code == 200
        time.sleep(HEAD_SECONDS / 2)


def test_an_address_has_so_many_connections_and_no_more(opened: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    limit = 2 + 1 + CHECKING_CONNECTIONS
    with ExitStack() as stack:
        for _ in range(limit):
            stack.enter_context(connected(opened))
        refused = [stack.enter_context(connected(opened)) for _ in range(20)]
        responses = [received(connection) for connection in refused]
        assert all(response.startswith(b"HTTP/1.1 429 ") and b"rate_limited" in response for response in responses)
        assert len([record for record in caplog.records if TOO_MANY.reason in record.getMessage()]) == 1
    deadline = time.monotonic() + 5
    while opened.get("/healthz").status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_the_clients_of_a_proxy_are_no_address() -> None:
    limits = ConnectionLimits(1, [ip_network("10.0.0.0/8")])
    assert [limits.add("10.0.0.7", 9) for _ in range(3)] == [None] * 3
    assert [limits.add(address, 9) for address in ("2001:db8::1", "2001:db8::2", "2001:db8:0:1::1")] == [
        None,
        TOO_MANY,
        None,
    ]
    limits.discard("2001:db8::1")
    limits.discard("2001:db8::2")
    assert limits.add("2001:db8::3", 9) is None


def test_requests_that_are_no_http_flood_no_log() -> None:
    repeated = connections.RepeatFilter()
    records = [logging.makeLogRecord({"msg": "Invalid HTTP request received.", "levelno": logging.WARNING})] * 50
    assert [repeated.filter(record) for record in records].count(True) == 1
    failures = [logging.makeLogRecord({"msg": "Exception in ASGI application", "levelno": logging.ERROR})] * 3
    assert all(repeated.filter(record) for record in failures)


@contextmanager
def serving_with_few_files(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str, list[str]]]:
    """A server that may open FEW_FILES files, its address, and what it prints."""
    written = environment(folder, **WORDS_ALONE) | {"ONRECORD_ARTICLES": str(write_articles(folder / "news.jsonl"))}
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (FEW_FILES, before[1]))
    try:
        process = subprocess.Popen(
            command("serve", "--port", "0"), stderr=subprocess.PIPE, text=True, cwd=folder, env=written
        )
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    with process, ThreadPoolExecutor(1) as reading:
        assert process.stderr
        lines: list[str] = []
        while not lines or "listening on" not in lines[-1]:
            lines.append(process.stderr.readline())
            assert lines[-1], "the server ended"
        reading.submit(lambda: lines.extend(process.stderr or ()))
        try:
            yield process, lines[-1].split()[-1], lines
        finally:
            process.kill()


@pytest.mark.process
def test_too_few_file_handles_are_said_and_harm_nobody_afterwards(tmp_path: Path) -> None:
    with serving_with_few_files(tmp_path) as (_, url, lines), httpx.Client(base_url=url, trust_env=False) as client:
        assert client.get("/healthz").status_code == 200
        with ExitStack() as stack:
            idle = [stack.enter_context(connected(client)) for _ in range(2 * FEW_FILES)]
            refused = received(idle[FEW_FILES - 8])
            assert refused.startswith(b"HTTP/1.1 503 ") or not refused  # closed by the event loop at the latest
        time.sleep(0.5)
        assert client.post("/v1/ask", json=QUESTION, timeout=30).json()["status"] == "answered"
    assert len([line for line in lines if "the file handles run out" in line]) == 1
    assert len(lines) < 20 and "Traceback" not in "".join(lines)
