"""Who may do what: readers of a site, servers with a key, anybody on an open server."""

from collections.abc import Iterator
from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, Depends

from bot.web.auth.api_keys import ApiKeyStore
from bot.web.auth.principal import Principal
from bot.web.routes.dependencies import current_principal, require_operator
from retrieval.index.store import Store
from tests.support.guarded_server import ORIGIN, bearer, listening, refusal, token, write_sites

ROUTES = APIRouter()


@ROUTES.get("/operation")
def operation(caller: Annotated[Principal, Depends(require_operator)]) -> str:
    return caller.name


@ROUTES.get("/v1/who")
def who(caller: Annotated[Principal, Depends(current_principal)]) -> list[str]:
    return [caller.kind, caller.name, caller.address]


@ROUTES.get("/v1/models")
def models(caller: Annotated[Principal, Depends(current_principal)]) -> str:
    return caller.name


@pytest.fixture(scope="module")
def opened(shared_newsroom: Store) -> Iterator[httpx.Client]:
    with listening(shared_newsroom, more=ROUTES) as client:
        yield client


@pytest.fixture(scope="module")
def closed(opened: httpx.Client, shared_newsroom: Store) -> Iterator[httpx.Client]:
    with listening(
        shared_newsroom, more=ROUTES, sites_file=write_sites(shared_newsroom.folder), trusted_proxies="127.0.0.1"
    ) as client:
        yield client


def test_an_open_server_tells_its_own_machine_everything(opened: httpx.Client) -> None:
    assert opened.get("/operation").json() == "open"
    assert opened.get("/v1/who").json() == ["open", "open", "127.0.0.1"]
    assert refusal(opened.get("/operation", headers={"Host": "evil.example"})) == (403, "forbidden")


def test_a_reader_is_a_site_s_and_sees_nothing_of_operation(closed: httpx.Client) -> None:
    reader = bearer(token(closed), ORIGIN)
    asked = closed.get("/v1/who", headers=reader | {"X-Forwarded-For": "203.0.113.9"})
    assert asked.json() == ["site", "site:gazette", "203.0.113.9"]
    for path in ("/operation", "/v1/models"):
        assert refusal(closed.get(path, headers=reader)) == (403, "forbidden")


def test_a_key_opens_all(closed: httpx.Client, shared_newsroom: Store) -> None:
    key = bearer(ApiKeyStore(shared_newsroom.folder / "keys.db").add("archive"))
    try:
        assert closed.get("/v1/who", headers=key).json() == ["key", "key:archive", "127.0.0.1"]
        assert {closed.get(path, headers=key).status_code for path in ("/operation", "/v1/models")} == {200}
    finally:
        ApiKeyStore(shared_newsroom.folder / "keys.db").revoke("archive")


@pytest.mark.parametrize("path", ["/operation", "/v1/who", "/v1/models"])
def test_nobody_else_sees_anything(closed: httpx.Client, path: str) -> None:
    assert refusal(closed.get(path)) == (401, "unauthorized")
    assert refusal(closed.get(path, headers={"X-Forwarded-For": "127.0.0.1"})) == (401, "unauthorized")
