"""With a webhook Telegram posts to the bot, alone or inside the HTTP server, and nobody else can."""

from pathlib import Path

import httpx
import pytest

from bot.telegram.receiving.posts import SECRET_HEADER
from tests.bot_api.server_process import BotApi
from tests.support.endpoint_standin import free_port
from tests.support.newsroom import write_articles
from tests.support.telegram_bot import ANSWERED, ASKED, process, reply

pytestmark = pytest.mark.process

SECRET = "a-secret-of-the-tests"
START = 60.0  # seconds that a process may take to be there, on a busy machine


@pytest.mark.parametrize("surface", ["telegram", "serve"])
def test_posts_with_the_secret_are_answered_and_no_others(surface: str, tmp_path: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}/telegram/hook"
    settings = {
        "ONRECORD_TELEGRAM_WEBHOOK_URL": url,
        "ONRECORD_TELEGRAM_WEBHOOK_SECRET": SECRET,
        "ONRECORD_TELEGRAM_WEBHOOK_PORT": str(port),
        "ONRECORD_ARTICLES": str(write_articles(tmp_path / "news.jsonl")),
    }
    arguments = ["serve", "--port", str(port)] if surface == "serve" else ["telegram"]
    with BotApi().serving() as api, process(tmp_path, api, *arguments, **settings):
        api.wait_for(lambda: api.updates.webhook and api.commands, START)
        ann = api.user("Ann")
        api.says(ann, ASKED)
        assert ANSWERED in api.wait_for(lambda: api.sent(ann), START)[0].text
        forged = {"update_id": 1, "message": api.chats[ann.id].messages[1]}
        for headers in ({}, {SECRET_HEADER: "another-secret-of-them"}):
            refused = httpx.post(url, json=forged, headers=headers, trust_env=False)
            assert refused.status_code == 403
        assert len(reply(api, ann).chat.sent) == 1
        assert not api.called("getUpdates")


def test_a_wrong_token_is_said_and_the_server_answers_without_the_bot(tmp_path: Path) -> None:
    port = free_port()
    settings = {
        "TELEGRAM_BOT_TOKEN": "12:wrong",
        "ONRECORD_TELEGRAM_WEBHOOK_URL": "https://bot.example.org/hook",
        "ONRECORD_TELEGRAM_WEBHOOK_SECRET": SECRET,
        "ONRECORD_ARTICLES": str(write_articles(tmp_path / "news.jsonl")),
    }
    with BotApi().serving() as api, process(tmp_path, api, "serve", "--port", str(port), **settings) as serving:
        assert serving.stderr
        said = next(line for line in serving.stderr if "TELEGRAM_BOT_TOKEN" in line)
        assert "Telegram does not know the token" in said and "wrong" not in said
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            assert client.get("/readyz").status_code == 200
            assert client.post("/hook", json={}).status_code == 403
            for body, status in ((b"{}", 503), (b"x" * 1_000_001, 413)):
                assert client.post("/hook", content=body, headers={SECRET_HEADER: SECRET}).status_code == status
