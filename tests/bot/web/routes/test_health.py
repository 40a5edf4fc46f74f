"""Alive, ready, counted."""

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from retrieval.index.store import Store
from retrieval.ingest.watching.source import Run, Source
from retrieval.ingest.watching.source_store import SourceStore
from retrieval.text.dates.clock import utc_now
from tests.support.endpoint_standin import Standin
from tests.support.model_answers import COST, TOLL, cited
from tests.support.web_server import Served, serving


def counts(served: Served) -> dict[str, float]:
    """Every sample by its name and labels."""
    text = served.client.get("/metrics").text
    return {
        "/".join([sample.name.removeprefix("onrecord_"), *sorted(sample.labels.values())]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def reason(response: httpx.Response) -> tuple[int, str, str]:
    error = response.json()["error"]
    return response.status_code, error["code"], error["message"]


def test_a_server_with_an_index_is_alive_and_ready(store: Store) -> None:
    with serving(store) as served:
        assert served.client.get("/healthz").json() == {"status": "alive"}
        ready = served.client.get("/readyz")
        assert (ready.status_code, ready.json()["articles"], ready.json()["status"]) == (200, 2, "ready")


def test_an_empty_index_is_not_ready_and_the_server_alive(empty_store: Store) -> None:
    with serving(empty_store) as served:
        response = served.client.get("/readyz")
        assert reason(response) == (503, "index_unavailable", "The index is empty.")
        assert int(response.headers["Retry-After"]) > 0 and served.client.get("/healthz").status_code == 200


def test_an_index_that_is_gone_is_not_ready(store: Store) -> None:
    with serving(store) as served:
        shutil.rmtree(store.folder)
        assert reason(served.client.get("/readyz")) == (503, "index_unavailable", "The index is missing.")
        assert served.client.get("/metrics").status_code == 200


def test_an_index_that_nobody_keeps_current_is_not_ready(store: Store) -> None:
    with serving(store, stale_after_hours=6) as served:
        assert served.client.get("/readyz").status_code == 200
        old = (datetime.now(UTC) - timedelta(hours=9, minutes=5)).isoformat(timespec="seconds")
        with closing(sqlite3.connect(store.folder / "catalog.db")) as db, db:
            db.execute("UPDATE runs SET finished = ?", [old])
        said = "Nobody has looked for articles for 9 hours."
        assert reason(served.client.get("/readyz")) == (503, "index_unavailable", said)
        assert counts(served)["index_age_seconds"] == pytest.approx(9 * 3600 + 300, abs=60)


def test_questions_are_counted_by_surface_and_end(store: Store) -> None:
    with serving(store) as served:
        served.ask(TOLL)
        served.events("Who designed the Sydney Opera House?")
        served.client.post("/v1/ask", json={"question": TOLL, "conversation_id": "nobodys"})
        seen = counts(served)
    assert (seen["questions_total/answered/ask"], seen["questions_total/events/no_answer"]) == (1, 1)
    assert (seen["questions_total/ask/refused"], seen["answers_total/extract"]) == (1, 2)
    assert seen["answer_seconds_count/first_sentence"] == 1 and seen["answer_seconds_count/total"] == 2
    assert (seen["articles"], seen["answers_under_way"], seen["answers_waiting"]) == (2, 0, 0)


def test_what_a_model_costs_and_what_is_dropped_is_counted(store: Store) -> None:
    said = cited("Lorries will pay 14 crowns a crossing. [#] The moon is made of cheese. [#] ", "14 crowns")
    with Standin(said).serving() as llm, serving(store, llm=llm) as served:
        (reason,) = served.ask(COST)["dropped"]
        seen = counts(served)
    assert seen["answers_total/tiny"] == 1 and seen[f"dropped_sentences_total/{reason}"] == 1
    assert (seen["tokens_total/read"], seen["tokens_total/written"]) == (14, 4)  # half of it to repair


def test_no_question_is_among_the_figures(store: Store) -> None:
    with serving(store) as served:
        served.ask(TOLL)
        assert "Brandt" not in served.client.get("/metrics").text


def test_an_unexpected_error_has_the_shape_and_the_id_of_all_others(store: Store) -> None:
    with serving(store) as served:
        store.catalog.database.run(text("DROP TABLE versions"))
        response = served.client.get("/v1/articles/toll")
    error = response.json()["error"]
    assert (response.status_code, error["code"], error["type"]) == (500, "internal", "server_error")
    assert error["request_id"] == response.headers["X-Request-Id"] and "versions" not in response.text


def test_a_source_that_nobody_reads_any_more_makes_the_server_not_ready_and_is_named(store: Store) -> None:
    with serving(store) as served:
        register, feed = SourceStore(store.catalog), "https://example.org/feed"
        register.add(Source(feed, "feed", "", 15, "2025-05-02T08:00:00+00:00", "2025-05-02T08:00:00+00:00"))
        assert served.client.get("/readyz").status_code == 200, "nobody has promised to look"
        register.mark_watched(utc_now())
        said = f"{feed} has not been read since 2025-05-02T08:00:00+00:00."
        assert reason(served.client.get("/readyz")) == (503, "index_unavailable", said)
        assert counts(served)[f"source_stale/{feed}"] == 1
        source = register.get(feed)
        assert source
        register.record(source, Run(feed, utc_now(), utc_now()))
        ready = served.client.get("/readyz").json()
        assert (ready["sources"][0]["url"], ready["sources"][0]["stale"]) == (feed, False)
        found = counts(served)
        assert found[f"source_stale/{feed}"] == 0 and 0 <= found[f"source_age_seconds/{feed}"] < 60
