"""Who may ask and how much: each refusal is one clear sentence."""

from pathlib import Path

import pytest

from bot.app.settings import read_settings
from retrieval.errors import UsageError
from retrieval.index.store import Store
from tests.bot_api.server_process import BotApi
from tests.support.telegram_bot import ANSWERED, asks, chatting, reply


def test_only_users_on_the_list_are_answered(newsroom: Store) -> None:
    with BotApi().serving() as api:
        ann, bob = api.user("Ann"), api.user("Bob")
        with chatting(newsroom, api, telegram_allowed_users=frozenset({ann.id})):
            assert ANSWERED in asks(api, ann).text
            assert f"your id is {bob.id}" in asks(api, bob).text
            assert f"your id is {bob.id}" in asks(api, bob, "/ask What did Brandt say?").text
            assert f"your id is {bob.id}" in asks(api, bob, "/quotes Brandt").text
            assert "30 days" in asks(api, bob, "/privacy").text
            made = api.queries_inline(bob, "ferries")
            api.wait_for(lambda: made.answered_at)
    assert made.results == []


def test_everybody_may_ask_in_a_chat_on_the_list(newsroom: Store) -> None:
    with BotApi().serving() as api:
        ann = api.user("Ann")
        group = api.supergroup("Readers", ann)
        with chatting(newsroom, api, telegram_allowed_chats=frozenset({group.id})):
            api.says(group, ann, "/ask What did Brandt say about the toll?")
            assert ANSWERED in reply(api, group).text
            assert "not open to everybody" in asks(api, ann).text


def test_too_many_questions_a_minute_are_declined_for_this_user_alone(newsroom: Store) -> None:
    with BotApi().serving() as api, chatting(newsroom, api, telegram_max_questions_per_minute=2):
        ann, bob = api.user("Ann"), api.user("Bob")
        assert ANSWERED in asks(api, ann).text and ANSWERED in asks(api, ann).text
        assert "2 questions a minute" in asks(api, ann).text
        assert ANSWERED in asks(api, bob).text


def test_a_daily_budget_is_for_all_but_the_admins(newsroom: Store) -> None:
    with BotApi().serving() as api:
        ann, bob, chief = api.user("Ann"), api.user("Bob"), api.user("Chief")
        with chatting(newsroom, api, telegram_max_questions_per_day=1, telegram_admins=frozenset({chief.id})):
            assert ANSWERED in asks(api, ann).text
            assert "Ask again tomorrow" in asks(api, bob).text
            assert ANSWERED in asks(api, chief).text


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("ONRECORD_TELEGRAM_ALLOWED_USERS", "12, ann"),
        ("ONRECORD_TELEGRAM_API_URL", "telegram.example.org"),
        ("ONRECORD_TELEGRAM_WEBHOOK_PORT", "99999"),
        ("ONRECORD_TELEGRAM_STREAMING", "sometimes"),
    ],
)
def test_a_wrong_setting_is_named(key: str, value: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(key, value)
    with pytest.raises(UsageError) as wrong:
        read_settings()
    assert str(wrong.value).startswith(f"{key} is {value!r}: ")
