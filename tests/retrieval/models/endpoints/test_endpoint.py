"""Requests to an endpoint over real connections: pooled, bounded in time, cancelled, refused."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Any

import pytest

from retrieval.errors import ModelOverloaded, ModelRefused, ModelUnreachable
from retrieval.models.endpoints.address import parse_address
from retrieval.models.endpoints.endpoint import Endpoint
from retrieval.models.endpoints.retry import Deadline, RetryPolicy
from tests.support.chat_requests import KEY, endpoint, post, posted
from tests.support.endpoint_standin import CUT, HOLD, Answer, Asked, Standin, as_json, failing

OK = as_json({"ok": True})
PAGE = Answer([b"<html><body>502 Bad Gateway"], 502, {"Content-Type": "text/html"})

pytestmark = pytest.mark.usefixtures("loopback")


def test_a_request_carries_the_key_and_the_body() -> None:
    with Standin(OK).serving() as server:
        assert posted(server.url + "/", {"a": "é\udc80"}) == b'{"ok": true}'
    (asked,) = server.asked
    assert (asked.path, asked.body) == ("/v1/chat", {"a": "é?"})
    assert asked.headers["content-type"] == "application/json"
    assert asked.headers["authorization"] == f"Bearer {KEY}"


def test_without_a_key_no_authorization_is_sent() -> None:
    with Standin(OK).serving() as server:
        asyncio.run(post(endpoint(server.url, key="")))
    assert "authorization" not in server.asked[0].headers


def test_one_connection_serves_request_after_request() -> None:
    async def three(to: Endpoint) -> None:
        for _ in range(3):
            await post(to)

    with Standin(OK).serving() as server:
        asyncio.run(three(endpoint(server.url)))
    assert [asked.connection for asked in server.asked] == [0, 0, 0]


def test_one_endpoint_serves_several_event_loops() -> None:
    with Standin(OK).serving() as server:
        to = endpoint(server.url)
        assert [asyncio.run(post(to)) for _ in range(3)] == [b'{"ok": true}'] * 3


def test_closing_lets_go_of_the_connections() -> None:
    async def close(to: Endpoint) -> None:
        await post(to)
        await to.aclose()
        await to.aclose()
        await post(to)

    with Standin(OK).serving() as server:
        asyncio.run(close(endpoint(server.url)))
    assert [asked.connection for asked in server.asked] == [0, 1]


def test_fifty_requests_at_once() -> None:
    async def all_at_once(to: Endpoint) -> list[bytes]:
        return await asyncio.gather(*(post(to, {"number": at}) for at in range(50)))

    def echo(asked: Asked) -> Answer:
        return Answer([0.05, str(asked.body["number"]).encode()])

    with Standin(echo).serving() as server:
        assert asyncio.run(all_at_once(endpoint(server.url))) == [str(at).encode() for at in range(50)]
        assert len({asked.connection for asked in server.asked}) == 50


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 502, 503, 504, 529])
def test_what_may_pass_is_tried_again(status: int) -> None:
    with Standin(failing(status), PAGE, OK).serving() as server:
        assert posted(server.url) == b'{"ok": true}'
    assert len(server.asked) == 3


def test_the_pause_is_the_one_that_the_server_asks_for() -> None:
    pauses = list[float]()

    async def note(seconds: float) -> None:
        pauses.append(seconds)

    async def run(url: str) -> None:
        await post(Endpoint(parse_address(url), retry=RetryPolicy(sleep=note)), seconds=10.0)

    with Standin(failing(429, Retry_After="3"), OK).serving() as server:
        asyncio.run(run(server.url))
    with Standin(failing(429, Retry_After="11"), OK).serving() as server, pytest.raises(ModelOverloaded):
        asyncio.run(run(server.url))
    assert pauses == [3.0]


def test_a_connection_that_is_closed_before_the_answer_is_tried_again() -> None:
    def hang_up(asked: Asked) -> Answer:
        raise ConnectionAbortedError

    with Standin(hang_up, OK).serving() as server:
        assert posted(server.url) == b'{"ok": true}'


def test_a_body_that_breaks_off_is_an_error() -> None:
    with Standin(Answer([b"begin", CUT])).serving() as server, pytest.raises(ModelUnreachable, match="broke off"):
        posted(server.url)
    assert len(server.asked) == 1, "something was handed on"


def test_silence_is_borne_as_long_as_the_read_timeout() -> None:
    with Standin(Answer([HOLD]), OK).serving() as server:
        assert posted(server.url, read_timeout=0.3) == b'{"ok": true}'
        assert server.left()


@pytest.mark.parametrize("steps", [[HOLD], [b"x", HOLD], [b"x", 0.08] * 60])
def test_the_total_time_ends_a_request_however_it_dawdles(steps: list[Any]) -> None:
    began = asyncio.new_event_loop().time()
    with (
        Standin(Answer(steps)).serving() as server,
        pytest.raises(ModelUnreachable, match=r"no whole answer in 0\.3 seconds; raise ONRECORD_MODEL_TIMEOUT_SECONDS"),
    ):
        posted(server.url, seconds=0.3)
    assert asyncio.new_event_loop().time() - began < 2.5


async def cancelled(to: Endpoint, server: Standin) -> None:
    task = asyncio.ensure_future(post(to))
    await server.has_been_asked()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def left_in_the_middle(to: Endpoint, server: Standin) -> None:
    async with aclosing(to.post("/chat", {}, Deadline(5.0))) as parts:
        assert await anext(parts) == b"begin"


@pytest.mark.parametrize(
    ("steps", "leave"), [([HOLD], cancelled), ([b"begin", HOLD], cancelled), ([b"begin", HOLD], left_in_the_middle)]
)
def test_who_leaves_closes_the_connection(
    steps: list[Any], leave: Callable[[Endpoint, Standin], Awaitable[None]]
) -> None:
    async def leave_and_stay_alive(to: Endpoint) -> bool:
        await leave(to, server)
        return await asyncio.to_thread(server.left)

    with Standin(Answer(steps), OK).serving() as server:
        assert asyncio.run(leave_and_stay_alive(endpoint(server.url)))


@pytest.mark.parametrize("status", [400, 422])
def test_an_option_that_the_server_does_not_know_is_left_out_from_then_on(status: int) -> None:
    async def twice(to: Endpoint) -> None:
        await post(to, {"model": "m", "stream_options": 1, "response_format": 2})
        await post(to, {"model": "m", "stream_options": 1, "response_format": 2})

    with Standin(failing(status, "response_format is not supported"), OK).serving() as server:
        asyncio.run(twice(endpoint(server.url)))
    without = {"model": "m", "stream_options": 1}
    assert [asked.body for asked in server.asked] == [without | {"response_format": 2}, without, without]


def test_an_option_that_was_not_sent_is_not_to_blame() -> None:
    with Standin(failing(400, "response_format")).serving() as server, pytest.raises(ModelRefused):
        posted(server.url, {"model": "m"})
    assert len(server.asked) == 1


def test_it_is_shown_without_its_key() -> None:
    assert repr(endpoint("http://localhost/")) == "Endpoint('http://localhost/v1')"
