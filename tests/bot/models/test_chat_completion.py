"""What servers make of the wire format, and what is understood of it all the same."""

from typing import Any

import pytest

from retrieval.errors import ModelError, ModelOverloaded, ModelRefused
from tests.support.chat_requests import KEY, WAYS, ask, model
from tests.support.endpoint_standin import CUT, Answer, Standin, Step, as_json, data, delta, saying

pytestmark = pytest.mark.usefixtures("loopback")

DONE = b"data: [DONE]\n\n"
USAGE = {"input_tokens": 7, "output_tokens": 2, "total_tokens": 9}


def streamed(*steps: Step, chunked: bool = True) -> str:
    """The text of an answer that comes in these steps."""
    with Standin(Answer(steps, chunked=chunked)).serving() as server:
        return str(ask(model(server.url)).content)


DIALECTS: dict[str, list[Step]] = {
    "no blank after data": [data(delta("The pier."), prefix="data:"), data(delta("", "stop"), prefix="data:")],
    "lines end in CRLF": [data(delta("The pier."), "\r\n\r\n"), data(delta("", "stop"), "\r\n\r\n"), DONE],
    "no blank lines": [data(delta("The pier."), "\n"), data(delta("", "stop"), "\n"), DONE],
    "keep-alive comments": [b": ping\n\n", data(delta("The ")), b":\n", data(delta("pier.", "stop")), b": x\n\n", DONE],
    "empty deltas": [
        data(delta("", role="assistant")),
        data({"choices": [{"delta": {}}]}),
        data(delta("The pier.", "stop")),
    ],
    "null content": [
        data(delta("The pier.")),
        data({"choices": [{"delta": {"content": None}, "finish_reason": "stop"}]}),
    ],
    "no choices": [data({"choices": []}), data(delta("The pier.")), data({"id": "x"}), data(delta("", "stop")), DONE],
    "no finish reason": [data(delta("The pier.")), DONE],
    "no [DONE]": [data(delta("The pier.")), data(delta("", "stop"))],
    "no end of the last line": [data(delta("The pier.")), data(delta("", "stop"), end="")],
    "last words with the finish": [data(delta("The ")), data(delta("pier.", "stop")), DONE],
    "reasoning_content": [data(delta("", reasoning_content="Hm.")), data(delta("The pier.", "stop")), DONE],
    "reasoning": [data({"choices": [{"delta": {"reasoning": "Hm."}}]}), data(delta("The pier.", "stop")), DONE],
    "thinking in tags": [
        data(delta("<thi")),
        data(delta("nk>Hm.</think>\n\nThe ")),
        data(delta("pier.", "stop")),
        DONE,
    ],
    "parts": [data(delta([{"type": "thinking", "text": "Hm."}, {"type": "text", "text": "The pier."}], "stop")), DONE],
    "one byte at a time": [bytes([byte]) for byte in data(delta("The pier.", "stop")) + DONE],
    "one JSON object": [b' {"choices": [{"message": {"content"', b': "The pier."}, "finish_reason": "stop"}]}\n'],
    "a JSON object that never says why it stops": [b'{"choices": [{"message": {"content": "The pier."}}]}'],
    "a broken line after the finish": [data(delta("The pier.", "stop")), b'data: {"usage": {', CUT],
    "the end of the connection after the finish": [data(delta("The pier.", "stop")), CUT],
}


@pytest.mark.parametrize("chunked", [True, False])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_dialects_are_understood(dialect: str, chunked: bool) -> None:
    assert streamed(*DIALECTS[dialect], chunked=chunked) == "The pier."


def test_line_separators_in_a_text_end_no_line() -> None:
    assert streamed(data(delta("a\u2028b\u0085c", "stop")), DONE) == "a\u2028b\u0085c"


@pytest.mark.parametrize(
    "content",
    ["The pier.", [{"type": "text", "text": "The "}, {"type": "text", "text": "pier."}], "<think>Hm</think>The pier."],
)
def test_whole_answers_come_in_several_forms(content: Any) -> None:
    with Standin(saying(content)).serving() as server:
        assert ask(model(server.url), "invoke").content == "The pier."


@pytest.mark.parametrize("way", WAYS)
def test_usage_may_be_missing(way: str) -> None:
    answer = Answer([data(delta("The pier.", "stop")), DONE])
    with Standin(answer).serving() as server:
        assert ask(model(server.url), way).usage_metadata is None


def test_usage_that_is_told_again_and_again_is_not_added_up() -> None:
    counting = [data(delta("x") | {"usage": {"prompt_tokens": 7, "completion_tokens": at}}) for at in range(3)]
    with Standin(Answer([*counting, data(delta("", "stop")), DONE])).serving() as server:
        assert ask(model(server.url)).usage_metadata == USAGE


def test_an_answer_without_words_is_an_empty_answer() -> None:
    assert streamed(data(delta("", "length")), DONE) == ""
    assert streamed(data(delta("<think>Too long", "length")), DONE) == ""


REPORTED: dict[str, tuple[Any, type[ModelError]]] = {
    "OpenAI": ({"error": {"message": "slow down", "type": "rate_limit_error", "code": None}}, ModelOverloaded),
    "OpenRouter": ({"error": {"code": 502, "message": "provider down"}, "choices": [delta("")]}, ModelOverloaded),
    "vLLM": ({"object": "error", "message": "too long", "type": "invalid_request_error", "code": 400}, ModelRefused),
    "Ollama": ({"error": "model runner has stopped"}, ModelOverloaded),
    "a code in words": ({"error": {"message": "m", "code": "400"}}, ModelRefused),
    "the key": ({"error": {"message": f"bad {KEY}", "type": "authentication_error"}}, ModelRefused),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("dialect", REPORTED)
def test_an_error_inside_a_good_answer_is_an_error(dialect: str, way: str) -> None:
    payload, kind = REPORTED[dialect]
    answer = Answer([data(payload)]) if "stream" in way else as_json(payload)
    with Standin(answer).serving() as server, pytest.raises(kind) as failed:
        ask(model(server.url), way)
    assert KEY not in str(failed.value)
    assert len(server.asked) == (4 if kind.retryable else 1)


def test_a_web_page_is_no_answer() -> None:
    page = Answer([b"<!doctype html><title>Sign in"], headers={"Content-Type": "text/html"})
    with (
        Standin(page).serving() as server,
        pytest.raises(ModelRefused, match="a web page instead of JSON; correct OPENAI_"),
    ):
        ask(model(server.url))


@pytest.mark.parametrize(
    "payload", [[1], "x", {"choices": [None]}, {"choices": {"a": 1}}, {"choices": ["x"]}, {}, None]
)
@pytest.mark.parametrize("way", ["stream", "invoke"])
def test_json_of_no_known_form_is_an_error_of_the_model(payload: Any, way: str) -> None:
    answer = Answer([data(payload)]) if way == "stream" else as_json(payload)
    with Standin(answer).serving() as server, pytest.raises(ModelError):
        ask(model(server.url), way)
