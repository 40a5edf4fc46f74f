"""Words and vectors in a Milvus that stops while questions are asked: refused for now, answered when it is back."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from retrieval.index.milvus.settings import parse_milvus
from retrieval.index.store import Store
from retrieval.index.vectors.minilm import MiniLM
from retrieval.models.endpoints.circuit_breaker import CircuitBreaker
from tests.support.articles import fill
from tests.support.milvus_server import MilvusServer
from tests.support.newsroom import ARTICLES
from tests.support.web_server import Served, serving

COOL_DOWN = 0.2
QUESTION = {"question": "How much will lorries pay on the bridge?"}


@pytest.fixture
def served(tmp_path: Path, model: MiniLM, milvus: MilvusServer) -> Iterator[Served]:
    breaker = CircuitBreaker(failures=1, cool_down=COOL_DOWN)
    place = replace(parse_milvus(milvus.url), breaker=breaker)
    with Store(tmp_path / "index", lambda: model, milvus=place) as store:
        fill(store, *ARTICLES)
        with serving(store) as opened:
            yield opened


def test_an_outage_of_milvus_is_503_and_ends_by_itself(served: Served, milvus: MilvusServer) -> None:
    before = served.ask(QUESTION["question"])
    milvus.kill()
    try:
        for response in (
            served.client.post("/v1/ask", json=QUESTION),
            served.client.get("/v1/search", params={"q": "lorries"}),
            served.client.get("/readyz"),
        ):
            assert (response.status_code, response.json()["error"]["code"]) == (503, "index_unavailable")
            assert int(response.headers["Retry-After"]) > 0 and "127.0.0.1" not in response.json()["error"]["message"]
    finally:
        milvus.start()
    time.sleep(2 * COOL_DOWN)
    assert served.ask(QUESTION["question"])["text"] == before["text"]
    assert served.client.get("/readyz").status_code == 200
