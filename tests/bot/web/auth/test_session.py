"""Readers of a site get a token on its pages, and ask with it from there."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from bot.web.auth.session_tokens import SessionTokens
from retrieval.index.store import Store
from tests.support.guarded_server import ORIGIN, OTHER, LetIn, ask, bearer, listening, refusal, token, write_sites


@pytest.fixture(scope="module")
def site(shared_newsroom: Store) -> Iterator[httpx.Client]:
    with listening(
        shared_newsroom, sites_file=write_sites(shared_newsroom.folder), rate_limit_per_address="none"
    ) as client:
        yield client


def test_a_site_gets_a_token_with_what_its_page_shows(site: httpx.Client) -> None:
    answer = site.post("/v1/session", json={"site": "gazette"}, headers={"Origin": ORIGIN}).json()
    assert answer["site"] == {"id": "gazette", "name": "Quay Gazette", "starters": ["Who pays the toll?"]}
    left = datetime.fromisoformat(answer["expires_at"]) - datetime.now(UTC)
    assert timedelta(minutes=29) < left <= timedelta(minutes=30)
    assert "14 crowns" in ask(site, **bearer(answer["token"], ORIGIN)).json()["text"]


@pytest.mark.parametrize("origin", ["", OTHER, "null", ORIGIN + ".evil.example", ORIGIN + ":8443", ORIGIN.upper(), "*"])
def test_a_page_of_another_origin_gets_none(site: httpx.Client, origin: str) -> None:
    headers = {"Origin": origin} if origin else {}
    assert refusal(site.post("/v1/session", json={"site": "gazette"}, headers=headers)) == (403, "forbidden")


def test_an_unknown_site_gets_none(site: httpx.Client) -> None:
    answer = site.post("/v1/session", json={"site": "courier"}, headers={"Origin": ORIGIN})
    assert refusal(answer) == (404, "not_found")


@pytest.mark.parametrize("origin", ["", OTHER, "http://localhost:4000", "null"])
def test_a_token_is_refused_from_another_origin(site: httpx.Client, origin: str) -> None:
    assert refusal(ask(site, **bearer(token(site), origin))) == (403, "forbidden")


def test_a_page_that_reads_from_its_own_server_sends_no_origin(let_in: LetIn, store: Store) -> None:
    text = '[own]\norigins = ["http://127.0.0.1:8123"]\n'
    client = let_in(sites_file=write_sites(store.folder, text))
    mine = bearer(token(client, "own", "http://127.0.0.1:8123"))
    read = client.get("/v1/nowhere", headers=mine | {"Host": "127.0.0.1:8123"})
    assert refusal(read) == (404, "not_found")
    assert refusal(ask(client, Host="127.0.0.1:8123", **mine)) == (403, "forbidden")


@pytest.mark.parametrize("header", [{}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer"}])
def test_without_a_token_nobody_asks(site: httpx.Client, header: dict[str, str]) -> None:
    answer = ask(site, Origin=ORIGIN, **header)
    assert refusal(answer) == (401, "unauthorized")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_forged_token_is_refused(site: httpx.Client) -> None:
    forged, _ = SessionTokens(b"a secret that is not the server's", 60).issue("gazette", ORIGIN)
    assert refusal(ask(site, **bearer(forged, ORIGIN))) == (401, "unauthorized")


def test_a_token_that_has_ended_says_so(let_in: LetIn, store: Store) -> None:
    client = let_in(sites_file=write_sites(store.folder), token_lifetime_minutes=0.0001)
    answer = ask(client, **bearer(token(client), ORIGIN))
    assert refusal(answer) == (401, "unauthorized") and "has ended" in answer.text


def test_readers_are_answered_from_their_site_s_articles_alone(site: httpx.Client) -> None:
    question = {"question": "How many passengers did the island ferries carry?", "filters": {"outlet": "Northern Tide"}}
    gazette, tide = bearer(token(site), ORIGIN), bearer(token(site, "tide", OTHER), OTHER)
    assert "412,000" in site.post("/v1/ask", json=question, headers=tide).json()["text"]
    assert "412,000" not in site.post("/v1/ask", json=question, headers=gazette).text


def test_a_conversation_is_the_site_s_where_it_began(site: httpx.Client) -> None:
    gazette, tide = bearer(token(site), ORIGIN), bearer(token(site, "tide", OTHER), OTHER)
    said = ask(site, **gazette).json()["conversation_id"]
    follow_up = {"question": "Since when?", "conversation_id": said}
    assert site.post("/v1/ask", json=follow_up, headers=gazette).status_code == 200
    assert refusal(site.post("/v1/ask", json=follow_up, headers=tide)) == (404, "unknown_conversation")


def test_several_servers_with_one_secret_know_each_other_s_tokens(let_in: LetIn, store: Store) -> None:
    sites, secret = write_sites(store.folder), "s" * 32
    one, two = let_in(sites_file=sites, token_secret=secret), let_in(sites_file=sites, token_secret=secret)
    three = let_in(sites_file=sites, token_secret="t" * 32)
    given = bearer(token(one), ORIGIN)
    assert ask(two, **given).status_code == 200
    assert refusal(ask(three, **given)) == (401, "unauthorized")


def test_a_site_that_is_gone_takes_its_tokens_along(let_in: LetIn, store: Store) -> None:
    given = bearer(token(let_in(sites_file=write_sites(store.folder))), ORIGIN)
    fewer = let_in(sites_file=write_sites(store.folder, f'[tide]\norigins = ["{OTHER}"]\n'))
    assert refusal(ask(fewer, **given)) == (401, "unauthorized")
