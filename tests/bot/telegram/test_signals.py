"""SIGTERM and Ctrl-C end the bot within two seconds, wherever it is; what was not answered is answered later."""

import os
import signal
import subprocess
from itertools import cycle, islice
from pathlib import Path
from random import Random
from time import monotonic, sleep

import pytest

from tests.bot_api.server_process import BotApi
from tests.bot_api.state import User
from tests.support.endpoint_standin import free_port
from tests.support.newsroom import write_articles
from tests.support.telegram_bot import ANSWERED, ASKED, PATIENCE, process

pytestmark = pytest.mark.process
SIGNALS = int(os.environ.get("ONRECORD_TEST_SIGNALS", "5"))  # bots ended at random moments, by turns in each state
CODES = {signal.SIGTERM: 0, signal.SIGINT: 130}
WITHIN = 4.0  # seconds: two, and as many for what else the machine does
EARLIEST, LATEST = 0.3, 9.0  # seconds after the start of the process: from its first lines until it idles
START = 60.0  # seconds that a process may take to be there, on a busy machine
HANG = 40.0  # seconds that a request waits for its answer


def settings(folder: Path, **more: str) -> dict[str, str]:
    return {"ONRECORD_ARTICLES": str(write_articles(folder / "news.jsonl"))} | more


def end(bot: "subprocess.Popen[str]", number: signal.Signals, *codes: int) -> str:
    """End the bot in time, with the signal's exit code or one of those given; returns its log."""
    before = monotonic()
    bot.send_signal(number)
    _, log = bot.communicate(timeout=PATIENCE)
    seconds = monotonic() - before
    assert bot.returncode in (codes or (CODES[number],)) and "Traceback" not in log, (bot.returncode, log)
    assert seconds < WITHIN, log
    return log


@pytest.mark.parametrize("number", CODES)
@pytest.mark.parametrize("where", ["closed", "hanging at getMe", "hanging at deleteWebhook", "hanging at getUpdates"])
def test_it_ends_while_telegram_cannot_be_reached(where: str, number: signal.Signals, tmp_path: Path) -> None:
    with BotApi().serving() as api:
        method = where.split()[-1]
        api.slow(HANG, method)
        host = {"ONRECORD_TELEGRAM_API_URL": f"http://127.0.0.1:{free_port()}"} if where == "closed" else {}
        with process(tmp_path, api, **settings(tmp_path, **host)) as bot:
            if where == "closed":
                assert bot.stderr
                next(line for line in bot.stderr if "cannot be reached" in line)
            else:
                api.wait_for(lambda: api.called(method), START)
            end(bot, number)


@pytest.mark.parametrize("method", ["setMyCommands", "sendMessage", "sendChatAction"])
def test_it_ends_while_an_answer_hangs_and_answers_later(method: str, tmp_path: Path) -> None:
    with BotApi().serving() as api:
        ann = api.user("Ann")
        with process(tmp_path, api, **settings(tmp_path)) as bot:
            api.wait_for(lambda: api.called("getUpdates"), START)
            api.slow(HANG, method)
            api.says(ann, ASKED)
            api.wait_for(lambda: api.called("sendMessage" if method == "setMyCommands" else method), START)
            end(bot, signal.SIGTERM)
        api.mends()
        polled = len(api.called("getUpdates"))
        with process(tmp_path, api, **settings(tmp_path)) as bot:
            api.wait_for(lambda: api.sent(ann) and len(api.called("getUpdates")) > polled, START)
            end(bot, signal.SIGINT)
    assert ANSWERED in api.sent(ann)[0].text


def test_it_ends_at_any_moment_and_loses_nothing(tmp_path: Path) -> None:
    random, states = Random(17), islice(cycle(["reachable", "closed", "hanging", "failing"]), SIGNALS)
    with BotApi().serving() as api:
        users = list[User]()
        for state in states:
            api.mends()
            if state == "hanging":
                api.slow(HANG)
            if state == "failing":
                api.fails("*", 502, 10_000)
            host = {"ONRECORD_TELEGRAM_API_URL": f"http://127.0.0.1:{free_port()}"} if state == "closed" else {}
            with process(tmp_path, api, **settings(tmp_path, **host)) as bot:
                users.append(ann := api.user(f"Ann {len(users)}"))
                api.says(ann, ASKED)
                sleep(random.uniform(EARLIEST, LATEST))
                end(bot, random.choice(list(CODES)), *CODES.values())  # before it serves, SIGTERM is as Ctrl-C
        api.mends()
        polled = len(api.called("getUpdates"))
        with process(tmp_path, api, **settings(tmp_path)) as bot:
            api.wait_for(lambda: all(map(api.sent, users)) and len(api.called("getUpdates")) > polled, START + SIGNALS)
            end(bot, signal.SIGTERM)
