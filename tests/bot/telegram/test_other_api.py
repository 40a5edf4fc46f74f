"""The bot against a Bot API server that others wrote; run with ONRECORD_TEST_NPM=1 where npm is at hand."""

import os
import shutil
from pathlib import Path

import pytest

from retrieval.index.store import Store
from tests.bot_api.other_bot_api import install, other_bot_api
from tests.support.telegram_bot import ANSWERED, ASKED, answering, opened

pytestmark = [
    pytest.mark.skipif(not os.environ.get("ONRECORD_TEST_NPM"), reason="ONRECORD_TEST_NPM is not set"),
    pytest.mark.skipif(not shutil.which("npm"), reason="npm is not installed"),
]


def test_questions_commands_and_buttons_are_answered(tmp_path: Path, newsroom_copy: Store) -> None:
    install(tmp_path)
    with other_bot_api(tmp_path) as other:
        app = opened(newsroom_copy, token=other.token, host=other.base_url.removesuffix("/bot"))
        with answering(app):
            other.says(ASKED)
            answer = other.answer()
            assert ANSWERED in answer["message"]["text"]
            other.says("/start")
            assert "Try one of these" in other.answer()["message"]["text"]
            buttons = [row[0] for row in answer["message"]["reply_markup"]["inline_keyboard"]]
            quotes = next(one for one in buttons if "quotes" in one["text"])
            other.presses(quotes["callback_data"], answer)
            assert "The toll will pay" in other.answer()["message"]["text"]
        app.search.close()
