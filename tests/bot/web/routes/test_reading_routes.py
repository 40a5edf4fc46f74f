"""Searches, quotes and articles over HTTP, within what the caller may see."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI

from bot.web.auth.principal import Principal
from bot.web.routes.dependencies import current_principal
from retrieval.catalog.filters import Filters
from retrieval.index.store import Store
from tests.support.articles import article
from tests.support.newsroom import OKORO, TOLL
from tests.support.syndicated_articles import wire
from tests.support.web_server import Served, serving

FILED = article(
    "filed", "The harbour has 73 seals. “Seals eat well here,” Tomas Velde said.", url="file:///srv/note.md"
)


COPIED = (wire("post", "Harbour Post"), wire("inland", "Inland Times"), replace(wire("own", "Own"), url="file:///a.md"))


@pytest.fixture(scope="module")
def served(shared_newsroom: Store) -> Iterator[Served]:
    """A server that the tests of this module share."""
    with serving(shared_newsroom, articles=(FILED, *COPIED)) as running:
        yield running


@pytest.fixture
def narrow(served: Served) -> Iterator[Served]:
    """The same to somebody who may see the Northern Tide alone."""
    web: FastAPI = served.web
    web.dependency_overrides[current_principal] = lambda: Principal("reader", scope=Filters(outlet="Northern Tide"))
    yield served
    web.dependency_overrides.clear()


def get(served: Served, path: str, **query: Any) -> Any:
    response = served.client.get(path, params=query or None)
    assert response.status_code == 200, response.text
    return response.json()


def test_a_search_shows_passages_with_a_link_to_the_words(served: Served) -> None:
    found = get(served, "/v1/search", q="what lorries pay for a crossing", k=2)
    first = found["hits"][0]
    assert (found["query"], first["article"], len(found["hits"])) == ("what lorries pay for a crossing", "toll", 2)
    assert first["text"] == TOLL.text[first["start"] : first["end"]]
    assert first["deep_link"].startswith("https://example.org/toll#:~:text=")


def test_a_search_is_limited_by_its_filters(served: Served) -> None:
    assert get(served, "/v1/search", q="toll", since="2026")["hits"] == []
    assert {hit["article"] for hit in get(served, "/v1/search", q="toll", outlet="tide")["hits"]} == {"ferry"}


@pytest.mark.parametrize("query", [{}, {"q": " "}, {"q": "toll", "k": "51"}, {"q": "toll", "since": "11 March"}])
def test_a_search_that_cannot_be_is_refused(served: Served, query: dict[str, str]) -> None:
    response = served.client.get("/v1/search", params=query)
    assert (response.status_code, response.json()["error"]["code"]) == (422, "invalid_request")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"q": "toll", "since": "soon"}, "since: write it as 2025-03-11, 2025-03 or 2025."),
        ({"q": "toll", "since": "2026", "until": "2025"}, "since is 2026-01-01, which is after until, 2025-12-31; "),
    ],
)
def test_days_that_cannot_be_are_refused_with_one_sentence(served: Served, query: dict[str, str], message: str) -> None:
    response = served.client.get("/v1/search", params=query)
    assert (response.status_code, response.json()["error"]["message"][: len(message)]) == (422, message)


def test_quotes_are_one_speakers_words(served: Served) -> None:
    found = get(served, "/v1/quotes", speaker="Okoro")
    assert [voice["name"] for voice in found["voices"]] == ["Daniel Okoro"]
    assert {quote["speaker"] for quote in found["quotes"]} == {"Daniel Okoro"}
    quote = next(quote for quote in found["quotes"] if quote["kind"] == "direct")
    assert quote["words"] in OKORO and quote["words"] == TOLL.text[slice(*quote["spans"][0])]


def test_quotes_on_a_topic_are_anybodys(served: Served) -> None:
    found = get(served, "/v1/quotes", about="ferries", k=5)
    assert {quote["speaker"] for quote in found["quotes"]} >= {"Ilse Brandt", "Tomas Velde"}


def test_without_speaker_and_topic_it_is_said_who_is_on_record(served: Served) -> None:
    found = get(served, "/v1/quotes")
    assert {"Ilse Brandt", "Daniel Okoro"} <= {voice["name"] for voice in found["voices"]} and not found["quotes"]


def test_a_misspelt_name_is_taken_for_the_nearest_and_that_is_said(served: Served) -> None:
    found = get(served, "/v1/quotes", speaker="Okorro")
    assert "taken to mean Daniel Okoro" in found["note"]


def test_an_article_has_its_stored_text(served: Served) -> None:
    found = get(served, "/v1/articles/toll")
    assert (found["text"], found["authors"], found["url"]) == (TOLL.text, ["Nia Roth"], TOLL.url)


def test_no_file_of_the_server_is_named(served: Served) -> None:
    said = [get(served, path) for path in ("/v1/articles/filed", "/v1/search?q=seals", "/v1/quotes?speaker=Velde")]
    assert "seals" in str(said) and "file:" not in str(said) and "/srv" not in str(said)


def test_an_article_names_its_copies_and_a_copy_the_one_that_is_kept(served: Served) -> None:
    found = get(served, "/v1/articles/post")
    assert found["copies"] == [
        {"article": "inland", "outlet": "Inland Times", "url": COPIED[1].url},
        {"article": "own", "outlet": "Own", "url": ""},
    ]
    assert [copy["article"] for copy in get(served, "/v1/articles/inland")["copies"]] == ["post", "own"]
    assert (found["corrected"], found["section"]) == ("", "")


def test_a_reader_of_one_outlet_may_read_what_is_cited_to_it_and_no_copy_of_others(served: Served) -> None:
    web: FastAPI = served.web
    web.dependency_overrides[current_principal] = lambda: Principal("reader", scope=Filters(outlet="Inland Times"))
    try:
        answer = served.ask("Why is the ferry pier closed?")
        assert {one["article"] for one in answer["citations"]} == {"post"}
        assert answer["citations"][0]["copies"][1] == {"article": "own", "outlet": "Own", "url": ""}
        said = {key: served.client.get(f"/v1/articles/{key}").status_code for key in ("post", "inland", "own")}
        assert said == {"post": 200, "inland": 200, "own": 404}
    finally:
        web.dependency_overrides.clear()


@pytest.mark.parametrize("key", ["", "nowhere", "%2e%2e%2fcatalog.db", "a/b", "%00"])
def test_an_unknown_article_is_not_found(served: Served, key: str) -> None:
    response = served.client.get(f"/v1/articles/{key}")
    assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")


def test_what_is_outside_the_scope_is_not_there(narrow: Served) -> None:
    assert narrow.client.get("/v1/articles/toll").status_code == 404
    assert narrow.client.get("/v1/articles/ferry").status_code == 200
    assert {hit["article"] for hit in get(narrow, "/v1/search", q="toll", outlet="Quay")["hits"]} == {"ferry"}
    assert get(narrow, "/v1/quotes", speaker="Okoro")["voices"] == []
    assert {voice["name"] for voice in get(narrow, "/v1/quotes")["voices"]} == {"Tomas Velde", "Rosa Lind"}
