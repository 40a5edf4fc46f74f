"""A message on its way out, as it is written down before it is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity

from bot.telegram.messages.rich_text import RichText
from bot.telegram.messages.splitting import Entity, FormattedText, split


@dataclass(frozen=True, slots=True)
class MessageTarget:
    """Where a message goes: chat, thread of a forum, and the message it replies to."""

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
    """One message."""

    place: MessageTarget
    formatted: FormattedText
    buttons: tuple[tuple[Button, ...], ...] = ()


def outgoing(place: MessageTarget, rich: RichText, buttons: Buttons = ()) -> tuple[OutgoingMessage, ...]:
    """Rich text as messages; the first replies, the last has the buttons."""
    parts = split(rich) or (FormattedText("…"),)
    follow = MessageTarget(place.chat, place.thread)
    rows = tuple(tuple(row) for row in buttons)
    return tuple(
        OutgoingMessage(place if part is parts[0] else follow, part, rows if part is parts[-1] else ())
        for part in parts
    )


def outgoing_of(stored: Mapping[str, Any]) -> OutgoingMessage:
    """The message that was written down with `asdict`."""
    formatted = stored["formatted"]
    return OutgoingMessage(
        MessageTarget(**stored["place"]),
        FormattedText(formatted["text"], tuple(Entity(**entity) for entity in formatted["entities"])),
        tuple(tuple(Button(**button) for button in row) for row in stored["buttons"]),
    )


def entities_of(formatted: FormattedText) -> list[MessageEntity]:
    """The entities as the library sends them."""
    return [MessageEntity(one.kind, one.offset, one.length, one.url or None) for one in formatted.entities]


def keyboard_of(buttons: Buttons) -> InlineKeyboardMarkup | None:
    """The buttons as the library sends them."""
    rows = [[InlineKeyboardButton(button.label, callback_data=button.data) for button in row] for row in buttons]
    return InlineKeyboardMarkup(rows) if rows else None
