"""A bot that is killed loses no question, answers none twice in different words, and keeps its history."""

import signal
from pathlib import Path

import pytest

from bot.history import History
from tests.bot_api import BotApi
from tests.newsroom import write_articles
from tests.telegramming import ANSWERED, PATIENCE, process

QUESTIONS = [
    "What did Brandt say about the toll?",
    "What did Okoro say about the toll?",
    "How much will lorries pay for a crossing?",
    "How many passengers did the ferries carry last year?",
]
SAID = [ANSWERED, "no other road", "14 crowns", "412,000"]
# When the bot is killed, and how often a message may then come twice: where Telegram has it and could not say so.
TWICE = {"sendChatAction": 0, "sendMessage": 1, "after sendMessage": 2, "at the next getUpdates": 0}
START = 60.0  # seconds that a process may take to be there, on a busy machine


def settings(folder: Path) -> dict[str, str]:
    return {"ONRECORD_ARTICLES": str(write_articles(folder / "news.jsonl"))}


@pytest.mark.parametrize("moment", TWICE)
def test_killed_mid_answer_each_question_is_answered_once(moment: str, tmp_path: Path) -> None:
    with BotApi().serving() as api:
        ann = api.user("Ann")
        with process(tmp_path, api, **settings(tmp_path)) as bot:
            api.wait_for(lambda: api.called("getUpdates"), START)
            method = moment.split()[-1]
            seen = len(api.called(method))
            if moment.startswith("after"):
                api.drops(1, method, done=True)
                api.when("sendMessage", lambda call: len(api.called("sendMessage")) > 1 and bot.kill())
            else:
                api.when(method, lambda call: bot.kill() if len(api.called(method)) > seen else None)
            for question in QUESTIONS:
                api.says(ann, question)
            assert bot.wait(PATIENCE) == -signal.SIGKILL
        api.when(method, lambda call: None)
        with process(tmp_path, api, **settings(tmp_path)):
            api.wait_for(lambda: SAID[-1] in "".join(one.text for one in api.sent(ann)), START)
    texts = list(dict.fromkeys(one.text for one in api.sent(ann)))
    assert len(texts) == len(QUESTIONS)
    assert all(said in text for said, text in zip(SAID, texts, strict=True))
    assert len(api.sent(ann)) <= len(QUESTIONS) + TWICE[moment]
    turns = History(tmp_path / "data" / "conversations.db").turns(f"telegram/{ann.id}/0")
    assert [turn.question for turn in turns] == QUESTIONS


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
