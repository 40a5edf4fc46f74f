"""What a press says is not believed: a button works in the conversation of its answer, for those who may ask there."""

import sqlite3
from pathlib import Path
from random import Random
from typing import Any

import pytest

from retrieval.catalog.database.schema import version_table
from retrieval.index.store import Store
from tests.bot_api.server_process import BotApi
from tests.bot_api.state import Query, Sent, User
from tests.support.telegram_bot import ANSWERED, ASKED, asks, chatting, reply

FORGED = 200
KINDS = [("yes", ""), ("no", ""), ("why", ":0"), ("quotes", ""), ("ask", ":0")]
REFUSED = "This answer is no longer kept."
MALFORMED = ["", "why:{}:99", "why:{}", "ask:{}:77", "ask:{}", f"yes:{'9' * 50}", "yes:٣", "no:", "ask:{}:0:0", "all"]


def press(api: BotApi, user: User, message: Sent, data: str) -> Query:
    """A press with data of the presser's own making, below a message that the presser sees."""
    with api.changed:
        query = Query(f"forged-{next(api._numbers)}", user, api.clock(), data)
        api.presses_made[query.id] = query
        raw = {"id": query.id, "from": user.as_json(), "chat_instance": "1", "data": data}
        api.updates.put("callback_query", raw | {"message": message.chat.messages[message.id]})
        return query


def reply_to(api: BotApi, query: Query) -> str:
    return str(api.wait_for(lambda: query.answer, 20).get("text", ""))  # type: ignore[union-attr]


def data_of(message: Sent) -> list[str]:
    return [button.data for button in message.buttons if button.data]


def test_presses_forged_by_another_user_are_not_obeyed(newsroom: Store, tmp_path: Path) -> None:
    random = Random(17)
    with BotApi().serving() as api, chatting(newsroom, api, data=tmp_path):
        ann, mallory = api.user("Ann"), api.user("Mallory")
        of_ann, own = asks(api, ann), asks(api, mallory)
        ids = [number for (number,) in rows(tmp_path, "SELECT id FROM questions")]
        stolen = [*data_of(of_ann), data_of(of_ann)[0].replace("yes", "why") + ":0"]
        guessed = [f"{kind}:{number}{more}" for kind, more in KINDS for number in range(min(ids) - 2, max(ids) + 3)]
        forged = random.choices([*stolen, *guessed], k=FORGED)
        answers = [reply_to(api, press(api, mallory, own, data)) for data in forged]
        assert answers == [REFUSED] * FORGED
        assert rows(tmp_path, "SELECT count(*) FROM questions WHERE helpful IS NOT NULL") == [(0,)]
    assert len(api.sent(mallory)) == len(api.sent(ann)) == 1


def rows(folder: Path, sql: str) -> list[Any]:
    database = sqlite3.connect(folder / "telegram.db")
    try:
        return database.execute(sql).fetchall()
    finally:
        database.close()


@pytest.mark.parametrize("form", MALFORMED)
def test_malformed_presses_are_refused_and_alert_nobody(form: str, newsroom: Store) -> None:
    with BotApi().serving() as api:
        ann, chief = api.user("Ann"), api.user("Chief")
        with chatting(newsroom, api, telegram_admins=frozenset({chief.id})):
            answer = asks(api, ann)
            reference = data_of(answer)[0].partition(":")[2]
            assert reply_to(api, press(api, ann, answer, form.replace("{}", reference))) == REFUSED
    assert not api.sent(chief)


def test_in_a_group_with_conversations_apart_a_button_is_its_askers(newsroom: Store) -> None:
    with BotApi().serving() as api, chatting(newsroom, api, telegram_history_per_user=True):
        ann, bob = api.user("Ann"), api.user("Bob")
        group = api.supergroup("Readers", ann, bob)
        api.says(group, ann, f"@onrecord_bot {ASKED}")
        answer = reply(api, group)
        for data in data_of(answer):
            assert reply_to(api, press(api, bob, answer, data)) == REFUSED
        assert reply_to(api, press(api, ann, answer, data_of(answer)[0])) == "Thank you."


def test_in_a_group_that_shares_its_conversation_everybody_may_press(newsroom: Store) -> None:
    with BotApi().serving() as api, chatting(newsroom, api):
        ann, bob = api.user("Ann"), api.user("Bob")
        group = api.supergroup("Readers", ann, bob)
        api.says(group, ann, f"@onrecord_bot {ASKED}")
        answer = reply(api, group)
        assert reply_to(api, press(api, bob, answer, data_of(answer)[0])) == "Thank you."


def test_a_user_who_is_not_let_in_any_more_cannot_press(newsroom: Store, tmp_path: Path) -> None:
    with BotApi().serving() as api:
        ann = api.user("Ann")
        with chatting(newsroom, api, data=tmp_path):
            answer = asks(api, ann)
        with chatting(newsroom, api, data=tmp_path, telegram_allowed_users=frozenset({1})):
            assert "not open to everybody" in reply_to(api, press(api, ann, answer, f"quotes:{data_of(answer)[0][4:]}"))
    assert len(api.sent(ann)) == 1


def test_buttons_of_an_earlier_version_work_in_their_own_chat_alone(newsroom: Store, tmp_path: Path) -> None:
    with BotApi().serving() as api:
        ann, mallory = api.user("Ann"), api.user("Mallory")
        with chatting(newsroom, api, data=tmp_path):
            answer, own = asks(api, ann), asks(api, mallory)
        number = rows(tmp_path, f"SELECT id FROM questions WHERE reader = {ann.id}")[0][0]
        with sqlite3.connect(tmp_path / "telegram.db") as database:
            database.execute("DROP INDEX questions_by_reference")
            database.execute("ALTER TABLE questions DROP COLUMN reference")
            database.execute(f"DROP TABLE {version_table('telegram')}")
            database.execute("PRAGMA user_version = 0")
        database.close()
        with chatting(newsroom, api, data=tmp_path):
            assert reply_to(api, press(api, mallory, own, f"quotes:{number}")) == REFUSED
            assert reply_to(api, press(api, ann, answer, f"yes:{number}")) == "Thank you."
            press(api, ann, answer, f"quotes:{number}")
            assert ANSWERED in reply(api, ann, 1).text
