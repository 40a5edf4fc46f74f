"""Messages: what the stand-in for Telegram takes from the real library, keeps and refuses."""

import asyncio
from collections.abc import Iterator

import httpx
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters

from tests.bot_api.calls import buttons, call, refusal, result
from tests.bot_api.methods import NOT_MODIFIED
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


def test_the_library_sends_edits_and_deletes(api: BotApi, ann: User) -> None:
    async def talk() -> None:
        async with Bot(api.token, base_url=api.base_url) as bot:
            assert bot.username == "onrecord_bot"
            keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Helpful", callback_data="yes")]])
            message = await bot.send_message(
                ann.id,
                "<b>One</b> <a href='https://example.org/a'>[1]</a>",
                parse_mode="HTML",
                reply_markup=keyboard,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                disable_notification=True,
            )
            assert message.text == "One [1]"
            await message.edit_text("Two")
            await (await bot.send_message(ann.id, "gone")).delete()
            await bot.send_document(ann.id, b"all of it", caption="Yours", filename="all.json")

    asyncio.run(talk())
    one, other = api.sent(ann)
    assert (one.text, [text for _, text in one.edits], one.buttons) == ("Two", ["One [1]"], [])
    assert (one.preview, one.silent) == ({"is_disabled": True}, True)
    assert (other.text, other.document) == ("Yours", b"all of it")
    assert [sent.text for sent in api.sent(ann, deleted=True)] == ["Two", "gone", "Yours"]


def test_links_marks_and_buttons_are_read_off_a_message(api: BotApi, ann: User) -> None:
    text = "😀 <a href='https://example.org'>[1]</a> <blockquote expandable>said</blockquote>"
    result(api, "sendMessage", chat_id=ann.id, text=text, parse_mode="HTML", reply_markup=buttons("a", "b"))
    (sent,) = api.sent(ann)
    assert sent.links == [("[1]", "https://example.org/")]
    assert sent.marked("expandable_blockquote") == ["said"]
    assert [button.data for button in sent.buttons] == ["a", "b"]


@pytest.mark.parametrize("token", ["1:wrong", "no-token"])
def test_a_wrong_token_is_refused(api: BotApi, token: str) -> None:
    answer = call(api, "getMe", token=token)
    assert (answer["error_code"], answer["description"]) in [(401, "Unauthorized"), (404, "Not Found")]
    assert (answer["error_code"] == 401) is (token == "1:wrong")


@pytest.mark.parametrize("method", ["noSuchMethod", "formatted", "methodName", "wait_for"])
def test_an_unknown_method_is_not_found(api: BotApi, method: str) -> None:
    assert refusal(api, method) == "Not Found"


def test_forms_queries_and_json_say_the_same(api: BotApi, ann: User) -> None:
    url = f"{api.base_url}{api.token}/sendMessage"
    given = {"chat_id": str(ann.id), "text": "é&😀"}
    for answer in (
        httpx.get(url, params=given),
        httpx.post(url, data=given),
        httpx.post(url, json=given),
        httpx.post(url, data=given, files={"unused": b"x"}),
    ):
        assert answer.json()["result"]["text"] == "é&😀"


@pytest.mark.parametrize(
    ("text", "more", "reason"),
    [
        ("", {}, "message text is empty"),
        (" \n ", {}, "text must be non-empty"),
        ("<b> </b>", {"parse_mode": "HTML"}, "text must be non-empty"),
        ("😀" * 2049, {}, "message is too long"),
        ("<p>a</p>", {"parse_mode": "HTML"}, 'can\'t parse entities: Unsupported start tag "p" at byte offset 0'),
        ("a.", {"parse_mode": "MarkdownV2"}, "can't parse entities: Character '.' is reserved and must be escaped"),
        ("a", {"parse_mode": "BBCode"}, "unsupported parse_mode"),
        ("a", {"entities": [{"type": "bold", "offset": 0, "length": 2}]}, "ends after the end of the text"),
        ("a", {"entities": "nonsense"}, "can't parse entities JSON object"),
        ("a", {"message_thread_id": 99}, "message thread not found"),
        ("a", {"reply_parameters": {"message_id": 99}}, "message to be replied not found"),
        ("a", {"chat_id": 77}, "chat not found"),
        ("a", {"chat_id": ""}, "chat_id is empty"),
        ("a", {"reply_markup": {"inline_keyboard": [[{"text": "a"}]]}}, "Text buttons are unallowed"),
    ],
)
def test_a_message_against_the_rules_is_refused(
    api: BotApi, ann: User, text: str, more: dict[str, object], reason: str
) -> None:
    said = refusal(api, "sendMessage", **{"chat_id": ann.id, "text": text} | more)
    assert said.startswith("Bad Request: ")
    assert reason in said
    assert api.sent(ann) == []
    assert api.refused_with(400) == [said]


def test_what_readers_would_miss_is_noted(api: BotApi, ann: User) -> None:
    text = "<a href='file:///a'>a</a>" + "<b>x</b> " * 101
    result(api, "sendMessage", chat_id=ann.id, text=text, parse_mode="HTML")
    assert [one.what for one in api.violations] == ["link dropped: 'file:///a'", "more than 100 entities: 101"]


def test_a_reply_to_what_is_gone_can_be_sent_all_the_same(api: BotApi, ann: User) -> None:
    async def reply() -> None:
        async with Bot(api.token, base_url=api.base_url) as bot:
            await bot.send_message(ann.id, "a", reply_parameters=ReplyParameters(99, allow_sending_without_reply=True))
            await bot.send_message(ann.id, "b", reply_parameters=ReplyParameters(said.id, quote="question"))

    said = api.says(ann, "My question")
    asyncio.run(reply())
    assert [sent.reply_to for sent in api.sent(ann)] == [None, said.id]
    wrong = {"message_id": said.id, "quote": "answer"}
    assert "QUOTE_TEXT_INVALID" in refusal(api, "sendMessage", chat_id=ann.id, text="c", reply_parameters=wrong)


def test_an_edit_changes_something_of_the_bots_own(api: BotApi, ann: User) -> None:
    said = api.says(ann, "Hello")
    sent = result(api, "sendMessage", chat_id=ann.id, text="Hi", reply_markup=buttons("a"))
    place = {"chat_id": ann.id, "message_id": sent["message_id"]}
    assert refusal(api, "editMessageText", **place, text=" Hi ", reply_markup=buttons("a")) == NOT_MODIFIED
    assert refusal(api, "editMessageReplyMarkup", **place, reply_markup=buttons("a")) == NOT_MODIFIED
    assert "message is too long" in refusal(api, "editMessageText", **place, text="a" * 4097)
    assert refusal(api, "editMessageText", chat_id=ann.id, message_id=99, text="a").endswith(
        "message to edit not found"
    )
    assert refusal(api, "editMessageText", chat_id=ann.id, message_id=said.id, text="a").endswith("can't be edited")
    assert result(api, "editMessageText", **place, text="Hi")["text"] == "Hi"
    assert api.sent(ann)[0].buttons == []
    result(api, "editMessageReplyMarkup", **place, reply_markup=buttons("b"))
    assert [button.data for button in api.sent(ann)[0].buttons] == ["b"]


def test_what_is_not_there_cannot_be_deleted(api: BotApi, ann: User) -> None:
    assert refusal(api, "deleteMessage", chat_id=ann.id, message_id=9) == "Bad Request: message to delete not found"
    numbers = [result(api, "sendMessage", chat_id=ann.id, text=text)["message_id"] for text in "ab"]
    assert result(api, "deleteMessages", chat_id=ann.id, message_ids=[*numbers, 99])
    assert api.sent(ann) == []


def test_drafts_are_for_private_chats_and_have_numbers(api: BotApi, ann: User) -> None:
    group = api.group("Desk", ann)
    draft = {"chat_id": ann.id, "draft_id": 7}
    assert result(api, "sendMessageDraft", **draft)
    assert result(api, "sendMessageDraft", **draft, text="<b>On</b>", parse_mode="HTML")
    assert [(one.id, one.text) for one in api.drafts(ann)] == [(7, ""), (7, "On")]
    assert refusal(api, "sendMessageDraft", chat_id=ann.id, draft_id=0, text="a").endswith("DRAFT_ID_INVALID")
    assert refusal(api, "sendMessageDraft", chat_id=group.id, draft_id=7, text="a").endswith("PEER_INVALID")
    assert refusal(api, "sendMessageDraft", **draft, text="a" * 4097).endswith("message is too long")
    assert "can't parse" in refusal(api, "sendMessageDraft", **draft, text="<b>", parse_mode="HTML")


def test_actions_are_known_and_timed(api: BotApi, ann: User) -> None:
    before = api.clock()
    assert result(api, "sendChatAction", chat_id=ann.id, action="typing")
    (action,) = api.actions(ann)
    assert action.kind == "typing"
    assert before <= action.at <= api.clock()
    assert "wrong parameter action" in refusal(api, "sendChatAction", chat_id=ann.id, action="dancing")


@pytest.mark.parametrize("method", ["sendMessage", "sendChatAction", "sendMessageDraft"])
def test_a_bot_that_was_blocked_is_told(api: BotApi, ann: User, method: str) -> None:
    api.blocks(ann)
    given = {"chat_id": ann.id, "text": "a", "action": "typing", "draft_id": 1}
    answer = call(api, method, **given)
    assert (answer["error_code"], answer["description"]) == (403, "Forbidden: bot was blocked by the user")
    api.unblocks(ann)
    assert result(api, method, **given)


BLOCKED = ["sendDocument", "editMessageText", "editMessageReplyMarkup", "deleteMessage", "deleteMessages"]


@pytest.mark.parametrize("method", [*BLOCKED, "setMessageReaction"])
def test_a_bot_that_was_blocked_changes_nothing_either(api: BotApi, ann: User, method: str) -> None:
    number = result(api, "sendMessage", chat_id=ann.id, text="a")["message_id"]
    api.blocks(ann)
    given = {"chat_id": ann.id, "message_id": number, "message_ids": [number], "text": "b"}
    assert refusal(api, method, **given) == "Forbidden: bot was blocked by the user"


def test_a_caption_has_at_most_1024_units(api: BotApi, ann: User) -> None:
    url = f"{api.base_url}{api.token}/sendDocument"
    for caption, status in (("😀" * 512, 200), ("😀" * 512 + "a", 400)):
        given = {"chat_id": str(ann.id), "caption": caption}
        assert httpx.post(url, data=given, files={"document": b"x"}).status_code == status
    assert "there is no document" in refusal(api, "sendDocument", chat_id=ann.id)


def test_waiting_ends_with_what_was_found_or_an_error(api: BotApi, ann: User) -> None:
    with pytest.raises(TimeoutError, match="nothing after"):
        api.wait_for(lambda: api.sent(ann), timeout=0.05)
    result(api, "sendMessage", chat_id=ann.id, text="a")
    assert api.wait_for(lambda: api.sent(ann))[0].text == "a"


def test_messages_are_numbered_upwards_in_each_chat(api: BotApi, ann: User) -> None:
    chats: list[Chat] = [api.private(ann), api.supergroup("Desk", ann)]
    for chat in chats:
        said = api.says(chat, ann, "a")
        assert result(api, "sendMessage", chat_id=chat.id, text="b")["message_id"] > said.id
