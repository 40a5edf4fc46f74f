"""PostgreSQL or Milvus stops while questions are asked: they are refused for now, and answered when it is back."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from retrieval.catalog.database.engine import Database
from retrieval.index.milvus.settings import parse_milvus
from retrieval.index.store import Store
from retrieval.index.vectors.minilm import MiniLM
from retrieval.models.endpoints.circuit_breaker import CircuitBreaker
from tests.support.articles import fill
from tests.support.newsroom import ARTICLES
from tests.support.server_process import Server, outage
from tests.support.web_server import Served, serving

COOL_DOWN, RECOVERY_SECONDS = 0.2, 15.0
QUESTION = {"question": "How much will lorries pay on the bridge?"}


@dataclass(frozen=True)
class Deployment:
    """A server of ours, the engine below it, and the paths that need the engine."""

    served: Served
    engine: Server
    paths: tuple[str, ...]


@pytest.fixture(
    params=[
        pytest.param("postgresql", marks=pytest.mark.postgresql),
        pytest.param("milvus", marks=pytest.mark.milvus),
    ]
)
def deployment(request: pytest.FixtureRequest, tmp_path: Path, model: MiniLM) -> Iterator[Deployment]:
    engine, paths, places = request.getfixturevalue(request.param), ("/v1/search?q=lorries", "/readyz"), {}
    if request.param == "postgresql":
        places["database"], paths = Database(engine.new_database()), (*paths, "/v1/articles/toll")
    else:
        breaker = CircuitBreaker(failures=1, cool_down=COOL_DOWN)
        places["milvus"] = replace(parse_milvus(engine.url), breaker=breaker)
    with Store(tmp_path / "index", lambda: model, **places) as store:
        fill(store, *ARTICLES)
        with serving(store) as served:
            yield Deployment(served, engine, paths)


def test_an_outage_is_503_and_ends_by_itself(deployment: Deployment) -> None:
    served = deployment.served
    before = served.ask(QUESTION["question"])
    with outage(deployment.engine):
        for response in (
            served.client.post("/v1/ask", json=QUESTION),
            *(served.client.get(path) for path in deployment.paths),
        ):
            assert (response.status_code, response.json()["error"]["code"]) == (503, "index_unavailable")
            assert int(response.headers["Retry-After"]) > 0 and "127.0.0.1" not in response.json()["error"]["message"]
        assert served.client.get("/healthz").status_code == 200
    end = time.monotonic() + RECOVERY_SECONDS  # a connection to an engine is tried anew at growing intervals
    while served.client.get("/readyz").status_code != 200 and time.monotonic() < end:
        time.sleep(COOL_DOWN)
    assert served.ask(QUESTION["question"])["text"] == before["text"]
    assert served.client.get("/readyz").status_code == 200
