"""What Telegram refuses in keyboards, inline results, commands and webhooks."""

import re
from typing import Any
from urllib.parse import urlsplit

from tests.bot_api.entities import Refusal, checked_link, units

MOST_BUTTONS = 100
BUTTON_KINDS = {"callback_data", "url", "switch_inline_query", "switch_inline_query_current_chat"}
BUTTON_KINDS |= {"switch_inline_query_chosen_chat", "web_app", "login_url", "copy_text", "pay", "callback_game"}
MARKUPS = {"inline_keyboard", "keyboard", "remove_keyboard", "force_reply"}
ACTIONS = {"typing", "choose_sticker", "find_location"} | {
    f"{what}_{kind}" for what in ("upload", "record") for kind in ("video", "voice", "video_note")
}
ACTIONS |= {"upload_photo", "upload_document"}
SCOPES = {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}
CHAT_SCOPES = {"chat", "chat_administrators", "chat_member"}
RESULTS = {"article", "photo", "gif", "mpeg4_gif", "video", "audio", "voice", "document", "location", "venue"}
RESULTS |= {"contact", "game", "sticker"}


def check_markup(markup: Any) -> list[str]:
    """Raises for a keyboard that Telegram refuses; names what it would only show badly."""
    if markup is None:
        return []
    if not isinstance(markup, dict) or not MARKUPS & markup.keys():
        raise Refusal("Bad Request: can't parse reply keyboard markup JSON object")
    rows = markup.get("inline_keyboard", [])
    if not all(isinstance(row, list) for row in rows):
        raise Refusal("Bad Request: can't parse inline keyboard button: expected an Array of Array")
    for row in rows:
        for button in row:
            _check_button(button)
    if sum(map(len, rows)) > MOST_BUTTONS:
        raise Refusal("Bad Request: reply markup is too long")
    return [f"{len(row)} buttons in a row" for row in rows if len(row) > 8]


def _check_button(button: Any) -> None:
    start = "Bad Request: can't parse inline keyboard button:"
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise Refusal(f'{start} Field "text" must be of type String')
    if not button["text"].strip():
        raise Refusal("Bad Request: BUTTON_TEXT_INVALID")
    kinds = BUTTON_KINDS & button.keys()
    if not kinds:
        raise Refusal(f"{start} Text buttons are unallowed in the inline keyboard")
    if len(kinds) > 1:
        raise Refusal(f"{start} exactly one of the optional fields must be used")
    if "callback_data" in button and not 1 <= len(str(button["callback_data"]).encode()) <= 64:
        raise Refusal("Bad Request: BUTTON_DATA_INVALID")
    if "url" in button and checked_link(button["url"]) is None:
        raise Refusal(f"Bad Request: inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    if "copy_text" in button and not 1 <= len(button["copy_text"].get("text", "")) <= 256:
        raise Refusal("Bad Request: BUTTON_COPY_TEXT_INVALID")


def check_action(action: str) -> None:
    if action not in ACTIONS:
        raise Refusal("Bad Request: wrong parameter action in request")


def check_commands(commands: Any) -> None:
    if not isinstance(commands, list):
        raise Refusal("Bad Request: can't parse commands: expected an Array of BotCommand")
    if len(commands) > 100:
        raise Refusal("Bad Request: BOT_COMMANDS_TOO_MUCH")
    for one in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", str(one.get("command", "")).removeprefix("/")):
            raise Refusal("Bad Request: BOT_COMMAND_INVALID")
        if not 1 <= len(str(one.get("description", "")).strip()) <= 256:
            raise Refusal("Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")


def scope_key(scope: Any, language: str) -> tuple[str, ...]:
    """What tells one list of commands from another."""
    kind = (scope or {"type": "default"}).get("type")
    if kind not in SCOPES | CHAT_SCOPES:
        raise Refusal("Bad Request: can't parse BotCommandScope: Unsupported type specified")
    if language and not re.fullmatch("[a-z]{2}", language):
        raise Refusal("Bad Request: invalid language code specified")
    where = [str(scope[name]) for name in ("chat_id", "user_id") if scope and name in scope]
    if len(where) != {"chat_member": 2}.get(kind, int(kind in CHAT_SCOPES)):
        raise Refusal("Bad Request: can't parse BotCommandScope: chat_id or user_id is missing")
    return (kind, *where, *([language] if language else []))


def check_results(results: Any) -> None:
    """Inline results; their texts are parsed by the caller."""
    if not isinstance(results, list):
        raise Refusal("Bad Request: can't parse inline query results JSON object")
    if len(results) > 50:
        raise Refusal("Bad Request: RESULTS_TOO_MUCH")
    seen = set[str]()
    for one in results:
        if one.get("type") not in RESULTS:
            raise Refusal("Bad Request: can't parse inline query result: unallowed result type")
        if not 1 <= len(str(one.get("id", "")).encode()) <= 64:
            raise Refusal("Bad Request: RESULT_ID_INVALID")
        if one["id"] in seen:
            raise Refusal("Bad Request: RESULT_ID_DUPLICATE")
        seen.add(one["id"])
        if one["type"] == "article" and not str(one.get("title", "")).strip():
            raise Refusal('Bad Request: can\'t parse inline query result: Field "title" must be non-empty')
        if one["type"] == "article" and "input_message_content" not in one:
            raise Refusal('Bad Request: can\'t parse inline query result: Field "message_text" must be specified')
        check_markup(one.get("reply_markup"))


def check_inline_button(button: Any) -> None:
    """The button above inline results, which leads to the bot."""
    if not button:
        return
    if not button.get("text") or ("start_parameter" in button) == ("web_app" in button):
        raise Refusal("Bad Request: can't parse inline query results button")
    if "start_parameter" in button and not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", button["start_parameter"]):
        raise Refusal("Bad Request: START_PARAM_INVALID")


def check_notice(text: str) -> None:
    """What a press is answered with."""
    if units(text) > 200:
        raise Refusal("Bad Request: MESSAGE_TOO_LONG")


def check_webhook(url: str, secret: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise Refusal("Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret):
        raise Refusal("Bad Request: secret token contains unallowed characters")
