"""Several machines run one bot on one database: each update is answered once, also when one of them is killed."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.request import ProxyHandler, Request, build_opener

import pytest
from sqlalchemy import update

from bot.telegram.handlers.admin import LATER
from bot.telegram.storage.leases import LEASE_SECONDS
from bot.telegram.storage.telegram_database import leases
from retrieval.catalog.database.engine import server_database
from tests.bot_api.server_process import BotApi
from tests.support.endpoint_standin import free_port
from tests.support.newsroom import write_articles
from tests.support.postgresql import PostgreSQLServer
from tests.support.telegram_bot import process

pytestmark = [pytest.mark.process, pytest.mark.postgresql]

SECRET = "a-secret-of-the-tests"
START, TAKEN_OVER = 90.0, 60.0  # seconds that a process may take to be there, and until another does its work
QUESTIONS = [
    "What did Brandt say about the toll?",
    "How much will lorries pay for a crossing?",
    "How many passengers did the ferries carry last year?",
]


@contextmanager
def machine(folder: Path, api: BotApi, address: str, **settings: str) -> Iterator["subprocess.Popen[str]"]:
    """A bot in a folder of its own."""
    folder.mkdir()
    articles = str(write_articles(folder / "news.jsonl"))
    with process(folder, api, ONRECORD_ARTICLES=articles, ONRECORD_DATABASE_URL=address, **settings) as bot:
        yield bot


def webhook(port: int) -> dict[str, str]:
    return {
        "ONRECORD_TELEGRAM_WEBHOOK_URL": f"http://127.0.0.1:{port}/hook",
        "ONRECORD_TELEGRAM_WEBHOOK_SECRET": SECRET,
        "ONRECORD_TELEGRAM_WEBHOOK_PORT": str(port),
    }


def let_leases_expire(address: str) -> None:
    """Make all leases in a database as old as they may become; a machine that lives renews its own."""
    database = server_database(address)
    database.run(update(leases).values(ends=leases.c.ends - LEASE_SECONDS))
    database.close()


def post(port: int, posted: dict[str, object]) -> None:
    """Post an update to one of the machines, as the proxy in front of them does."""
    body = json.dumps(posted).encode()
    headers = {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": SECRET}
    with build_opener(ProxyHandler({})).open(Request(f"http://127.0.0.1:{port}/hook", body, headers), timeout=20):
        pass


def test_what_a_killed_machine_was_answering_is_answered_once_by_the_other(
    tmp_path: Path, postgresql: PostgreSQLServer
) -> None:
    address = postgresql.new_database().render_as_string(hide_password=False)
    ports = [free_port(), free_port()]
    with BotApi().serving() as api, ExitStack() as machines:
        bots = []
        for number, port in enumerate(ports):
            folder = tmp_path / str(number)
            bots.append(machines.enter_context(machine(folder, api, address, **webhook(port))))
            api.wait_for(lambda: len(api.called("setWebhook")) > number, START)  # noqa: B023
        api.updates.set_webhook("", "", None, drop=True)  # the test is the proxy
        users = [api.user(f"Ann {number}") for number in range(3)]
        before = len(api.called("sendMessage"))
        api.when("sendMessage", lambda call: bots[0].kill() if len(api.called("sendMessage")) > before + 2 else None)
        for question in QUESTIONS:
            for number, user in enumerate(users):
                asked = take(api, user, question)
                for port in (ports[number % 2], ports[1]):  # posted again where the first is gone
                    try:
                        post(port, asked)
                        break
                    except OSError:
                        continue
        assert bots[0].wait(TAKEN_OVER) == -signal.SIGKILL
        let_leases_expire(address)
        for user in users:
            api.wait_for(lambda: len(api.sent(user)) >= len(QUESTIONS), TAKEN_OVER)  # noqa: B023
        assert bots[1].poll() is None
    for user in users:
        # A message that Telegram had when the machine was killed, before it could say so, may come twice.
        assert len(api.sent(user)) <= len(QUESTIONS) + 1
        assert len(dict.fromkeys(one.text for one in api.sent(user))) <= len(QUESTIONS)
    assert sum(len(api.sent(user)) for user in users) <= len(users) * len(QUESTIONS) + 1


def take(api: BotApi, user: object, text: str) -> dict[str, object]:
    """What a user writes, as the update that Telegram would post."""
    api.says(user, text)
    with api.updates.news:
        return api.updates.waiting.pop()


def test_one_machine_polls_and_another_when_it_is_gone(tmp_path: Path, postgresql: PostgreSQLServer) -> None:
    address = postgresql.new_database().render_as_string(hide_password=False)
    with BotApi().serving() as api, ExitStack() as machines:
        first = machines.enter_context(machine(tmp_path / "0", api, address))
        api.wait_for(lambda: api.called("getUpdates"), START)
        second = machines.enter_context(machine(tmp_path / "1", api, address))
        api.wait_for(lambda: len(api.called("setMyCommands")) >= 4, START)
        ann = api.user("Ann")
        api.says(ann, QUESTIONS[0])
        api.wait_for(lambda: api.sent(ann), START)
        assert not api.refused_with(409)
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
        let_leases_expire(address)
        api.says(ann, QUESTIONS[1])
        api.wait_for(lambda: len(api.sent(ann)) == 2, TAKEN_OVER)
        assert second.poll() is None


def test_a_question_is_kept_while_the_database_is_away(tmp_path: Path, postgresql: PostgreSQLServer) -> None:
    address = postgresql.new_database().render_as_string(hide_password=False)
    with BotApi().serving() as api, machine(tmp_path / "0", api, address) as bot:
        api.wait_for(lambda: api.called("getUpdates"), START)
        ann = api.user("Ann")
        api.says(ann, QUESTIONS[0])
        api.wait_for(lambda: api.sent(ann), START)
        api.when("sendChatAction", lambda call: postgresql.kill())  # the first act of an answer
        try:
            api.says(ann, QUESTIONS[1])
            api.wait_for(lambda: len(api.sent(ann)) == 2, START)
            assert api.sent(ann)[1].text == LATER
            api.says(ann, QUESTIONS[2])
        finally:
            api.mends()
            postgresql.start()
        api.wait_for(lambda: len(api.sent(ann)) == 4, START)
        assert bot.poll() is None
    answers = [one.text for one in api.sent(ann)]
    assert len(set(answers)) == 4
