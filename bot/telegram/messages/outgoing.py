"""Outgoing messages, in the form in which the journal stores them before they are sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity

from bot.telegram.messages.rich_text import RichText
from bot.telegram.messages.splitting import Entity, FormattedText, split_messages


@dataclass(frozen=True, slots=True)
class MessageTarget:
    """Where a message is sent: chat, thread of a forum, and the message it replies to."""

    chat: int
    thread: int | None = None
    reply_to: int | None = None

    @property
    def is_private(self) -> bool:
        return self.chat > 0


@dataclass(frozen=True, slots=True)
class Button:
    """A button below a message; `data` comes back when it is pressed, at most 64 bytes."""

    label: str
    data: str


Buttons = Sequence[Sequence[Button]]


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One message. Stored as JSON with `asdict`, so its field names are part of the journal's format."""

    place: MessageTarget
    formatted: FormattedText
    buttons: tuple[tuple[Button, ...], ...] = ()


def outgoing_messages(target: MessageTarget, rich: RichText, buttons: Buttons = ()) -> tuple[OutgoingMessage, ...]:
    """Split rich text into messages; the first one is the reply, the last one has the buttons."""
    parts = split_messages(rich) or (FormattedText("…"),)
    rest_target = MessageTarget(target.chat, target.thread)
    rows = tuple(tuple(row) for row in buttons)
    return tuple(
        OutgoingMessage(target if part is parts[0] else rest_target, part, rows if part is parts[-1] else ())
        for part in parts
    )


def message_from_dict(stored: Mapping[str, Any]) -> OutgoingMessage:
    """The message that was stored with `asdict`."""
    formatted = stored["formatted"]
    return OutgoingMessage(
        MessageTarget(**stored["place"]),
        FormattedText(formatted["text"], tuple(Entity(**entity) for entity in formatted["entities"])),
        tuple(tuple(Button(**button) for button in row) for row in stored["buttons"]),
    )


def message_entities(formatted: FormattedText) -> list[MessageEntity]:
    """The entities as the library's objects."""
    return [
        MessageEntity(entity.kind, entity.offset, entity.length, entity.url or None) for entity in formatted.entities
    ]


def inline_keyboard(buttons: Buttons) -> InlineKeyboardMarkup | None:
    """The buttons as the library's keyboard, None without buttons."""
    rows = [[InlineKeyboardButton(button.label, callback_data=button.data) for button in row] for row in buttons]
    return InlineKeyboardMarkup(rows) if rows else None
