"""Browsers let the sites' pages read answers, and no others."""

from collections.abc import Iterator

import httpx
import pytest

from retrieval.index.store import Store
from tests.support.guarded_server import ORIGIN, OTHER, ask, listening, write_sites


@pytest.fixture(scope="module")
def site(shared_newsroom: Store) -> Iterator[httpx.Client]:
    with listening(shared_newsroom, sites_file=write_sites(shared_newsroom.folder)) as client:
        yield client


def preflight(
    client: httpx.Client, origin: str, method: str = "POST", headers: str = "authorization, content-type"
) -> httpx.Response:
    asked = {"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}
    return client.options("/v1/ask", headers=asked)


@pytest.mark.parametrize("origin", [ORIGIN, OTHER, "http://localhost:4000"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_site_s_pages_may_send_what_the_widget_sends(site: httpx.Client, origin: str, method: str) -> None:
    allowed = preflight(site, origin, method)
    assert allowed.status_code == 200
    assert allowed.headers["Access-Control-Allow-Origin"] == origin
    assert "authorization" in allowed.headers["Access-Control-Allow-Headers"].lower()
    assert int(allowed.headers["Access-Control-Max-Age"]) >= 600
    assert "Origin" in allowed.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in allowed.headers


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ORIGIN + ".evil.example", "http://gazette.example"])
def test_other_pages_may_not(site: httpx.Client, origin: str) -> None:
    refused = preflight(site, origin)
    assert refused.status_code == 400 and "Access-Control-Allow-Origin" not in refused.headers


def test_other_methods_and_headers_may_not_be_sent(site: httpx.Client) -> None:
    assert preflight(site, ORIGIN, "PUT").status_code == 400
    assert preflight(site, ORIGIN, headers="x-anything").status_code == 400


@pytest.mark.parametrize("origin", [ORIGIN, OTHER])
def test_a_site_s_pages_can_read_refusals_too(site: httpx.Client, origin: str) -> None:
    answer = ask(site, Origin=origin)
    assert answer.status_code == 401
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert "Retry-After" in answer.headers["Access-Control-Expose-Headers"]


def test_what_one_origin_was_answered_is_kept_for_no_other(site: httpx.Client) -> None:
    for headers in ({"Origin": ORIGIN}, {"Origin": "https://evil.example"}, {}):
        answer = ask(site, **headers)
        assert answer.headers["Vary"] == "Origin" and answer.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in ask(site, Origin="https://evil.example").headers
