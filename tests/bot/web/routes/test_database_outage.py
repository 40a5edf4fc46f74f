"""A catalog on a server that stops while questions are asked: refused for now, and answered when it is back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.catalog.database.engine import Database
from retrieval.index.store import Store
from retrieval.index.vectors.minilm import MiniLM
from tests.support.articles import fill
from tests.support.newsroom import ARTICLES
from tests.support.postgresql import PostgreSQLServer
from tests.support.web_server import Served, serving

QUESTION = {"question": "Who designed the Sydney Opera House?"}


@pytest.fixture
def served(tmp_path: Path, model: MiniLM, postgresql: PostgreSQLServer) -> Iterator[Served]:
    with Store(tmp_path / "index", lambda: model, database=Database(postgresql.new_database())) as store:
        fill(store, *ARTICLES)
        with serving(store) as opened:
            yield opened


def test_an_outage_of_the_database_is_503_and_ends_by_itself(served: Served, postgresql: PostgreSQLServer) -> None:
    before = served.ask(QUESTION["question"])
    postgresql.stop()
    try:
        for response in (
            served.client.post("/v1/ask", json=QUESTION),
            served.client.get("/v1/search", params={"q": "opera"}),
            served.client.get("/readyz"),
            served.client.get("/v1/articles/opera"),
        ):
            assert (response.status_code, response.json()["error"]["code"]) == (503, "index_unavailable")
            assert int(response.headers["Retry-After"]) > 0 and "127.0.0.1" not in response.json()["error"]["message"]
        assert served.client.get("/healthz").status_code == 200
    finally:
        postgresql.start()
    assert served.ask(QUESTION["question"])["text"] == before["text"]
    assert served.client.get("/readyz").status_code == 200
