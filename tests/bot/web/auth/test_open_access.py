"""A server on this machine without sites or keys answers this machine, and no page from elsewhere."""

from collections.abc import Iterator

import httpx
import pytest

from bot.web.auth.api_keys import ApiKeyStore
from retrieval.errors import UsageError
from retrieval.index.store import Store
from tests.support.guarded_server import ORIGIN, LetIn, ask, bearer, listening, refusal, write_sites


@pytest.fixture(scope="module")
def opened(shared_newsroom: Store) -> Iterator[httpx.Client]:
    with listening(shared_newsroom) as client:
        yield client


def test_anybody_on_this_machine_may_ask(opened: httpx.Client) -> None:
    assert "14 crowns" in ask(opened).json()["text"]


def test_whatever_key_a_client_insists_on_is_ignored(opened: httpx.Client) -> None:
    assert ask(opened, Authorization="Bearer sk-anything").status_code == 200


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "127.8.9.1:80", "[::1]:8000", "LOCALHOST"])
def test_names_of_this_machine_are_answered(opened: httpx.Client, host: str) -> None:
    assert ask(opened, Host=host).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "evil.example:8000", "10.0.0.1", "[::2]"],
)
def test_a_name_that_was_made_to_mean_this_machine_is_refused(opened: httpx.Client, host: str) -> None:
    assert refusal(ask(opened, Host=host)) == (403, "forbidden")
    assert refusal(ask(opened, Host=host, Origin=f"http://{host}")) == (403, "forbidden")


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost:1", "https://{host}", "http://127.0.0.1"]
)
def test_pages_from_elsewhere_are_refused(opened: httpx.Client, origin: str) -> None:
    answer = ask(opened, Origin=origin.format(host=opened.base_url.netloc.decode()))
    assert refusal(answer) == (403, "forbidden")
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("fetched", ["cross-site", "same-site"])
def test_an_image_of_another_page_is_refused_though_it_sends_no_origin(opened: httpx.Client, fetched: str) -> None:
    assert refusal(ask(opened, Sec_Fetch_Site=fetched)) == (403, "forbidden")


def test_its_own_pages_are_answered(opened: httpx.Client) -> None:
    origin = str(opened.base_url).rstrip("/")
    assert ask(opened, Origin=origin, Sec_Fetch_Site="same-origin").status_code == 200


def test_a_proxy_on_this_machine_opens_nothing(opened: httpx.Client) -> None:
    assert refusal(ask(opened, X_Forwarded_For="203.0.113.9")) == (403, "forbidden")


def test_there_is_no_cors(opened: httpx.Client) -> None:
    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}
    answer = opened.options("/v1/ask", headers=asked)
    assert answer.status_code == 405
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_a_key_closes_it_at_the_next_request(let_in: LetIn, store: Store) -> None:
    client = let_in()
    assert ask(client).status_code == 200
    key = ApiKeyStore(store.folder / "keys.db").add("archive")
    assert refusal(ask(client)) == (401, "unauthorized")
    assert ask(client, **bearer(key)).status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "news.example", ""])
def test_it_does_not_start_where_others_could_ask(let_in: LetIn, host: str) -> None:
    with pytest.raises(UsageError, match=r"anybody who reaches .*ONRECORD_SITES_FILE.*onrecord keys add"):
        let_in(host)


def test_it_does_not_start_open_behind_a_proxy(let_in: LetIn) -> None:
    with pytest.raises(UsageError, match="ONRECORD_TRUSTED_PROXIES"):
        let_in(trusted_proxies="127.0.0.1")


def test_sites_or_keys_let_it_listen_anywhere(let_in: LetIn, store: Store) -> None:
    assert refusal(ask(let_in("0.0.0.0", sites_file=write_sites(store.folder)))) == (401, "unauthorized")
    ApiKeyStore(store.folder / "keys.db").add("archive")
    assert refusal(ask(let_in("0.0.0.0"))) == (401, "unauthorized")


def test_the_last_key_revoked_opens_nothing(let_in: LetIn, store: Store) -> None:
    ApiKeyStore(store.folder / "keys.db").add("archive")
    client = let_in()
    ApiKeyStore(store.folder / "keys.db").revoke("archive")
    assert refusal(ask(client)) == (401, "unauthorized")
