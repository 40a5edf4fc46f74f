"""What the stand-in for Telegram keeps: users, chats, messages, what the bot did."""

from dataclasses import dataclass, field
from typing import Any

from tests.bot_api.entities import Entity, Refusal, shown


@dataclass(frozen=True)
class User:
    """A person who writes to the bot."""

    id: int
    name: str
    username: str | None = None
    language: str | None = "en"

    def as_json(self) -> dict[str, Any]:
        more = {"username": self.username, "language_code": self.language}
        return {"id": self.id, "is_bot": False, "first_name": self.name} | {k: v for k, v in more.items() if v}


@dataclass(frozen=True)
class Button:
    """A button under one of the bot's messages."""

    text: str
    message: "Sent" = field(repr=False)
    data: str | None = None
    url: str | None = None
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Said:
    """A scripted user's message."""

    id: int
    chat: "Chat" = field(repr=False)
    user: User
    raw: dict[str, Any]


@dataclass(eq=False)
class Sent:
    """A message of the bot: what readers see now, and what they saw before each edit."""

    id: int
    chat: "Chat" = field(repr=False)
    text: str
    entities: list[Entity]
    markup: dict[str, Any] | None
    at: float
    thread: int | None = None
    reply_to: int | None = None
    preview: dict[str, Any] | None = None
    silent: bool = False
    edits: list[tuple[float, str]] = field(default_factory=list)  # when, and the text until then
    deleted: bool = False
    document: bytes | None = None

    @property
    def buttons(self) -> list[Button]:
        rows = (self.markup or {}).get("inline_keyboard", [])
        return [self._button(dict(one)) for row in rows for one in row]

    @property
    def links(self) -> list[tuple[str, str]]:
        """The words and the address of each link, in order."""
        return [(shown(self.text, one), one["url"]) for one in self.entities if one["type"] == "text_link"]

    def marked(self, kind: str) -> list[str]:
        """The words under entities of this kind."""
        return [shown(self.text, one) for one in self.entities if one["type"] == kind]

    def _button(self, one: dict[str, Any]) -> Button:
        return Button(one.pop("text"), self, one.pop("callback_data", None), one.pop("url", None), one)


@dataclass(frozen=True)
class Draft:
    """A state of a message being written, as a reader saw it."""

    id: int
    text: str
    entities: list[Entity]
    at: float
    thread: int | None = None


@dataclass(frozen=True)
class Action:
    """ "Typing" and the like."""

    kind: str
    at: float
    thread: int | None = None


@dataclass
class Query:
    """A press on a button or an inline query; `answer` is what the bot said to it."""

    id: str
    user: User
    at: float
    what: str
    answer: dict[str, Any] | None = None
    answered_at: float | None = None

    @property
    def results(self) -> list[dict[str, Any]]:
        return list((self.answer or {}).get("results", []))


@dataclass(frozen=True)
class Violation:
    """Something that Telegram passes over in silence and readers would miss."""

    method: str
    what: str


@dataclass(eq=False)
class Chat:
    """A private chat, a group or a supergroup; in a forum `threads` are its topics."""

    id: int
    kind: str
    title: str
    members: dict[int, User] = field(default_factory=dict)
    threads: dict[int, str] = field(default_factory=dict)
    forum: bool = False
    bot_is: str = "member"  # or administrator, left, kicked; in a private chat kicked means blocked
    username: str | None = None
    migrated_to: int | None = None
    messages: dict[int, dict[str, Any]] = field(default_factory=dict, repr=False)
    sent: dict[int, Sent] = field(default_factory=dict, repr=False)
    drafts: list[Draft] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    last_id: int = 0

    @property
    def private(self) -> bool:
        return self.kind == "private"

    def as_json(self) -> dict[str, Any]:
        name = "first_name" if self.private else "title"
        more = {"username": self.username, "is_forum": self.forum or None}
        return {"id": self.id, "type": self.kind, name: self.title} | {k: v for k, v in more.items() if v}

    def check_open(self) -> None:
        """Raises where the bot may not write."""
        if self.migrated_to:
            what = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Refusal(what, migrate_to_chat_id=self.migrated_to)
        if self.bot_is == "kicked" and self.private:
            raise Refusal("Forbidden: bot was blocked by the user", 403)
        if self.bot_is == "kicked":
            raise Refusal(f"Forbidden: bot was kicked from the {self.kind} chat", 403)
        if self.bot_is == "left":
            raise Refusal(f"Forbidden: bot is not a member of the {self.kind} chat", 403)

    def check_thread(self, thread: int | None) -> None:
        """Raises for a thread that is not there."""
        if thread is not None and thread not in self.threads:
            raise Refusal("Bad Request: message thread not found")
