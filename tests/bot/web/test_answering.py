"""Answers side by side: bounded, ended with whoever asked, and told when the server stops."""

import asyncio
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from retrieval.index.store import Store
from tests.support.endpoint_standin import HOLD, Answer, Asked, Standin
from tests.support.model_answers import COST, TOLL, cited
from tests.support.newsroom import LORRIES
from tests.support.web_server import Served, serving

LEAVING = int(os.environ.get("ONRECORD_TEST_LEAVING", "50"))  # clients that hang up in the middle
SOON = 1.0  # seconds


def holding(asked: Asked) -> Answer:
    """One sentence, then silence."""
    first = cited("Lorries will pay 14 crowns a crossing. [#] The ", LORRIES)
    return Answer([*first(asked).steps[:1], HOLD])  # type: ignore[operator, union-attr]


def busy(served: Served) -> int:
    """How many answers are under way, for the server and for its threads."""
    threads = served.state.answers.pool
    return threads.running + threads.waiting


def wait_for(happens: Any, seconds: float = 5.0) -> float:
    """Seconds until it does."""
    started = time.monotonic()
    while not happens():
        assert time.monotonic() - started < seconds
        time.sleep(0.005)
    return time.monotonic() - started


async def leave(url: str, until: str) -> None:
    """Ask and hang up once something has been said."""
    headers = {"Accept": "text/event-stream"}
    async with (
        httpx.AsyncClient(base_url=url, trust_env=False, timeout=30) as client,
        client.stream("POST", "/v1/ask", json={"question": COST}, headers=headers) as response,
    ):
        async for line in response.aiter_lines():
            if line == until:
                return


@pytest.mark.parametrize("until", ["event: status", "event: sentence"])
def test_what_nobody_reads_any_more_is_ended(store: Store, until: str) -> None:
    with Standin(holding).serving() as llm, serving(store, llm=llm, max_concurrent_answers=8) as served:
        served.events(TOLL)
        tasks = served.tasks()

        async def everybody() -> None:
            await asyncio.gather(*(leave(served.url, until) for _ in range(LEAVING)))

        asyncio.run(everybody())
        assert wait_for(lambda: busy(served) == 0, SOON) <= SOON
        assert wait_for(lambda: served.tasks() <= tasks) < SOON
        with ThreadPoolExecutor(8) as all_of_them:
            answers = list(all_of_them.map(lambda _: served.ask(TOLL), range(8)))
    assert [answer["status"] for answer in answers] == ["answered"] * 8


def test_a_whole_answer_that_nobody_waits_for_is_ended(store: Store) -> None:
    with Standin(holding).serving() as llm, serving(store, llm=llm) as served:
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{served.url}/v1/ask", json={"question": COST}, timeout=2, trust_env=False)
        assert llm.left()
        wait_for(lambda: busy(served) == 0, SOON)


def test_a_full_house_refuses_at_once_and_lets_checks_pass(store: Store) -> None:
    with Standin(holding).serving() as llm, serving(store, llm=llm, max_concurrent_answers=1, queue_size=1) as served:
        held = [threading.Thread(target=_ask_until_stopped, args=[served.url]) for _ in range(2)]
        for thread in held:
            thread.start()
        wait_for(lambda: busy(served) == 2)
        started = time.monotonic()
        response = served.client.post("/v1/ask", json={"question": TOLL})
        assert (response.status_code, response.json()["error"]["code"]) == (503, "busy")
        assert time.monotonic() - started < SOON and response.headers["Retry-After"] == "5"
        for path in ("/healthz", "/readyz", "/metrics", "/v1/search?q=toll"):
            assert served.client.get(path).status_code == 200
        asyncio.run_coroutine_threadsafe(served.state.answers.stop(0), served.loop).result(5)
        for thread in held:
            thread.join(5)


def _ask_until_stopped(url: str) -> None:
    httpx.post(f"{url}/v1/ask", json={"question": COST}, timeout=20, trust_env=False)


def test_an_open_stream_is_told_that_the_server_stops(store: Store) -> None:
    with Standin(holding).serving() as llm, serving(store, llm=llm) as served, ThreadPoolExecutor(1) as one:
        told = one.submit(served.events, COST)
        wait_for(lambda: busy(served) == 1)
        wait_for(lambda: llm.asked)
        asyncio.run_coroutine_threadsafe(served.state.answers.stop(0.1), served.loop).result(5)
        events = told.result(5)
    assert events[-1][0] == "error" and events[-1][1]["code"] == "stopping"


def test_an_answer_that_ends_in_time_is_whole_though_the_server_stops(store: Store) -> None:
    slow = cited("Lorries will pay 14 crowns a crossing. [#]", LORRIES)

    def slowly(asked: Asked) -> Answer:
        return Answer([0.5, *slow(asked).steps])  # type: ignore[operator, union-attr]

    with Standin(slowly).serving() as llm, serving(store, llm=llm) as served, ThreadPoolExecutor(1) as one:
        told = one.submit(served.events, COST)
        wait_for(lambda: busy(served) == 1)
        asyncio.run_coroutine_threadsafe(served.state.answers.stop(3), served.loop).result(5)
        assert told.result(5)[-1][0] == "done"
