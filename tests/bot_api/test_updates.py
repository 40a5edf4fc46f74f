"""Updates: polled until acknowledged, by one bot at a time, or posted to a webhook."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep
from typing import Any

import httpx
import pytest

from tests.bot_api.calls import call, refusal, result
from tests.bot_api.server_process import UNLIMITED, BotApi
from tests.bot_api.state import User
from tests.support.endpoint_standin import Answer, Asked, Standin, as_json

pytestmark = pytest.mark.usefixtures("loopback")


@pytest.fixture
def api() -> Iterator[BotApi]:
    with BotApi(rates=UNLIMITED).serving() as serving:
        yield serving


@pytest.fixture
def ann(api: BotApi) -> User:
    return api.user("Ann")


def texts(updates: list[dict[str, Any]]) -> list[str]:
    return [one["message"]["text"] for one in updates]


def test_updates_are_given_again_until_a_higher_offset_acknowledges_them(api: BotApi, ann: User) -> None:
    for text in "abc":
        api.says(ann, text)
    first = result(api, "getUpdates")
    assert texts(first) == texts(result(api, "getUpdates")) == ["a", "b", "c"]
    number = first[0]["update_id"]
    assert [one["update_id"] for one in first] == [number, number + 1, number + 2]
    assert texts(result(api, "getUpdates", offset=number + 1)) == ["b", "c"]
    assert texts(result(api, "getUpdates", limit=1)) == ["b"]
    assert texts(result(api, "getUpdates", offset=-1)) == ["c"]
    assert result(api, "getUpdates", offset=number + 3) == result(api, "getUpdates") == []


def test_at_most_a_hundred_updates_come_at_once(api: BotApi, ann: User) -> None:
    for _ in range(101):
        api.says(ann, "a")
    assert len(result(api, "getUpdates", limit=1000)) == 100


def test_a_long_poll_ends_as_soon_as_something_happens(api: BotApi, ann: User) -> None:
    threading.Timer(0.1, api.says, [ann, "Now"]).start()
    start = monotonic()
    assert texts(result(api, "getUpdates", timeout=20)) == ["Now"]
    assert 0.05 < monotonic() - start < 5


def test_a_long_poll_ends_empty_after_its_time(api: BotApi) -> None:
    start = monotonic()
    assert result(api, "getUpdates", timeout=1) == []
    assert 0.9 < monotonic() - start < 5


def test_only_kinds_that_were_asked_for_come(api: BotApi, ann: User) -> None:
    result(api, "getUpdates", allowed_updates=["edited_message"])
    said = api.says(ann, "a")
    api.edits(said, "b")
    (update,) = result(api, "getUpdates")
    assert update["edited_message"]["text"] == "b"
    result(api, "getUpdates", offset=update["update_id"] + 1, allowed_updates=[])
    api.says(ann, "c")
    assert texts(result(api, "getUpdates")) == ["c"]


def test_a_second_poller_ends_the_first(api: BotApi, ann: User) -> None:
    with ThreadPoolExecutor() as pool:
        first = pool.submit(call, api, "getUpdates", timeout=20)
        api.wait_for(lambda: api.called("getUpdates"))
        sleep(0.05)
        second = pool.submit(call, api, "getUpdates", timeout=20)
        ended = first.result(10)
        assert ended["error_code"] == 409
        assert "terminated by other getUpdates request" in ended["description"]
        api.says(ann, "a")
        assert texts(second.result(10)["result"]) == ["a"]


def test_a_poll_of_a_bot_that_was_killed_is_no_conflict(api: BotApi) -> None:
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{api.base_url}{api.token}/getUpdates", json={"timeout": 20}, timeout=0.1)
    assert result(api, "getUpdates") == []
    assert api.refusals == []


def test_a_webhook_ends_the_poll_that_waits(api: BotApi) -> None:
    with ThreadPoolExecutor() as pool:
        poll = pool.submit(call, api, "getUpdates", timeout=20)
        api.wait_for(lambda: api.called("getUpdates"))
        sleep(0.05)
        result(api, "setWebhook", url="https://bot.example.org")
        assert "terminated by setWebhook" in poll.result(10)["description"]


def test_polling_while_a_webhook_is_set_is_a_conflict(api: BotApi) -> None:
    result(api, "setWebhook", url="https://bot.example.org/hook")
    answer = call(api, "getUpdates")
    assert answer["error_code"] == 409
    assert "webhook is active" in answer["description"]
    result(api, "deleteWebhook")
    assert result(api, "getUpdates") == []


def test_a_webhook_gets_each_update_once_with_the_secret(api: BotApi, ann: User) -> None:
    with Standin(as_json({})).serving() as bot:
        result(api, "setWebhook", url=f"{bot.host}/hook", secret_token="s3cret")
        for text in "ab":
            api.says(ann, text)
        api.wait_for(lambda: not api.updates.waiting)
    assert texts([asked.body for asked in bot.asked]) == ["a", "b"]
    assert {asked.headers["x-telegram-bot-api-secret-token"] for asked in bot.asked} == {"s3cret"}
    assert result(api, "getWebhookInfo")["url"] == f"{bot.host}/hook"


def test_a_webhook_that_fails_gets_the_update_again(api: BotApi, ann: User) -> None:
    def taken(asked: Asked) -> Answer:
        return as_json({})

    with Standin(as_json({}, 500), as_json({}, 403), taken).serving() as bot:
        result(api, "setWebhook", url=bot.host)
        api.says(ann, "a")
        api.wait_for(lambda: not api.updates.waiting)
    assert texts([asked.body for asked in bot.asked]) == ["a"] * 3
    assert "403" in result(api, "getWebhookInfo")["last_error_message"]


def test_what_waits_for_a_webhook_is_counted_and_can_be_dropped(api: BotApi, ann: User) -> None:
    api.says(ann, "a")
    assert result(api, "getWebhookInfo") == {
        "url": "",
        "has_custom_certificate": False,
        "pending_update_count": 1,
    }
    result(api, "deleteWebhook", drop_pending_updates=True)
    assert result(api, "getUpdates") == []


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"url": "http://bot.example.org"}, "An HTTPS URL must be provided"),
        ({"url": "https://bot.example.org", "secret_token": "no blanks"}, "unallowed characters"),
    ],
)
def test_a_webhook_is_https_and_its_secret_plain(api: BotApi, given: dict[str, str], reason: str) -> None:
    assert reason in refusal(api, "setWebhook", **given)
