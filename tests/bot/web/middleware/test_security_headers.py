"""Every response, whatever it is, carries what browsers should know of it."""

import logging
from collections.abc import Iterator

import httpx
import pytest
from fastapi import APIRouter

from bot.web.auth.api_keys import ApiKeyStore
from retrieval.index.store import Store
from tests.support.guarded_server import ORIGIN, LetIn, ask, bearer, listening, token, write_sites


@pytest.fixture(scope="module")
def opened(shared_newsroom: Store) -> Iterator[httpx.Client]:
    with listening(shared_newsroom) as client:
        yield client


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/v1/ask"), ("GET", "/v1/ask"), ("GET", "/nowhere"), ("GET", "/openapi.json")]
)
def test_every_response_is_guarded(opened: httpx.Client, method: str, path: str) -> None:
    headers = opened.request(method, path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["X-Request-Id"] and "Server" not in headers


def test_answers_are_kept_by_nobody(opened: httpx.Client) -> None:
    assert ask(opened).headers["Cache-Control"] == "no-store"
    assert ask(opened, Accept="text/event-stream").headers["Cache-Control"] == "no-store"


def test_a_failure_that_nobody_expected_is_guarded_and_readable_too(
    let_in: LetIn, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    failing = APIRouter()
    failing.add_api_route("/v1/failing", lambda: 1 // 0)
    client = let_in(sites_file=write_sites(store.folder), more=failing)
    answer = client.get("/v1/failing", headers=bearer(token(client), ORIGIN))
    assert answer.status_code == 500 and answer.json()["error"]["code"] == "internal"
    assert answer.headers["X-Request-Id"] == answer.json()["error"]["request_id"]
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Request-Id"] in caplog.text


def test_damaged_conversations_are_said_in_the_log_alone(
    let_in: LetIn, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    client = let_in(sites_file=write_sites(store.folder))
    mine = bearer(token(client), ORIGIN)
    (store.folder / "conversations.db").write_bytes(b"this is no database, it was damaged" * 100)
    answer = client.post("/v1/ask", json={"question": "Toll?", "conversation_id": "x"}, headers=mine)
    assert answer.status_code == 503 and answer.json()["error"]["code"] == "storage_unavailable"
    assert "conversations.db" not in answer.text and "conversations.db" in caplog.text and "Toll?" not in caplog.text


def test_the_log_holds_no_question_token_or_key(
    let_in: LetIn, store: Store, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG, "uvicorn"), caplog.at_level(logging.DEBUG, "bot"):
        client = let_in(sites_file=write_sites(store.folder))
        mine, key = token(client), ApiKeyStore(store.folder / "keys.db").add("archive")
        for secret in (mine, key, mine + "x"):
            ask(client, **bearer(secret, ORIGIN))
        client.get("/v1/search", params={"q": "What will lorries pay?"}, headers=bearer(key))
    written = caplog.text + "".join(capfd.readouterr())
    assert not [secret for secret in (mine, key, "lorries") if secret in written]
