"""What people do in the stand-in for Telegram: they write, press, ask inline, block, kick."""

import re
from itertools import count
from typing import TYPE_CHECKING, Any

from tests.bot_api.about import member
from tests.bot_api.entities import Entity, units
from tests.bot_api.state import Button, Chat, Query, Said, Sent, User

if TYPE_CHECKING:
    from tests.bot_api.server_process import BotApi

FOUND = re.compile(
    r"(?P<bot_command>(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?)|(?P<mention>(?<!\w)@\w{3,32})"
    r"|(?P<url>https?://[^\s<>]+)|(?P<hashtag>(?<!\w)#\w+)"
)


def found_in(text: str) -> list[Entity]:
    """The entities that Telegram's apps find in what a person writes."""
    return [
        {"type": one.lastgroup, "offset": units(text[: one.start()]), "length": units(one.group())}
        for one in FOUND.finditer(text)
    ]


class People:
    """The part of BotApi that tests act with; each act queues the updates that Telegram would send."""

    _numbers = count(1)

    def user(self: "BotApi", name: str = "Ann", *, username: str | None = None, language: str | None = "en") -> User:
        """Somebody with a private chat with the bot."""
        with self.changed:
            user = User(1000 + len(self.users), name, username, language)
            self.users[user.id] = user
            self.chats[user.id] = Chat(user.id, "private", name, {user.id: user}, username=username)
            return user

    def private(self: "BotApi", user: User) -> Chat:
        return self.chats[user.id]

    def group(self: "BotApi", title: str, *members: User, admin: User | None = None) -> Chat:
        """A basic group with the bot in it."""
        return self._new_chat(-5000 - len(self.chats), "group", title, members, admin)

    def supergroup(self: "BotApi", title: str, *members: User, forum: bool = False, admin: User | None = None) -> Chat:
        """A supergroup with the bot in it, with topics if it is a forum."""
        chat = self._new_chat(-1001000000000 - len(self.chats), "supergroup", title, members, admin)
        chat.forum = forum
        return chat

    def _new_chat(
        self: "BotApi", number: int, kind: str, title: str, members: tuple[User, ...], admin: User | None
    ) -> Chat:
        with self.changed:
            chat = Chat(number, kind, title, {user.id: user for user in (*members, *([admin] if admin else []))})
            self.chats[number] = chat
            if admin:
                self.ranks[number, admin.id] = "creator"
            return chat

    def topic(self: "BotApi", chat: Chat, name: str) -> int:
        """A new thread, by its number."""
        with self.changed:
            thread = self.next_message_id(chat)
            chat.threads[thread] = name
            return thread

    def says(
        self: "BotApi",
        where: Chat | User,
        user: User | str | None = None,
        text: str = "",
        *,
        reply_to: Said | Sent | None = None,
        thread: int | None = None,
        **content: Any,
    ) -> Said:
        """A message; `says(ann, "Hello")` is a private one. More content: `voice={...}`, `caption=...`."""
        chat = self.chats[where.id]
        if not isinstance(user, User):
            assert isinstance(where, User), "who says it?"
            user, text = where, user or ""
        with self.changed:
            number = self.next_message_id(chat)
            raw = self.message(chat, number, user.as_json(), thread) | content
            if text:
                raw["text"] = text
                raw |= {"entities": found} if (found := found_in(text)) else {}
            if reply_to:
                replied = chat.messages[reply_to.id]
                raw["reply_to_message"] = {k: v for k, v in replied.items() if k != "reply_to_message"}
            chat.members[user.id], chat.messages[number] = user, raw
            if self._bot_sees(chat, raw):
                self.updates.put("message", raw)
            return Said(number, chat, user, raw)

    def _bot_sees(self: "BotApi", chat: Chat, raw: dict[str, Any]) -> bool:
        """In groups with privacy mode on: commands, mentions and replies to the bot."""
        if chat.bot_is in ("left", "kicked"):
            return False
        if chat.private or not self.privacy or chat.bot_is == "administrator":
            return True
        text = str(raw.get("text", raw.get("caption", "")))
        if text.startswith("/"):
            addressed = re.match(r"/\w+@(\w+)", text)
            return not addressed or addressed[1].lower() == self.username.lower()
        replied = raw.get("reply_to_message", {}).get("from", {}).get("id") == self.id
        return replied or f"@{self.username}".lower() in text.lower()

    def edits(self: "BotApi", said: Said, text: str) -> None:
        """A person changes what they wrote."""
        with self.changed:
            said.raw.pop("entities", None)
            found = found_in(text)
            said.raw.update({"text": text, "edit_date": self.now()} | ({"entities": found} if found else {}))
            if self._bot_sees(said.chat, said.raw):
                self.updates.put("edited_message", said.raw)

    def sends_voice(self: "BotApi", where: Chat | User, user: User | None = None, **more: Any) -> Said:
        voice = {"file_id": "voice-1", "file_unique_id": "v1", "duration": 3}
        return self.says(where, user, voice=voice, **more)

    def sends_sticker(self: "BotApi", where: Chat | User, user: User | None = None, **more: Any) -> Said:
        sticker = {"file_id": "sticker-1", "file_unique_id": "s1", "type": "regular", "width": 512, "height": 512}
        return self.says(where, user, sticker=sticker | {"is_animated": False, "is_video": False}, **more)

    def sends_photo(self: "BotApi", where: Chat | User, user: User | None = None, **more: Any) -> Said:
        photo = {"file_id": "photo-1", "file_unique_id": "p1", "width": 90, "height": 60}
        found = found_in(more.get("caption", ""))
        return self.says(where, user, photo=[photo], **({"caption_entities": found} if found else {}), **more)

    def presses(self: "BotApi", button: Button, user: User | None = None) -> Query:
        """Somebody presses a button; in a private chat it can only be the one person."""
        chat = button.message.chat
        assert button.data is not None, f"{button.text!r} is not a callback button"
        assert not button.message.deleted, "the message is gone"
        assert button in button.message.buttons, "the button is gone"
        who = user or next(iter(chat.members.values()))
        with self.changed:
            query = Query(f"press-{next(self._numbers)}", who, self.clock(), button.data)
            self.presses_made[query.id] = query
            about = {"id": query.id, "from": who.as_json(), "chat_instance": str(chat.id), "data": button.data}
            self.updates.put("callback_query", about | {"message": chat.messages[button.message.id]})
            return query

    def queries_inline(self: "BotApi", user: User, text: str, *, offset: str = "", kind: str = "sender") -> Query:
        """Somebody types @bot and a question in any chat."""
        with self.changed:
            query = Query(f"inline-{next(self._numbers)}", user, self.clock(), text)
            self.inline_made[query.id] = query
            about = {"id": query.id, "from": user.as_json(), "query": text, "offset": offset, "chat_type": kind}
            self.updates.put("inline_query", about)
            return query

    def blocks(self: "BotApi", user: User) -> None:
        self.ranked(self.private(user), "kicked", by=user)

    def unblocks(self: "BotApi", user: User) -> None:
        self.ranked(self.private(user), "member", by=user)

    def kicks(self: "BotApi", chat: Chat, by: User | None = None) -> None:
        self.ranked(chat, "kicked", by=by)

    def adds(self: "BotApi", chat: Chat, by: User | None = None) -> None:
        self.ranked(chat, "member", by=by)

    def promotes(self: "BotApi", chat: Chat, by: User | None = None) -> None:
        self.ranked(chat, "administrator", by=by)

    def ranked(self: "BotApi", chat: Chat, status: str, *, by: User | None = None) -> None:
        """The bot becomes what `status` says."""
        who = by or next(iter(chat.members.values()))
        with self.changed:
            old, chat.bot_is = chat.bot_is, status
            change = {"old_chat_member": member(self.me(), old), "new_chat_member": member(self.me(), status)}
            about = {"chat": chat.as_json(), "from": who.as_json(), "date": self.now()}
            self.updates.put("my_chat_member", about | change)

    def migrates(self: "BotApi", chat: Chat) -> Chat:
        """A group becomes a supergroup, with a new number."""
        with self.changed:
            new = self.supergroup(chat.title, *chat.members.values())
            chat.migrated_to, who = new.id, next(iter(chat.members.values())).as_json()
            gone = self.message(chat, self.next_message_id(chat), who, None) | {"migrate_to_chat_id": new.id}
            come = self.message(new, self.next_message_id(new), who, None) | {"migrate_from_chat_id": chat.id}
            self.updates.put("message", gone)
            self.updates.put("message", come)
            return new

    def deletes(self: "BotApi", message: Said | Sent) -> None:
        """A person deletes a message; the bot is not told."""
        with self.changed:
            self.forget_message(message.chat, message.id)

    def deletes_thread(self: "BotApi", chat: Chat, thread: int) -> None:
        with self.changed:
            del chat.threads[thread]
