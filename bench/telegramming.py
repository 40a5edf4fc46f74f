"""Measure the Telegram bot under load and kills, and idle: `python -m bench.telegramming [--kills 50] [--chats 100]`.

The installed command runs in its own process, against the tests' Bot API server with Telegram's documented rates.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psutil

from bench.clock import percentile
from bot.service.history import ConversationHistory
from tests.bot_api.server_process import UNLIMITED, BotApi
from tests.bot_api.state import User

QUESTIONS = ("What did Rubio say about concessions?", "What is Ukraine proposing?")
SAID = ("unless both sides make concessions", "ceasefire in the sky and at sea")
ARTICLES = Path(__file__).parent.parent / "articles"
PATIENCE = 300.0  # seconds
LONGEST_LIFE = 1.0  # seconds from the first sign of an answer to the kill: before, between and after the messages
WARM = 20  # questions before memory is measured
AT_REST = 1000  # chats


def main() -> None:
    """Print one line for each measure."""
    parser = argparse.ArgumentParser(prog="python -m bench.telegramming", description=__doc__)
    parser.add_argument("--chats", type=int, default=100, help="chats that ask at once")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--only", choices=("load", "kills", "rest"), help="one of the three alone")
    chosen = parser.parse_args()
    if chosen.only in (None, "load"):
        _load(chosen.chats)
    if chosen.only in (None, "rest"):
        _memory_at_rest()
    if chosen.only in (None, "kills"):
        _kills(chosen.kills)
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, {time.strftime('%Y-%m-%d')}")


def _load(chats: int) -> None:
    """Ask two questions from every chat at once, then one after the other on an idle bot."""
    with tempfile.TemporaryDirectory() as folder, BotApi().serving() as api, _bot(Path(folder), api):
        quiet = api.user("Quiet")
        alone = [_typing(api, quiet, number) for number in range(WARM)]
        _line("typing action after a question, alone, p50", percentile(alone, 0.5) * 1000, "ms")
        _line("typing action after a question, alone, p95", percentile(alone, 0.95) * 1000, "ms")
        users, floods = [api.user(f"U{number}") for number in range(chats)], api.floods
        started = time.monotonic()
        for question in QUESTIONS:
            for user in users:
                api.says(user, question)
        api.wait_for(lambda: all(len(api.sent(user)) >= len(QUESTIONS) for user in users), PATIENCE)
        _line(f"{chats} chats, {len(QUESTIONS)} questions each, all answered after", time.monotonic() - started, "s")
        first = [api.actions(user)[0].at - started for user in users]
        _line("typing action in all of these chats, the last after", max(first) * 1000, "ms")
        answered = sum(
            [_has_answer(one.text, said) for one, said in zip(api.sent(user), SAID, strict=True)] == [True] * 2
            for user in users
        )
        _line("chats with every question answered once, in order", answered, f"of {chats}")
        _line("requests refused with 429", api.floods - floods, "")
        _line("other refusals, entities lost", len(api.refusals) - api.floods + len(api.violations), "")


def _kills(kills: int) -> None:
    """Kill the bot repeatedly in the middle of answers, then let it finish."""
    chance = random.Random(7)
    with tempfile.TemporaryDirectory() as folder, BotApi().serving() as api:
        users, owed = [api.user(f"U{number}") for number in range(kills)], 0
        for user in users:
            with _bot(Path(folder), api) as bot:
                for question in QUESTIONS:
                    api.says(user, question)
                api.wait_for(partial(api.actions, user), PATIENCE)
                time.sleep(chance.uniform(0, LONGEST_LIFE))
                bot.send_signal(signal.SIGKILL)
                bot.wait()
                owed += len(QUESTIONS) - len(_answers_received(api, user))
        with _bot(Path(folder), api):
            api.wait_for(lambda: all(_answers_received(api, user) == list(SAID) for user in users), PATIENCE)
        history = ConversationHistory(Path(folder) / "data" / "conversations.db")
        asked = [[turn.question for turn in history.turns(f"telegram/{user.id}/0")] for user in users]
        sent = [one.text for user in users for one in api.sent(user)]
        _line("kills in the middle of answers", kills, "")
        _line("questions that had no answer when the bot was killed", owed, "")
        _line(
            "questions answered",
            sum(len(_answers_received(api, user)) for user in users),
            f"of {kills * len(QUESTIONS)}",
        )
        _line(
            "questions answered with two different texts",
            sum(len({one.text for one in api.sent(user)}) > 2 for user in users),
            "",
        )
        _line("messages that came twice, in the same words", len(sent) - kills * len(QUESTIONS), "")
        _line("conversations whose history is whole", sum(turns == list(QUESTIONS) for turns in asked), f"of {kills}")


def _memory_at_rest() -> None:
    """The memory of a thousand idle conversations."""
    with (
        tempfile.TemporaryDirectory() as folder,
        BotApi(rates=UNLIMITED).serving() as api,
        _bot(Path(folder), api) as bot,
    ):
        _ask_all(api, [api.user(f"W{number}") for number in range(WARM)])
        before = _megabytes(bot)
        started = time.monotonic()
        _ask_all(api, [api.user(f"U{number}") for number in range(AT_REST)])
        _line(f"{AT_REST} chats that asked, answered after", time.monotonic() - started, "s")
        _line(f"memory for {AT_REST} conversations at rest", _megabytes(bot) - before, "MB")
        _line("memory of the process", _megabytes(bot), "MB")


def _ask_all(api: BotApi, users: list[User]) -> None:
    for user in users:
        api.says(user, QUESTIONS[0])
    api.wait_for(lambda: all(api.sent(user) for user in users), PATIENCE)


def _typing(api: BotApi, user: User, number: int) -> float:
    """Seconds from a question to the typing action."""
    asked, before = api.clock(), len(api.sent(user))
    api.says(user, QUESTIONS[number % 2])
    api.wait_for(lambda: len(api.sent(user)) > before, PATIENCE)
    return next(action.at for action in api.actions(user) if action.at > asked) - asked


def _answers_received(api: BotApi, user: User) -> list[str]:
    """The answers that a user received, in order, each once."""
    found = [said for one in api.sent(user) for said in SAID if _has_answer(one.text, said)]
    return list(dict.fromkeys(found))


def _has_answer(text: str, said: str) -> bool:
    return said in text and "Sources" in text


@contextmanager
def _bot(folder: Path, api: BotApi) -> Iterator["subprocess.Popen[bytes]"]:
    """The installed command, until the end or until it is killed."""
    mine = {
        key: value for key, value in os.environ.items() if not key.startswith(("ONRECORD_", "OPENAI_", "TELEGRAM_"))
    }
    mine |= {
        "TELEGRAM_BOT_TOKEN": api.token,
        "ONRECORD_TELEGRAM_API_URL": api.host,
        "ONRECORD_TELEGRAM_MAX_QUESTIONS_PER_MINUTE": "0",
    }
    mine |= {"ONRECORD_DATA": str(folder / "data"), "ONRECORD_ARTICLES": str(ARTICLES)}
    polled = len(api.called("getUpdates"))
    command = [str(Path(sys.executable).parent / "onrecord"), "telegram"]
    bot = subprocess.Popen(command, env=mine, cwd=folder, stderr=subprocess.DEVNULL)
    try:
        api.wait_for(lambda: len(api.called("getUpdates")) > polled, PATIENCE)
        yield bot
    finally:
        if bot.poll() is None:
            bot.terminate()
        bot.wait()


def _megabytes(bot: "subprocess.Popen[bytes]") -> float:
    return float(psutil.Process(bot.pid).memory_info().rss) / 1e6


def _line(name: str, value: float, unit: str) -> None:
    print(f"{name:<62}{value:>10.1f} {unit}", flush=True)


if __name__ == "__main__":
    main()
