"""No update stops the bot: each that cannot be used is passed over alone, and nothing of it is logged."""

import os
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.telegram.receiving.posts import SECRET_HEADER
from tests.bot_api.generated_updates import WORD, generated_updates
from tests.bot_api.http_server import NESTED
from tests.bot_api.server_process import BotApi
from tests.support.endpoint_standin import free_port
from tests.support.newsroom import write_articles
from tests.support.telegram_bot import ANSWERED, ASKED, PATIENCE, process

pytestmark = pytest.mark.process
UPDATES = int(os.environ.get("ONRECORD_TEST_UPDATES", "300"))
SECRET = "a-secret-of-the-tests"
START = 60.0  # seconds that a process may take to be there, on a busy machine
MAX_LINES = 200  # of the log, whatever comes
SECONDS_AN_UPDATE = 0.2  # at most, on a busy machine
PINNED = {"pinned_message": {"message_id": 7, "chat": {"id": 1000, "type": "private"}, "date": 0}}
OLD_POLL = {"poll": {"id": "1", "question": WORD, "options": [], "is_closed": False}}
DEEP = "[" * 2_000 + "]" * 2_000


def message(**content: Any) -> dict[str, Any]:
    chat = {"id": 1000, "type": "private", "first_name": "Ann"}
    sender = {"id": 1000, "is_bot": False, "first_name": "Ann"}
    return {"message": {"message_id": 9, "date": 1_700_000_000, "chat": chat, "from": sender} | content}


BROKEN = {
    "a pinned message that is inaccessible": message(**PINNED),
    "a reply to one": message(text="What is it?", reply_to_message=message(**PINNED)["message"]),
    "a poll of an older server": message(**OLD_POLL),
    "an unasked poll of an older server": OLD_POLL,
    "a text that is none": message(text={"text": WORD}),
    "a huge number": message(text=WORD, edit_date=10**4000),
    "half a surrogate pair": message(text=f"/quotes \ud800 {WORD}"),
    "nothing": {},
    "no update at all": {"message": None},
}

UNREADABLE = {
    "nested too deeply": DEEP.encode(),
    "cut off": b"{",
    "without content": b'{"update_id": 5}',
    "an id that is none": b'{"update_id": "5", "message": {}}',
    "null": b"null",
    "an infinite id": b'{"update_id": 1e999, "message": {}}',
    "a number of 5,000 digits": f'{{"update_id": {"9" * 5_000}, "message": {{}}}}'.encode(),
    "no UTF-8": b"\xff\xfe",
}


def settings(folder: Path, **more: str) -> dict[str, str]:
    return {"ONRECORD_ARTICLES": str(write_articles(folder / "news.jsonl"))} | more


def webhook(folder: Path, port: int) -> dict[str, str]:
    return settings(
        folder,
        ONRECORD_TELEGRAM_WEBHOOK_URL=f"http://127.0.0.1:{port}/hook",
        ONRECORD_TELEGRAM_WEBHOOK_SECRET=SECRET,
        ONRECORD_TELEGRAM_WEBHOOK_PORT=str(port),
    )


def wait_until_ready(api: BotApi) -> None:
    api.wait_for(lambda: api.updates.webhook or api.called("getUpdates"), START)


def answers(api: BotApi, user: Any) -> int:
    return sum(ANSWERED in one.text for one in api.sent(user))


def log_of(bot: "subprocess.Popen[str]") -> str:
    bot.terminate()
    return bot.communicate(timeout=PATIENCE)[1]


@pytest.mark.parametrize("surface", ["polling", "telegram", "serve"])
def test_questions_around_updates_of_every_kind_are_answered_once(surface: str, tmp_path: Path) -> None:
    port = free_port()
    chosen = settings(tmp_path) if surface == "polling" else webhook(tmp_path, port)
    arguments = ["serve", "--port", str(port)] if surface == "serve" else ["telegram"]
    with BotApi().serving() as api, process(tmp_path, api, *arguments, **chosen) as bot:
        ann = api.user("Ann")
        wait_until_ready(api)
        api.says(ann, ASKED)
        api.wait_for(lambda: answers(api, ann) == 1, START)
        for update in generated_updates(UPDATES):
            api.updates.put_unasked(update)
        api.says(ann, ASKED)
        api.wait_for(lambda: answers(api, ann) == 2, START + SECONDS_AN_UPDATE * UPDATES)
        api.wait_for(lambda: not api.updates.waiting or surface == "polling", START)
        log = log_of(bot)
    assert answers(api, ann) == 2
    assert len(log.splitlines()) <= MAX_LINES and WORD not in log and "Traceback" not in log
    assert len(api.called("getUpdates")) < UPDATES


def test_broken_updates_end_alone_and_do_not_come_back(tmp_path: Path) -> None:
    unlimited = settings(tmp_path, ONRECORD_TELEGRAM_MAX_QUESTIONS_PER_MINUTE="1000")
    with BotApi().serving() as api:
        ann = api.user("Ann")
        with process(tmp_path, api, **unlimited) as bot:
            wait_until_ready(api)
            for number, (kind, update) in enumerate(BROKEN.items(), 1):
                api.updates.put_unasked(update)
                api.says(ann, ASKED)
                api.wait_for(lambda: answers(api, ann) == number, START)  # noqa: B023
                assert bot.poll() is None, kind
            log = log_of(bot)
        with process(tmp_path, api, **unlimited) as bot:
            api.says(ann, ASKED)
            api.wait_for(lambda: answers(api, ann) == len(BROKEN) + 1, START)
            log += log_of(bot)
    assert answers(api, ann) == len(BROKEN) + 1
    assert WORD not in log and "Traceback" not in log
    assert len(api.updates.delivered) - len(set(api.updates.delivered)) <= 1


@pytest.mark.parametrize("body", UNREADABLE, ids=UNREADABLE)
def test_what_cannot_be_read_is_accepted_at_the_webhook(body: str, webhook_bot: tuple[BotApi, str]) -> None:
    _, url = webhook_bot
    assert (
        httpx.post(url, content=UNREADABLE[body], headers={SECRET_HEADER: SECRET}, trust_env=False).status_code == 200
    )


@pytest.fixture(scope="module")
def webhook_bot(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder, port = tmp_path_factory.mktemp("webhook"), free_port()
    with BotApi().serving() as api, process(folder, api, **webhook(folder, port)):
        api.wait_for(lambda: api.updates.webhook, START)
        yield api, f"http://127.0.0.1:{port}/hook"


def test_a_batch_in_which_one_is_too_deep_to_be_read_is_dealt_with_one_by_one(tmp_path: Path) -> None:
    with BotApi().serving() as api, process(tmp_path, api, **settings(tmp_path)) as bot:
        ann = api.user("Ann")
        wait_until_ready(api)
        with api.updates.news:
            api.says(ann, ASKED)
            api.updates.put_unasked(message(text=[NESTED, WORD]))
            api.says(ann, ASKED)
        api.wait_for(lambda: answers(api, ann) == 2, START)
        assert WORD not in log_of(bot)


def test_stored_updates_that_are_damaged_or_of_an_older_version_are_passed_over(tmp_path: Path) -> None:
    damaged = {1: "", 2: "{", 3: "null", 4: '{"update_id": 99}', 5: '{"update_id": 5, "message": {}}', 6: b"\xff\xfe{"}
    with BotApi().serving() as api:
        ann = api.user("Ann")
        with process(tmp_path, api, **settings(tmp_path)) as bot:
            wait_until_ready(api)
            log_of(bot)
        with sqlite3.connect(tmp_path / "data" / "telegram.db") as database:
            for number, payload in damaged.items():
                database.execute(
                    "INSERT INTO updates (id, received, payload) VALUES (?, '2999', CAST(? AS TEXT))", [number, payload]
                )
        database.close()
        with process(tmp_path, api, **settings(tmp_path)) as bot:
            api.says(ann, ASKED)
            api.wait_for(lambda: answers(api, ann) == 1, START)
            log = log_of(bot)
    with sqlite3.connect(tmp_path / "data" / "telegram.db") as database:
        assert database.execute("SELECT count(*) FROM updates WHERE NOT done").fetchone() == (0,)
    database.close()
    assert "passed over" in log and "Traceback" not in log
