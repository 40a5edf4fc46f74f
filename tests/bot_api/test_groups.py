"""Groups: what a bot in privacy mode sees, threads, moving, kicking."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.bot_api.calls import call, refusal, result
from tests.bot_api.server_process import UNLIMITED, BotApi
from tests.bot_api.state import Chat, User

pytestmark = pytest.mark.usefixtures("loopback")


@pytest.fixture
def api() -> Iterator[BotApi]:
    with BotApi(rates=UNLIMITED).serving() as serving:
        yield serving


@pytest.fixture
def ann(api: BotApi) -> User:
    return api.user("Ann")


@pytest.fixture
def desk(api: BotApi, ann: User) -> Chat:
    return api.supergroup("Desk", ann, forum=True, admin=api.user("Eve"))


def seen(api: BotApi) -> list[dict[str, Any]]:
    return [one.get("message", one) for one in result(api, "getUpdates")]


def test_in_privacy_mode_a_bot_sees_only_what_is_meant_for_it(api: BotApi, ann: User, desk: Chat) -> None:
    number = result(api, "sendMessage", chat_id=desk.id, text="Ask me")["message_id"]
    for text in ("Hello all", "/ask a", "/ask@onrecord_bot b", "/ask@other_bot c", "what @OnRecord_Bot", "a@onrecord"):
        api.says(desk, ann, text)
    api.says(desk, ann, "And then?", reply_to=desk.sent[number])
    assert [one["text"] for one in seen(api)] == ["/ask a", "/ask@onrecord_bot b", "what @OnRecord_Bot", "And then?"]


@pytest.mark.parametrize("promoted", [True, False])
def test_an_administrator_or_a_bot_without_privacy_sees_all(api: BotApi, ann: User, desk: Chat, promoted: bool) -> None:
    if promoted:
        api.promotes(desk)
    else:
        api.privacy = False
    api.says(desk, ann, "Hello all")
    assert seen(api)[-1]["text"] == "Hello all"


def test_commands_mentions_and_addresses_are_found_in_what_people_write(api: BotApi, ann: User, desk: Chat) -> None:
    api.says(desk, ann, "/ask@onrecord_bot 😀 @bob_b https://example.org/a #news a/b x@y.org")
    (message,) = seen(api)
    encoded = message["text"].encode("utf-16-le")
    found = [(one["type"], encoded[2 * one["offset"] :][: 2 * one["length"]]) for one in message["entities"]]
    assert [(kind, words.decode("utf-16-le")) for kind, words in found] == [
        ("bot_command", "/ask@onrecord_bot"),
        ("mention", "@bob_b"),
        ("url", "https://example.org/a"),
        ("hashtag", "#news"),
    ]


def test_a_thread_is_written_to_until_it_is_deleted(api: BotApi, ann: User, desk: Chat) -> None:
    thread = api.topic(desk, "Budget")
    api.says(desk, ann, "@onrecord_bot why?", thread=thread)
    (message,) = seen(api)
    assert (message["message_thread_id"], message["is_topic_message"], message["chat"]["is_forum"]) == (
        thread,
        True,
        True,
    )
    place = {"chat_id": desk.id, "message_thread_id": thread}
    result(api, "sendMessage", **place, text="Because")
    result(api, "sendChatAction", **place, action="typing")
    assert (api.sent(desk)[0].thread, api.actions(desk)[0].thread) == (thread, thread)
    api.deletes_thread(desk, thread)
    assert refusal(api, "sendMessage", **place, text="More") == "Bad Request: message thread not found"
    assert refusal(api, "sendChatAction", **place, action="typing") == "Bad Request: message thread not found"


def test_a_group_that_moved_says_where_to(api: BotApi, ann: User) -> None:
    group = api.group("Desk", ann)
    new = api.migrates(group)
    answer = call(api, "sendMessage", chat_id=group.id, text="a")
    assert (answer["error_code"], answer["parameters"]) == (400, {"migrate_to_chat_id": new.id})
    assert "upgraded to a supergroup" in answer["description"]
    gone, come = seen(api)
    assert (gone["chat"]["id"], gone["migrate_to_chat_id"]) == (group.id, new.id)
    assert (come["chat"]["id"], come["migrate_from_chat_id"]) == (new.id, group.id)
    assert result(api, "sendMessage", chat_id=new.id, text="a")


def test_a_bot_that_was_kicked_hears_and_says_nothing_more(api: BotApi, ann: User, desk: Chat) -> None:
    group = api.group("Club", ann)
    for chat, kind in ((group, "group"), (desk, "supergroup")):
        api.kicks(chat)
        answer = call(api, "sendMessage", chat_id=chat.id, text="a")
        assert (answer["error_code"], answer["description"]) == (403, f"Forbidden: bot was kicked from the {kind} chat")
        api.says(chat, ann, "/ask a")
    assert [one["my_chat_member"]["new_chat_member"]["status"] for one in seen(api)] == ["kicked", "kicked"]
    api.adds(group)
    assert result(api, "sendMessage", chat_id=group.id, text="a")


def test_a_bot_that_left_may_not_write(api: BotApi, ann: User, desk: Chat) -> None:
    result(api, "leaveChat", chat_id=desk.id)
    assert refusal(api, "sendMessage", chat_id=desk.id, text="a").startswith("Forbidden: bot is not a member")
    assert "private" in refusal(api, "leaveChat", chat_id=ann.id)


def test_chats_and_members_can_be_asked_about(api: BotApi, ann: User, desk: Chat) -> None:
    eve, stranger = api.users[ann.id + 1], api.user("Zoe")
    about = result(api, "getChat", chat_id=desk.id)
    assert (about["title"], about["type"], about["is_forum"]) == ("Desk", "supergroup", True)
    ranks = [result(api, "getChatMember", chat_id=desk.id, user_id=who.id)["status"] for who in (eve, ann, stranger)]
    assert ranks == ["creator", "member", "left"]
    assert [one["user"]["id"] for one in result(api, "getChatAdministrators", chat_id=desk.id)] == [eve.id]
    assert result(api, "getChatMemberCount", chat_id=desk.id) == 3
    assert "no administrators" in refusal(api, "getChatAdministrators", chat_id=ann.id)
    assert "PARTICIPANT_ID_INVALID" in refusal(api, "getChatMember", chat_id=desk.id, user_id=5)


def test_only_administrators_delete_what_others_wrote(api: BotApi, ann: User, desk: Chat) -> None:
    said = api.says(desk, ann, "/ask a")
    assert "can't be deleted" in refusal(api, "deleteMessage", chat_id=desk.id, message_id=said.id)
    api.promotes(desk)
    assert result(api, "deleteMessage", chat_id=desk.id, message_id=said.id)


def test_a_message_that_its_author_deleted_cannot_be_replied_to(api: BotApi, ann: User) -> None:
    said = api.says(ann, "a")
    api.deletes(said)
    reply = {"message_id": said.id}
    assert "to be replied not found" in refusal(api, "sendMessage", chat_id=ann.id, text="b", reply_parameters=reply)


@pytest.mark.parametrize("kind", ["voice", "sticker", "photo"])
def test_people_send_more_than_text(api: BotApi, ann: User, kind: str) -> None:
    getattr(api, f"sends_{kind}")(ann)
    (message,) = seen(api)
    assert kind in message
    assert "text" not in message
