"""What is counted over HTTP: what costs, for whoever asks, and nothing else."""

from bot.web.auth.api_keys import ApiKeyStore
from retrieval.index.store import Store
from tests.support.guarded_server import ORIGIN, OTHER, LetIn, ask, bearer, refusal, token, write_sites


def test_readers_are_counted_by_address_and_told_when_to_come_back(let_in: LetIn, store: Store) -> None:
    client = let_in(sites_file=write_sites(store.folder), rate_limit_per_address="2/minute")
    mine = bearer(token(client), ORIGIN)
    assert [ask(client, **mine).status_code for _ in range(2)] == [200, 200]
    answer = ask(client, **mine)
    assert refusal(answer) == (429, "rate_limited")
    assert 50 < int(answer.headers["Retry-After"]) <= 60
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN


def test_sites_and_keys_have_limits_of_their_own(let_in: LetIn, store: Store) -> None:
    client = let_in(
        sites_file=write_sites(store.folder),
        rate_limit_per_address="1/minute",
        rate_limit_per_site="5/minute",
        rate_limit_per_key="2/minute",
    )
    one, two = (bearer(ApiKeyStore(store.folder / "keys.db").add(name)) for name in ("one", "two"))
    for key in (one, two):
        assert [ask(client, **key).status_code for _ in range(3)] == [200, 200, 429]
    assert ask(client, **bearer(token(client), ORIGIN)).status_code == 200
    assert "from your address" in ask(client, **bearer(token(client), ORIGIN)).text


def test_a_site_s_limit_is_no_other_site_s(let_in: LetIn, store: Store) -> None:
    client = let_in(sites_file=write_sites(store.folder), rate_limit_per_site="1/minute")
    gazette, tide = bearer(token(client), ORIGIN), bearer(token(client, "tide", OTHER), OTHER)
    assert [ask(client, **gazette).status_code, ask(client, **gazette).status_code] == [200, 429]
    assert ask(client, **tide).status_code == 200


def test_the_day_s_limit_is_everybody_s(let_in: LetIn, store: Store) -> None:
    client = let_in(sites_file=write_sites(store.folder), rate_limit_total="2/day")
    key, reader = bearer(ApiKeyStore(store.folder / "keys.db").add("one")), bearer(token(client), ORIGIN)
    assert [ask(client, **who).status_code for who in (key, reader, key, reader)] == [200, 200, 429, 429]


def test_an_open_server_counts_only_what_it_is_told_to(let_in: LetIn) -> None:
    free, counted = let_in(), let_in(rate_limit_per_address="2/minute")
    assert {ask(free).status_code for _ in range(35)} == {200}
    assert [ask(counted).status_code for _ in range(3)] == [200, 200, 429]


def test_who_is_not_let_in_is_not_counted(let_in: LetIn, store: Store) -> None:
    client = let_in(sites_file=write_sites(store.folder), rate_limit_per_address="1/minute", rate_limit_total="1/day")
    assert {ask(client, Origin=ORIGIN).status_code for _ in range(3)} == {401}
    assert ask(client, **bearer(token(client), ORIGIN)).status_code == 200


def test_servers_that_share_no_storage_count_alone(let_in: LetIn) -> None:
    one, two = (
        let_in(rate_limit_per_address="1/minute"),
        let_in(rate_limit_per_address="1/minute", rate_limit_storage_url="memory://"),
    )
    assert [ask(one).status_code, ask(two).status_code, ask(one).status_code] == [200, 200, 429]
