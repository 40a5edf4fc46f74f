"""What one request says of its length, its host and its path is read in one way only."""

import socket
from collections.abc import Iterator
from urllib.parse import quote

import httpx
import pytest

from retrieval.index.store import Store
from tests.support.articles import article, fill
from tests.support.guarded_server import listening, refusal

BODY = b'{"question": "What will lorries pay?"}'
ODD_IDS = ("2025/05/toll", "/toll/", "a//b", "toll?x=1#y", "50% of tolls", "мито/1", "toll/..%2f")


@pytest.fixture(scope="module")
def opened(shared_newsroom: Store) -> Iterator[httpx.Client]:
    with listening(shared_newsroom) as client:
        yield client


def exchanged(client: httpx.Client, request: bytes) -> bytes:
    """All that the server sends until it closes the connection."""
    with socket.create_connection((client.base_url.host, client.base_url.port or 0), timeout=10) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


@pytest.mark.parametrize("encoding", [b"chunked", b"Chunked", b" chunked "])
@pytest.mark.parametrize("path", [b"/v1/ask", b"/healthz", b"/nowhere"])
def test_a_length_beside_chunks_is_refused_and_ends_the_connection(
    opened: httpx.Client, path: bytes, encoding: bytes
) -> None:
    chunk = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)
    head = b"POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\nTransfer-Encoding:%s\r\n\r\n"
    smuggled = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    answer = exchanged(opened, head % (path, len(BODY), encoding) + chunk + smuggled)
    assert answer.startswith(b"HTTP/1.1 400 ") and answer.count(b"HTTP/1.1") == 1
    assert b'"invalid_request"' in answer and b"not both" in answer


def test_a_length_or_chunks_alone_are_read(opened: httpx.Client) -> None:
    for body in (BODY, iter([BODY])):
        assert opened.post("/v1/ask", content=body, headers={"Content-Type": "application/json"}).status_code == 200


@pytest.mark.parametrize("path", ["/demo/", "/v1/ask/", "/v1/search/?q=toll", "/healthz/", "/v1/articles"])
def test_a_redirect_names_no_host(opened: httpx.Client, path: str) -> None:
    answer = opened.get(path, headers={"Host": "evil.example"})
    location = answer.headers.get("Location", "/")
    assert location.startswith("/") and not location.startswith("//") and "evil.example" not in answer.text
    assert answer.status_code in (307, 403, 404, 405)


def test_a_redirect_leads_to_the_page(opened: httpx.Client) -> None:
    answer = opened.get("/v1/search/", params={"q": "toll & bridge"}, follow_redirects=True)
    assert answer.status_code == 200 and answer.history[0].headers["Location"] == "/v1/search?q=toll+%26+bridge"


def test_articles_with_any_id_are_shown(newsroom_copy: Store) -> None:
    fill(
        newsroom_copy, *(article(key, "The bridge was painted on Friday.", title=f"Title of {key}") for key in ODD_IDS)
    )
    with listening(newsroom_copy) as client:
        for key in ODD_IDS:
            page = client.get(f"/demo/articles/{quote(key, safe='')}")
            assert page.status_code == 200, key
            assert client.get(f"/v1/articles/{quote(key, safe='')}").json()["id"] == key
        assert refusal(client.get("/demo/articles/no/such")) == (404, "not_found")
