"""What goes wrong between the bot and Telegram is said in one sentence, and mended where it can be."""

import logging
import sys
import traceback

import pytest

from bot.telegram.logs import RedactingFormatter
from retrieval.errors import UsageError
from retrieval.index.store import Store
from tests.bot_api.server_process import BotApi
from tests.support.command_line import Onrecord
from tests.support.telegram_bot import ANSWERED, asks, chatting


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_refused_message_is_sent_again(status: int, newsroom: Store) -> None:
    with BotApi().serving() as api, chatting(newsroom, api):
        ann = api.user("Ann")
        api.fails("sendMessage", status)
        assert ANSWERED in asks(api, ann).text
    assert len(api.sent(ann)) == 1


def test_a_connection_that_is_lost_before_the_message_arrives_costs_nothing(newsroom: Store) -> None:
    with BotApi().serving() as api, chatting(newsroom, api):
        ann = api.user("Ann")
        api.drops(2, "sendMessage")
        assert ANSWERED in asks(api, ann).text
    assert len(api.sent(ann)) == 1


def test_polling_goes_on_after_the_network_was_lost(newsroom: Store) -> None:
    with BotApi().serving() as api, chatting(newsroom, api):
        ann = api.user("Ann")
        api.drops(2, "getUpdates")
        assert ANSWERED in asks(api, ann).text


def test_telegram_may_come_later_than_the_bot(newsroom: Store) -> None:
    with BotApi().serving() as api:
        api.fails("getMe", 502, 1)
        with chatting(newsroom, api):
            assert ANSWERED in asks(api, api.user("Ann")).text


def test_a_second_poller_is_named_and_the_bot_goes_on_when_it_is_gone(
    newsroom: Store, caplog: pytest.LogCaptureFixture
) -> None:
    with BotApi().serving() as api, chatting(newsroom, api):
        ann = api.user("Ann")
        api.fails("getUpdates", 409, 2)
        assert ANSWERED in asks(api, ann).text
    assert len([record for record in caplog.records if "Another process is polling" in record.message]) == 1


def test_refused_formatting_is_sent_as_plain_text(newsroom: Store) -> None:
    with BotApi().serving() as api, chatting(newsroom, api):
        ann = api.user("Ann")
        api.fails("sendMessage", 400)
        answer = asks(api, ann)
    assert ANSWERED in answer.text and "Quay Gazette" in answer.text
    assert not answer.entities


@pytest.mark.parametrize("token", ["12:wrong", "nonsense", "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaX"])
def test_a_wrong_token_is_named_without_being_shown(
    token: str, newsroom: Store, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        BotApi().serving() as api,
        pytest.raises(UsageError, match=r"^Telegram does not know the token") as wrong,
        chatting(newsroom, api, telegram_bot_token=token),
    ):
        pass
    assert token not in "".join(traceback.format_exception(wrong.value)) + caplog.text


def test_a_wrong_token_ends_the_command_with_one_sentence(onrecord_process: Onrecord) -> None:
    with BotApi().serving() as api:
        done = onrecord_process("telegram", TELEGRAM_BOT_TOKEN="12:wrong", ONRECORD_TELEGRAM_API_URL=api.host)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("onrecord: Telegram does not know the token")
    assert "12:wrong" not in done.stderr


def test_without_a_token_one_sentence_says_how_to_get_one(onrecord_process: Onrecord) -> None:
    done = onrecord_process("telegram")
    assert done.returncode == 2
    assert "@BotFather" in done.stderr and len(done.stderr.splitlines()) == 1


def test_a_webhook_without_a_secret_is_refused(onrecord_process: Onrecord) -> None:
    done = onrecord_process(
        "telegram", TELEGRAM_BOT_TOKEN="1:a", ONRECORD_TELEGRAM_WEBHOOK_URL="https://example.org/hook"
    )
    assert done.returncode == 2
    assert "ONRECORD_TELEGRAM_WEBHOOK_SECRET" in done.stderr and "Traceback" not in done.stderr


def test_the_token_is_struck_out_of_the_log_and_its_tracebacks() -> None:
    try:
        raise ValueError("https://api.telegram.org/bot1:secret/getMe")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "bot%s", ("1:secret",), sys.exc_info())
    text = RedactingFormatter("1:secret").format(record)
    assert "secret" not in text and "Traceback" in text
