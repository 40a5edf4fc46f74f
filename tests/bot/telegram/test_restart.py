"""A bot that is killed loses no question, answers none twice in different words, and keeps its history."""

import os
import signal
import subprocess
from itertools import cycle, islice
from pathlib import Path

import pytest

from bot.service.history import ConversationHistory
from tests.bot_api.server_process import BotApi
from tests.bot_api.state import User
from tests.support.newsroom import write_articles
from tests.support.telegram_bot import ANSWERED, PATIENCE, process

pytestmark = pytest.mark.process

QUESTIONS = [
    "What did Brandt say about the toll?",
    "How much will lorries pay for a crossing?",
    "How many passengers did the ferries carry last year?",
]
SAID = [ANSWERED, "14 crowns", "412,000"]
# When the bot is killed, and how often a message may then come twice: where Telegram has it and could not say so. After
# a message whose acknowledgement was lost these are that one, the second attempt, and what was on its way meanwhile.
TWICE = {"sendChatAction": 0, "sendMessage": 1, "after sendMessage": 3, "at the next getUpdates": 0}
KILLS = int(os.environ.get("ONRECORD_TEST_KILLS", str(len(TWICE))))  # each moment once
START = 60.0  # seconds that a process may take to be there, on a busy machine


def settings(folder: Path) -> dict[str, str]:
    return {"ONRECORD_ARTICLES": str(write_articles(folder / "news.jsonl"))}


def test_killed_mid_answer_each_question_is_answered_once(tmp_path: Path) -> None:
    moments = list(islice(cycle(TWICE), KILLS))
    with BotApi().serving() as api:
        users = [api.user(f"Ann {number}") for number in range(KILLS)]
        for killed, (user, moment) in enumerate(zip(users, moments, strict=True)):
            with process(tmp_path, api, **settings(tmp_path)) as bot:
                wait_until_idle(api, users[:killed], bot)
                kill_at(moment, api, bot)
                for question in QUESTIONS:
                    api.says(user, question)
                assert bot.wait(PATIENCE) == -signal.SIGKILL
            api.mends()
        with process(tmp_path, api, **settings(tmp_path)) as bot:
            wait_until_idle(api, users, bot)
    history = ConversationHistory(tmp_path / "data" / "conversations.db")
    for user, moment in zip(users, moments, strict=True):
        texts = list(dict.fromkeys(one.text for one in api.sent(user)))
        assert len(texts) == len(QUESTIONS), moment
        assert all(said in text for said, text in zip(SAID, texts, strict=True)), moment
        assert len(api.sent(user)) <= len(QUESTIONS) + TWICE[moment], moment
        assert [turn.question for turn in history.turns(f"telegram/{user.id}/0")] == QUESTIONS, moment


def wait_until_idle(api: BotApi, users: list[User], bot: "subprocess.Popen[str]") -> None:
    """Until the bot polls and nothing is owed to these users any more."""
    seen = len(api.called("getUpdates"))
    api.wait_for(lambda: len(api.called("getUpdates")) > seen, START)
    for user in users:
        api.wait_for(lambda: SAID[-1] in "".join(one.text for one in api.sent(user)), START)  # noqa: B023
    assert bot.poll() is None


def kill_at(moment: str, api: BotApi, bot: "subprocess.Popen[str]") -> None:
    """Kill the bot when that moment comes."""
    method = moment.split()[-1]
    seen, sent = len(api.called(method)), len(api.called("sendMessage"))
    if moment.startswith("after"):
        api.drops(1, method, done=True)
        api.when("sendMessage", lambda call: bot.kill() if len(api.called("sendMessage")) > sent + 1 else None)
    else:
        api.when(method, lambda call: bot.kill() if len(api.called(method)) > seen else None)


def test_a_stopped_bot_leaves_at_once_and_answers_the_rest_later(tmp_path: Path) -> None:
    with BotApi().serving() as api:
        ann = api.user("Ann")
        with process(tmp_path, api, **settings(tmp_path)) as bot:
            api.wait_for(lambda: api.called("getUpdates"), START)
            for question in QUESTIONS:
                api.says(ann, question)
            api.wait_for(lambda: api.sent(ann), START)
            bot.send_signal(signal.SIGTERM)
            _, errors = bot.communicate(timeout=PATIENCE)
            assert bot.returncode == 0
            assert "Traceback" not in errors and api.token not in errors
        with process(tmp_path, api, **settings(tmp_path)):
            api.wait_for(lambda: len(api.sent(ann)) >= len(QUESTIONS), START)
    assert all(said in one.text for said, one in zip(SAID, api.sent(ann), strict=True))
