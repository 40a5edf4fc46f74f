"""Buttons, inline queries and commands."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from telegram import Bot, BotCommand, BotCommandScopeAllGroupChats, InlineQueryResultArticle, InputTextMessageContent

from tests.bot_api.calls import buttons, refusal, result
from tests.bot_api.methods import TOO_OLD
from tests.bot_api.server_process import UNLIMITED, BotApi
from tests.bot_api.state import User

pytestmark = pytest.mark.usefixtures("loopback")


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def api() -> Iterator[BotApi]:
    with BotApi(rates=UNLIMITED, clock=Clock()).serving() as serving:
        yield serving


@pytest.fixture
def ann(api: BotApi) -> User:
    return api.user("Ann")


def article(number: str = "1", text: str = "a", **more: Any) -> dict[str, Any]:
    return {"type": "article", "id": number, "title": "T", "input_message_content": {"message_text": text}} | more


def later(api: BotApi, seconds: float) -> None:
    assert isinstance(api.clock, Clock)
    api.clock.now += seconds


@pytest.mark.parametrize(
    ("button", "reason"),
    [
        ({"text": "a", "callback_data": "é" * 33}, "BUTTON_DATA_INVALID"),
        ({"text": "a", "callback_data": ""}, "BUTTON_DATA_INVALID"),
        ({"text": " ", "callback_data": "a"}, "BUTTON_TEXT_INVALID"),
        ({"callback_data": "a"}, 'Field "text" must be of type String'),
        ({"text": "a"}, "Text buttons are unallowed"),
        ({"text": "a", "callback_data": "a", "url": "https://a.org"}, "exactly one"),
        ({"text": "a", "url": "file:///a"}, "inline keyboard button URL 'file:///a' is invalid: Wrong HTTP URL"),
        ({"text": "a", "copy_text": {"text": "a" * 257}}, "BUTTON_COPY_TEXT_INVALID"),
    ],
)
def test_a_button_against_the_rules_is_refused(api: BotApi, ann: User, button: dict[str, Any], reason: str) -> None:
    markup = {"inline_keyboard": [[button]]}
    assert reason in refusal(api, "sendMessage", chat_id=ann.id, text="a", reply_markup=markup)


@pytest.mark.parametrize(
    "button",
    [
        {"text": "a", "callback_data": "a" * 64},
        {"text": "a", "url": "https://a.org"},
        {"text": "a", "copy_text": {"text": "a"}},
    ],
)
def test_a_button_within_the_rules_is_kept(api: BotApi, ann: User, button: dict[str, Any]) -> None:
    result(api, "sendMessage", chat_id=ann.id, text="a", reply_markup={"inline_keyboard": [[button]]})
    assert len(api.sent(ann)[0].buttons) == 1


def test_a_keyboard_has_at_most_a_hundred_buttons(api: BotApi, ann: User) -> None:
    hundred = list(map(str, range(100)))
    assert result(api, "sendMessage", chat_id=ann.id, text="a", reply_markup=buttons(*hundred))
    said = refusal(api, "sendMessage", chat_id=ann.id, text="a", reply_markup=buttons(*hundred, "more"))
    assert said == "Bad Request: reply markup is too long"


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        ({"buttons": []}, "can't parse reply keyboard markup JSON object"),
        ({"inline_keyboard": [{"text": "a", "callback_data": "a"}]}, "expected an Array of Array"),
    ],
)
def test_a_keyboard_of_unknown_shape_is_refused(api: BotApi, ann: User, markup: object, reason: str) -> None:
    assert reason in refusal(api, "sendMessage", chat_id=ann.id, text="a", reply_markup=markup)


def test_rows_too_wide_to_read_are_noted(api: BotApi, ann: User) -> None:
    row = [{"text": "a", "callback_data": str(at)} for at in range(9)]
    result(api, "sendMessage", chat_id=ann.id, text="a", reply_markup={"inline_keyboard": [row]})
    assert [one.what for one in api.violations] == ["9 buttons in a row"]


def test_a_press_is_answered_once_and_in_time(api: BotApi, ann: User) -> None:
    result(api, "sendMessage", chat_id=ann.id, text="a", reply_markup=buttons("yes"))
    button = api.sent(ann)[0].buttons[0]
    press = api.presses(button)
    (update,) = result(api, "getUpdates")
    assert update["callback_query"]["data"] == "yes"
    assert update["callback_query"]["message"]["text"] == "a"
    assert "MESSAGE_TOO_LONG" in refusal(api, "answerCallbackQuery", callback_query_id=press.id, text="a" * 201)
    result(api, "answerCallbackQuery", callback_query_id=press.id, text="Thanks")
    assert press.answer == {"callback_query_id": press.id, "text": "Thanks"}
    assert refusal(api, "answerCallbackQuery", callback_query_id=press.id) == TOO_OLD
    assert refusal(api, "answerCallbackQuery", callback_query_id="unknown") == TOO_OLD
    late = api.presses(button)
    later(api, 11)
    assert refusal(api, "answerCallbackQuery", callback_query_id=late.id) == TOO_OLD


def test_a_button_that_is_gone_cannot_be_pressed(api: BotApi, ann: User) -> None:
    number = result(api, "sendMessage", chat_id=ann.id, text="a", reply_markup=buttons("yes"))["message_id"]
    button = api.sent(ann)[0].buttons[0]
    result(api, "editMessageReplyMarkup", chat_id=ann.id, message_id=number)
    with pytest.raises(AssertionError, match="the button is gone"):
        api.presses(button)


def test_the_library_answers_an_inline_query(api: BotApi, ann: User) -> None:
    query = api.queries_inline(ann, "minister")

    async def answer() -> None:
        async with Bot(api.token, base_url=api.base_url) as bot:
            assert bot.supports_inline_queries
            (update,) = await bot.get_updates()
            content = InputTextMessageContent("<b>said</b>", parse_mode="HTML")
            assert update.inline_query
            await update.inline_query.answer([InlineQueryResultArticle("1", "Quote", content)])

    asyncio.run(answer())
    (found,) = query.results
    assert found["title"] == "Quote"
    assert found["input_message_content"]["parsed"].text == "said"


@pytest.mark.parametrize(
    ("results", "reason"),
    [
        ([article(str(at)) for at in range(51)], "RESULTS_TOO_MUCH"),
        ([article("1"), article("1")], "RESULT_ID_DUPLICATE"),
        ([article("a" * 65)], "RESULT_ID_INVALID"),
        ([article("")], "RESULT_ID_INVALID"),
        ([article(title="")], '"title" must be non-empty'),
        ([{"type": "article", "id": "1", "title": "a"}], '"message_text" must be specified'),
        ([article(type="poem")], "unallowed result type"),
        ([article(text="a" * 4097)], "message is too long"),
        ([article(text="")], "text must be non-empty"),
        ([article(input_message_content={"message_text": "<p>", "parse_mode": "HTML"})], "can't parse entities"),
        ([article(reply_markup=buttons(""))], "BUTTON_DATA_INVALID"),
        ("none", "can't parse results"),
        ({"none": 1}, "can't parse inline query results JSON object"),
    ],
)
def test_inline_results_against_the_rules_are_refused(api: BotApi, ann: User, results: Any, reason: str) -> None:
    query = api.queries_inline(ann, "a")
    assert reason in refusal(api, "answerInlineQuery", inline_query_id=query.id, results=results)
    assert query.answer is None


def test_fifty_results_and_a_button_are_taken_within_ten_seconds(api: BotApi, ann: User) -> None:
    query, late = api.queries_inline(ann, "a"), api.queries_inline(ann, "b")
    fifty = [article(str(at)) for at in range(50)]
    bad = {"text": "Ask", "start_parameter": "no blanks"}
    assert "START_PARAM" in refusal(api, "answerInlineQuery", inline_query_id=query.id, results=fifty, button=bad)
    said = refusal(api, "answerInlineQuery", inline_query_id=query.id, results=fifty, next_offset="a" * 65)
    assert said.endswith("NEXT_OFFSET_INVALID")
    good = bad | {"start_parameter": "ask"}
    result(api, "answerInlineQuery", inline_query_id=query.id, results=fifty, button=good, next_offset="50")
    assert len(query.results) == 50
    later(api, 11)
    assert refusal(api, "answerInlineQuery", inline_query_id=late.id, results=[]) == TOO_OLD


def test_commands_are_kept_for_each_scope_and_language(api: BotApi) -> None:
    async def register() -> None:
        async with Bot(api.token, base_url=api.base_url) as bot:
            await bot.set_my_commands([BotCommand("start", "Begin")])
            await bot.set_my_commands([("ask", "Ask")], scope=BotCommandScopeAllGroupChats(), language_code="de")
            assert [one.command for one in await bot.get_my_commands()] == ["start"]
            await bot.delete_my_commands()

    asyncio.run(register())
    assert api.commands == {("all_group_chats", "de"): [{"command": "ask", "description": "Ask"}]}


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"commands": [{"command": "Ask", "description": "a"}]}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "a" * 33, "description": "a"}]}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "ask", "description": ""}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"commands": [{"command": "ask", "description": "a" * 257}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"commands": [{"command": f"a{at}", "description": "a"} for at in range(101)]}, "BOT_COMMANDS_TOO_MUCH"),
        ({"commands": "ask"}, "can't parse commands JSON object"),
        ({"commands": {"ask": "a"}}, "expected an Array of BotCommand"),
        ({"commands": [], "scope": {"type": "everybody"}}, "Unsupported type specified"),
        ({"commands": [], "scope": {"type": "chat"}}, "chat_id or user_id is missing"),
        ({"commands": [], "language_code": "deutsch"}, "invalid language code"),
    ],
)
def test_commands_against_the_rules_are_refused(api: BotApi, given: dict[str, Any], reason: str) -> None:
    assert reason in refusal(api, "setMyCommands", **given)


@pytest.mark.parametrize(
    ("method", "name", "most"),
    [
        ("setMyName", "name", 64),
        ("setMyDescription", "description", 512),
        ("setMyShortDescription", "short_description", 120),
    ],
)
def test_what_a_bot_says_of_itself_is_limited(api: BotApi, method: str, name: str, most: int) -> None:
    assert result(api, method, **{name: "a" * most})
    assert "too long" in refusal(api, method, **{name: "a" * (most + 1)})
    assert api.profile == {name: "a" * most}
