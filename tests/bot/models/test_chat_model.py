"""The chat model over real connections, whatever dialect the server speaks."""

import asyncio
import logging
import time

import pytest

from bot.models.chat_model import ChatModel
from retrieval.errors import ModelError, ModelUnreachable
from tests.support.chat_requests import KEY, QUESTION, WAYS, ask, joined, model
from tests.support.endpoint_standin import (
    CUT,
    HOLD,
    Answer,
    Asked,
    Standin,
    Step,
    data,
    delta,
    failing,
    saying,
    talking,
)

DONE = b"data: [DONE]\n\n"
USAGE = {"input_tokens": 7, "output_tokens": 2, "total_tokens": 9}

pytestmark = pytest.mark.usefixtures("loopback")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("answer", [talking("The pier ", "is closed."), saying("The pier is closed.")])
def test_every_way_to_ask_gives_the_text_the_usage_and_why_it_stopped(way: str, answer: Answer) -> None:
    with Standin(answer).serving() as server:
        said = ask(model(server.url), way, stop=["\n\n"], temperature=0.1)
    assert (said.content, said.usage_metadata) == ("The pier is closed.", USAGE)
    assert said.response_metadata["finish_reason"] == "stop"
    (asked,) = server.asked
    assert (asked.path, asked.headers["authorization"]) == ("/v1/chat/completions", f"Bearer {KEY}")
    assert asked.body["messages"] == [
        {"role": "system", "content": "Answer from the passages."},
        {"role": "user", "content": "Why is the pier closed?"},
    ]
    assert (asked.body["model"], asked.body["stop"], asked.body["temperature"]) == ("tiny", ["\n\n"], 0.1)
    assert asked.body["stream"] == ("stream" in way)
    assert asked.body.get("stream_options") == ({"include_usage": True} if "stream" in way else None)


def test_words_are_handed_on_as_they_come() -> None:
    with Standin(Answer([data(delta("First ")), HOLD])).serving() as server:
        pieces = model(server.url).stream(QUESTION)
        assert next(pieces).content == "First "
        pieces.close()
        assert server.left(), "closing the generator closes the connection"


def test_after_the_answer_the_connection_is_used_again() -> None:
    with Standin(talking("Yes.")).serving() as server:
        chat = model(server.url)
        for _ in range(3):
            ask(chat)
    assert {asked.connection for asked in server.asked} == {0}


def test_a_server_that_does_not_hang_up_after_the_answer_is_not_waited_for() -> None:
    with Standin(Answer([data(delta("The pier.", "stop")), DONE, HOLD])).serving() as server:
        began = time.monotonic()
        assert ask(model(server.url)).content == "The pier."
        assert time.monotonic() - began < 4.0
        assert server.left()


@pytest.mark.parametrize(
    "broken",
    [
        [data(delta("The pi")), CUT],
        [data(delta("The pi"))],
        [data(delta("The pi")), b'data: {"choi'],
        [data(delta("The pi")), data({"error": {"message": "overloaded", "code": 503}})],
        [data(delta("The pi")), b"data: oops\n\n", DONE],
    ],
)
@pytest.mark.parametrize("chunked", [True, False])
def test_nothing_is_asked_again_once_words_were_handed_on(broken: list[Step], chunked: bool) -> None:
    with Standin(Answer(broken, chunked=chunked), talking("No.")).serving() as server:
        pieces = model(server.url).stream(QUESTION)
        assert next(pieces).content == "The pi"
        with pytest.raises(ModelError) as failed:
            list(pieces)
    assert not failed.value.retryable
    assert len(server.asked) == 1


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "broken", [[], [b": ping\n\n", CUT], [data(delta("", role="assistant"))], [b'{"choices"', CUT]]
)
def test_an_answer_that_breaks_off_before_its_first_word_is_asked_for_again(broken: list[Step], way: str) -> None:
    with Standin(Answer(broken), failing(503), talking("Yes.")).serving() as server:
        assert ask(model(server.url), way).content == "Yes."
    assert len(server.asked) == 3


@pytest.mark.parametrize("way", ["invoke", "ainvoke"])
def test_a_whole_answer_that_breaks_off_is_asked_for_again(way: str) -> None:
    with Standin(Answer([b'{"choices": [{"mess', CUT]), saying("Yes.")).serving() as server:
        assert ask(model(server.url), way).content == "Yes."


@pytest.mark.parametrize("option", ["stream_options", "response_format"])
@pytest.mark.parametrize("way", ["stream", "astream"])
def test_an_option_the_server_refuses_is_dropped_once_and_for_all(option: str, way: str) -> None:
    def strict(asked: Asked) -> Answer:
        return failing(400, f"Unrecognized: {option}") if option in asked.body else talking("Yes.")

    with Standin(strict).serving() as server:
        chat = model(server.url)
        for _ in range(2):
            assert ask(chat, way, response_format={"type": "json_schema"}).content == "Yes."
    assert [option in asked.body for asked in server.asked] == [True, False, False]


def test_the_total_time_is_kept() -> None:
    with Standin(Answer([data(delta("The pi")), HOLD])).serving() as server:
        pieces = model(server.url, seconds=0.5).stream(QUESTION)
        assert next(pieces).content == "The pi"
        with pytest.raises(ModelUnreachable, match=r"no whole answer in 0\.5 seconds"):
            next(pieces)


@pytest.mark.parametrize("steps", [[HOLD], [data(delta("The pi")), HOLD]])
def test_a_cancelled_task_closes_the_connection(steps: list[Step]) -> None:
    async def cancel(chat: ChatModel) -> bool:
        task = asyncio.ensure_future(joined(chat.astream(QUESTION)))
        await server.has_been_asked()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return await asyncio.to_thread(server.left)

    with Standin(Answer(steps)).serving() as server:
        assert asyncio.run(cancel(model(server.url)))


def test_an_async_generator_that_is_left_closes_the_connection() -> None:
    async def leave(chat: ChatModel) -> bool:
        pieces = chat.astream(QUESTION)
        assert (await anext(pieces)).content == "The pi"
        await pieces.aclose()
        return await asyncio.to_thread(server.left)

    with Standin(Answer([data(delta("The pi")), HOLD])).serving() as server:
        assert asyncio.run(leave(model(server.url)))


def test_fifty_questions_at_once_over_one_model() -> None:
    def echo(asked: Asked) -> Answer:
        return Answer([0.02, data(delta(asked.body["messages"][0]["content"])), 0.02, data(delta("!", "stop")), DONE])

    async def all_at_once(chat: ChatModel) -> list[str]:
        return [
            str((await one).content)
            for one in [asyncio.ensure_future(joined(chat.astream(str(at)))) for at in range(50)]
        ]

    with Standin(echo).serving() as server:
        assert asyncio.run(all_at_once(model(server.url))) == [f"{at}!" for at in range(50)]


def test_neither_key_nor_question_shows_in_the_log_or_the_model(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with Standin(failing(503), talking("Because of its pillars.")).serving() as server:
        chat = model(server.url)
        ask(chat)
        shown = f"{chat!r} {chat} {chat._identifying_params} {chat.asdict()} {caplog.text}"
    assert chat._identifying_params == {"model": "tiny", "base_url": server.url}
    for hidden in (KEY, "pier", "pillars"):
        assert hidden not in shown
