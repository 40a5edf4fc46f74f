"""Plain requests to the stand-in for Telegram, as a client that checks nothing itself sends them."""

from typing import Any

import httpx

from tests.bot_api.server_process import BotApi


def call(api: BotApi, method: str, *, token: str = "", **parameters: Any) -> dict[str, Any]:
    """The whole answer, as JSON."""
    url = f"{api.base_url}{token or api.token}/{method}"
    answer = httpx.post(url, json=parameters, timeout=30, trust_env=False, verify=False)
    said: dict[str, Any] = answer.json()
    assert said["ok"] is (answer.status_code == 200)
    assert said.get("error_code", 200) == answer.status_code
    return said


def result(api: BotApi, method: str, **parameters: Any) -> Any:
    """The result of a request that must succeed."""
    said = call(api, method, **parameters)
    assert said["ok"], said
    return said["result"]


def refusal(api: BotApi, method: str, **parameters: Any) -> str:
    """The reason why a request that must fail was refused."""
    said = call(api, method, **parameters)
    assert not said["ok"], said
    return str(said["description"])


def buttons(*data: str) -> dict[str, Any]:
    """A keyboard of one column."""
    return {"inline_keyboard": [[{"text": one or "?", "callback_data": one}] for one in data]}
