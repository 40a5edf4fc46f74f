"""The OpenAPI document says exactly what the server does: schemathesis makes the requests and looks at the answers."""

import os
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig

from retrieval.index.store import Store
from tests.support.web_server import Served, serving

CASES = int(os.environ.get("ONRECORD_TEST_CASES", "200"))  # in all, about
REFUSALS = {
    "/v1/ask": {"200", "401", "403", "404", "413", "422", "429", "503"},
    "/v1/chat/completions": {"200", "401", "403", "413", "422", "429", "503"},
    "/v1/articles/{id}": {"200", "401", "403", "404", "413", "422", "429", "503"},
    "/readyz": {"200", "503"},
    "/healthz": {"200"},
}
REFUSED = ["401", "403", "404", "405", "413", "415", "422", "429", "503"]  # 413: what is wrong may be too long as well


@pytest.fixture(scope="module")
def served(shared_newsroom: Store) -> Iterator[Served]:
    """A server that the tests of this module share."""
    with serving(shared_newsroom) as running:
        yield running


@pytest.fixture
def document(served: Served) -> Any:
    return served.client.get("/openapi.json").json()


@pytest.mark.parametrize("path", REFUSALS)
def test_every_way_a_request_can_end_is_declared(document: Any, path: str) -> None:
    (operation,) = document["paths"][path].values()
    assert set(operation["responses"]) == REFUSALS[path]


def test_every_error_has_the_one_shape(document: Any) -> None:
    for path in document["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                if status >= "400":
                    schema = response["content"]["application/json"]["schema"]
                    assert schema == {"$ref": "#/components/schemas/ErrorBody"}
    assert "HTTPValidationError" not in document["components"]["schemas"]


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/chat/completions"])
def test_answers_may_be_events(document: Any, path: str) -> None:
    content = document["paths"][path]["post"]["responses"]["200"]["content"]
    assert set(content) == {"application/json", "text/event-stream"}


@pytest.mark.parametrize(("method", "path"), [("GET", "/v1/ask"), ("PUT", "/v1/search"), ("POST", "/healthz")])
def test_a_wrong_method_is_told_which_are_right(served: Served, method: str, path: str) -> None:
    response = served.client.request(method, path)
    assert (response.status_code, response.json()["error"]["code"]) == (405, "method_not_allowed")
    assert response.headers["Allow"]


def test_an_unknown_path_is_not_found(served: Served) -> None:
    response = served.client.get("/v2/ask")
    assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")


def test_a_body_that_is_no_json_is_refused(served: Served) -> None:
    response = served.client.post("/v1/ask", content=b"{", headers={"Content-Type": "application/json"})
    assert (response.status_code, response.json()["error"]["param"]) == (422, None)


def ends_before_it_begins(case: Any) -> bool:
    """Whether a request's first day is after its last, which no schema can tell and which is refused."""
    body = case.body if isinstance(case.body, dict) else {}
    parts = [part for part in (case.query, body, body.get("filters")) if isinstance(part, dict)]
    days = [(part.get("since"), part.get("until")) for part in parts]
    return any(isinstance(since, str) and isinstance(until, str) and since > until for since, until in days)


def test_whatever_is_requested_ends_as_declared(served: Served, document: Any) -> None:
    config = SchemathesisConfig.from_dict({"checks": {"negative_data_rejection": {"expected-statuses": REFUSED}}})
    schema = schemathesis.openapi.from_dict(document, config=config)
    operations = [found.ok() for found in schema.get_all_operations()]
    for operation in operations:

        @hypothesis.seed(1)
        @hypothesis.settings(
            max_examples=max(1, CASES // len(operations)),
            deadline=None,
            database=None,
            suppress_health_check=list(hypothesis.HealthCheck),
            phases=[hypothesis.Phase.generate],
        )
        @hypothesis.given(
            case=hypothesis.strategies.one_of(
                operation.as_strategy(),
                operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE),
            )
        )
        def holds(case: Any) -> None:
            hypothesis.assume(not ends_before_it_begins(case))
            case.call_and_validate(base_url=served.url)

        holds()
