"""The Bot API's methods, as far as a bot that answers in text needs them."""

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tests.bot_api import rules as rules
from tests.bot_api.entities import Formatted, Refusal, kept, message_text, parsed_entities, units
from tests.bot_api.html_markup import from_html
from tests.bot_api.markdown_markup import from_markdown
from tests.bot_api.request import Params
from tests.bot_api.state import Action, Chat, Draft, Query, Sent

if TYPE_CHECKING:
    from tests.bot_api.server_process import BotApi

NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"
PARSERS: Mapping[str, Callable[[str], tuple[str, list[dict[str, Any]]]]] = {
    "html": from_html,
    "markdownv2": from_markdown,
}


def formatted(api: "BotApi", method: str, text: str, mode: str, entities: Any) -> Formatted:
    """The text as readers get it; what they lose is noted."""
    if mode and mode.lower() not in PARSERS:
        raise Refusal("Bad Request: unsupported parse_mode")
    given = parsed_entities(entities) if entities and not mode else []
    plain, found = PARSERS[mode.lower()](text) if mode else (text, given)
    result = kept(plain, found)
    api.note(method, result.lost)
    return result


def _text(api: "BotApi", method: str, params: Params) -> Formatted:
    text = params.text("text")
    if not text:
        raise Refusal("Bad Request: message text is empty")
    return message_text(formatted(api, method, text, params.text("parse_mode"), params.json("entities")))


def send_message(api: "BotApi", params: Params) -> Any:
    chat = api.chat_of(params, "chat_id")
    chat.check_open()
    text = _text(api, "sendMessage", params)
    return _put(api, chat, params, text, {"text": text.text, "entities": text.entities})


def send_document(api: "BotApi", params: Params) -> Any:
    chat = api.chat_of(params, "chat_id")
    chat.check_open()
    name, content = params.file("document")
    caption = formatted(
        api, "sendDocument", params.text("caption"), params.text("parse_mode"), params.json("caption_entities")
    )
    if units(caption.text) > 1024:
        raise Refusal("Bad Request: message caption is too long")
    document = {"file_id": f"document-{name}", "file_unique_id": name, "file_name": name, "file_size": len(content)}
    said = {"document": document, "caption": caption.text, "caption_entities": caption.entities}
    result = _put(api, chat, params, caption, said)
    chat.sent[result["message_id"]].document = content
    return result


def _put(api: "BotApi", chat: Chat, params: Params, text: Formatted, content: dict[str, Any]) -> dict[str, Any]:
    """A new message of the bot."""
    thread = params.number("message_thread_id")
    chat.check_thread(thread)
    reply = _replied(chat, params)
    markup = params.json("reply_markup")
    api.note("sendMessage", rules.check_markup(markup))
    api.flood.count(chat.id, group=not chat.private, sending=True)
    preview = params.json("link_preview_options")
    sent = Sent(api.next_message_id(chat), chat, text.text, text.entities, markup, api.clock(), thread, reply, preview)
    sent.silent = params.yes("disable_notification")
    raw = api.message(chat, sent.id, api.me(), thread) | content
    if reply:
        raw["reply_to_message"] = {k: v for k, v in chat.messages[reply].items() if k != "reply_to_message"}
    if markup and "inline_keyboard" in markup:
        raw["reply_markup"] = markup
    chat.messages[sent.id], chat.sent[sent.id] = raw, sent
    api.all_sent.append(sent)
    return raw


def _replied(chat: Chat, params: Params) -> int | None:
    """The message that is replied to; None where it is gone and need not be there."""
    given = params.json("reply_parameters") or {}
    if reply := params.number("reply_to_message_id"):
        given = {"message_id": reply, "allow_sending_without_reply": params.yes("allow_sending_without_reply")}
    wanted = given.get("message_id")
    if not wanted:
        return None
    if wanted not in chat.messages:
        if given.get("allow_sending_without_reply"):
            return None
        raise Refusal("Bad Request: message to be replied not found")
    if given.get("quote") and given["quote"] not in chat.messages[wanted].get("text", ""):
        raise Refusal("Bad Request: QUOTE_TEXT_INVALID")
    return int(wanted)


def edit_message_text(api: "BotApi", params: Params) -> Any:
    chat, sent = _editable(api, params)
    text = _text(api, "editMessageText", params)
    markup = params.json("reply_markup")
    api.note("editMessageText", rules.check_markup(markup))
    if (text.text, text.entities, markup) == (sent.text, sent.entities, sent.markup):
        raise Refusal(NOT_MODIFIED)
    api.flood.count(chat.id, group=not chat.private, sending=False)
    sent.edits.append((api.clock(), sent.text))
    sent.text, sent.entities = text.text, text.entities
    return _edited(api, chat, sent, markup, {"text": text.text, "entities": text.entities})


def edit_message_reply_markup(api: "BotApi", params: Params) -> Any:
    chat, sent = _editable(api, params)
    markup = params.json("reply_markup")
    api.note("editMessageReplyMarkup", rules.check_markup(markup))
    if (markup or None) == (sent.markup or None):
        raise Refusal(NOT_MODIFIED)
    api.flood.count(chat.id, group=not chat.private, sending=False)
    return _edited(api, chat, sent, markup, {})


def _editable(api: "BotApi", params: Params) -> tuple[Chat, Sent]:
    chat = api.chat_of(params, "chat_id")
    chat.check_open()
    number = params.need("message_id")
    if number not in chat.messages:
        raise Refusal("Bad Request: message to edit not found")
    if number not in chat.sent:
        raise Refusal("Bad Request: message can't be edited")
    return chat, chat.sent[number]


def _edited(api: "BotApi", chat: Chat, sent: Sent, markup: Any, content: dict[str, Any]) -> dict[str, Any]:
    sent.markup = markup
    raw = chat.messages[sent.id]
    raw |= content | {"edit_date": api.now()}
    raw.pop("reply_markup", None)
    if markup:
        raw["reply_markup"] = markup
    return raw


def delete_message(api: "BotApi", params: Params) -> bool:
    chat = api.chat_of(params, "chat_id")
    chat.check_open()
    number = params.need("message_id")
    if number not in chat.messages:
        raise Refusal("Bad Request: message to delete not found")
    if number not in chat.sent and not chat.private and chat.bot_is != "administrator":
        raise Refusal("Bad Request: message can't be deleted")
    api.forget_message(chat, number)
    return True


def delete_messages(api: "BotApi", params: Params) -> bool:
    chat = api.chat_of(params, "chat_id")
    chat.check_open()
    for number in params.json("message_ids") or []:
        if number in chat.messages:
            api.forget_message(chat, number)
    return True


def send_message_draft(api: "BotApi", params: Params) -> bool:
    chat = api.chat_of(params, "chat_id")
    chat.check_open()
    if not chat.private:
        raise Refusal("Bad Request: TEXTDRAFT_PEER_INVALID")
    if not (number := params.number("draft_id")):
        raise Refusal("Bad Request: DRAFT_ID_INVALID")
    thread = params.number("message_thread_id")
    chat.check_thread(thread)
    text = Formatted("")
    if given := params.text("text"):
        text = formatted(api, "sendMessageDraft", given, params.text("parse_mode"), params.json("entities"))
    if text.text:
        message_text(text)
    api.flood.count(chat.id, group=False, sending=False)
    chat.drafts.append(Draft(number, text.text, text.entities, api.clock(), thread))
    return True


def send_chat_action(api: "BotApi", params: Params) -> bool:
    chat = api.chat_of(params, "chat_id")
    chat.check_open()
    rules.check_action(params.text("action"))
    thread = params.number("message_thread_id")
    chat.check_thread(thread)
    chat.actions.append(Action(params.text("action"), api.clock(), thread))
    return True


def answer_callback_query(api: "BotApi", params: Params) -> bool:
    return _answered(api, params, params.text("callback_query_id"), api.presses_made, check=rules.check_notice)


def answer_inline_query(api: "BotApi", params: Params) -> bool:
    results = params.json("results")
    rules.check_results(results)
    rules.check_inline_button(params.json("button"))
    for one in results:
        content = one.get("input_message_content") or {}
        if "message_text" in content:
            mode, entities = content.get("parse_mode") or "", content.get("entities")
            text = formatted(api, "answerInlineQuery", content["message_text"], mode, entities)
            content["parsed"] = message_text(text)
    if len(params.text("next_offset").encode()) > 64:
        raise Refusal("Bad Request: NEXT_OFFSET_INVALID")
    return _answered(api, params, params.text("inline_query_id"), api.inline_made, results=results)


def _answered(
    api: "BotApi",
    params: Params,
    number: str,
    made: dict[str, Query],
    *,
    check: Callable[[str], None] | None = None,
    **parsed: Any,
) -> bool:
    if check:
        check(params.text("text"))
    query = made.get(number)
    if not query or query.answered_at is not None or api.clock() - query.at > api.query_life:
        raise Refusal(TOO_OLD)
    query.answered_at = api.clock()
    query.answer = dict(params.values) | parsed
    return True


def method_name(name: str) -> str:
    """sendMessage as a function is called, send_message."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
