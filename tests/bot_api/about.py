"""The Bot API's methods about the bot, its chats and its updates."""

from typing import TYPE_CHECKING, Any

from tests.bot_api import rules as rules
from tests.bot_api.entities import Refusal
from tests.bot_api.request import Params
from tests.bot_api.state import Chat

if TYPE_CHECKING:
    from tests.bot_api.server_process import BotApi

RIGHTS = """can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats can_restrict_members
can_promote_members can_change_info can_invite_users can_post_stories can_edit_stories can_delete_stories""".split()
NO_GIFTS = dict.fromkeys(
    "unlimited_gifts limited_gifts unique_gifts premium_subscription gifts_from_channels".split(), False
)


def get_updates(api: "BotApi", params: Params) -> Any:
    offset, limit = params.number("offset") or 0, params.number("limit") or 100
    return api.updates.get(offset, limit, params.number("timeout") or 0, params.json("allowed_updates"))


def set_webhook(api: "BotApi", params: Params) -> bool:
    url, secret = params.text("url"), params.text("secret_token")
    rules.check_webhook(url, secret) if url else None
    drop = params.yes("drop_pending_updates")
    api.updates.set_webhook(url, secret, params.json("allowed_updates"), drop=drop)
    return True


def delete_webhook(api: "BotApi", params: Params) -> bool:
    api.updates.set_webhook("", "", None, drop=params.yes("drop_pending_updates"))
    return True


def get_webhook_info(api: "BotApi", params: Params) -> Any:
    return api.updates.webhook_info()


def get_me(api: "BotApi", params: Params) -> Any:
    more = {"can_join_groups": True, "can_read_all_group_messages": not api.privacy}
    return api.me() | more | {"supports_inline_queries": api.inline}


def get_chat(api: "BotApi", params: Params) -> Any:
    chat = api.chat_of(params, "chat_id")
    more = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": NO_GIFTS}
    return chat.as_json() | more


def get_chat_member(api: "BotApi", params: Params) -> Any:
    chat, number = api.chat_of(params, "chat_id"), params.need("user_id")
    if number == api.id:
        return member(api.me(), chat.bot_is)
    if number not in api.users:
        raise Refusal("Bad Request: PARTICIPANT_ID_INVALID")
    status = api.ranks.get((chat.id, number), "member" if number in chat.members else "left")
    return member(api.users[number].as_json(), status)


def get_chat_administrators(api: "BotApi", params: Params) -> Any:
    chat = api.chat_of(params, "chat_id")
    if chat.private:
        raise Refusal("Bad Request: there are no administrators in the private chat")
    found = [member(user.as_json(), api.ranks[chat.id, user.id]) for user in _ranked(api, chat)]
    return found + ([member(api.me(), chat.bot_is)] if chat.bot_is == "administrator" else [])


def get_chat_member_count(api: "BotApi", params: Params) -> int:
    return len(api.chat_of(params, "chat_id").members) + 1


def _ranked(api: "BotApi", chat: Chat) -> Any:
    return (user for user in chat.members.values() if (chat.id, user.id) in api.ranks)


def member(user: dict[str, Any], status: str) -> dict[str, Any]:
    about: dict[str, Any] = {"user": user, "status": status}
    if status == "administrator":
        about |= dict.fromkeys(RIGHTS, True)
    if status == "creator":
        about["is_anonymous"] = False
    if status == "kicked":
        about["until_date"] = 0
    return about


def leave_chat(api: "BotApi", params: Params) -> bool:
    chat = api.chat_of(params, "chat_id")
    if chat.private:
        raise Refusal("Bad Request: chat member status can't be changed in private chats")
    chat.bot_is = "left"
    return True


def set_my_commands(api: "BotApi", params: Params) -> bool:
    commands = params.json("commands")
    rules.check_commands(commands)
    api.commands[rules.scope_key(params.json("scope"), params.text("language_code"))] = commands
    return True


def get_my_commands(api: "BotApi", params: Params) -> Any:
    return api.commands.get(rules.scope_key(params.json("scope"), params.text("language_code")), [])


def delete_my_commands(api: "BotApi", params: Params) -> bool:
    api.commands.pop(rules.scope_key(params.json("scope"), params.text("language_code")), None)
    return True


def _described(api: "BotApi", params: Params, name: str, most: int) -> bool:
    text = params.text(name)
    if len(text) > most:
        raise Refusal(f"Bad Request: {name.replace('_', ' ')} is too long")
    api.profile[name] = text
    return True


def set_my_name(api: "BotApi", params: Params) -> bool:
    return _described(api, params, "name", 64)


def set_my_description(api: "BotApi", params: Params) -> bool:
    return _described(api, params, "description", 512)


def set_my_short_description(api: "BotApi", params: Params) -> bool:
    return _described(api, params, "short_description", 120)


def set_chat_menu_button(api: "BotApi", params: Params) -> bool:
    return True


def set_message_reaction(api: "BotApi", params: Params) -> bool:
    chat = api.chat_of(params, "chat_id")
    chat.check_open()
    if params.need("message_id") not in chat.messages:
        raise Refusal("Bad Request: message to react not found")
    return True


def log_out(api: "BotApi", params: Params) -> bool:
    return True


close = log_out
