"""Splits rich text into messages that Telegram accepts; lengths and offsets are in UTF-16 code units, as in its API."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from bot.telegram.messages.rich_text import Mark, MarkKind, RichText

MAX_UNITS = 4096
MAX_ENTITIES = 100
LOOKAHEAD = 64  # characters after a possible end that decide whether a message may end there

# Where to break a text, the best place first, and the share of a message that must be filled for it.
_MARKER = r"(?!\s*\[\d)"  # keep a sentence and its citation markers together
_BREAKS = (
    (re.compile(r"\n\s*\n"), 0.3),
    (re.compile(r"\n"), 0.5),
    (re.compile(rf"(?<=[.!?…”’\"')\]]){_MARKER}\s+"), 0.3),
    (re.compile(rf"{_MARKER}\s+"), 0.0),
)
_GRAPHEME = regex.compile(r"\X")
_INVISIBLE = re.compile(  # invisible characters: Telegram refuses a message that has no others
    "[\\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202f"
    "\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufffc]*"
)


@dataclass(frozen=True, slots=True)
class Entity:
    """The format of a part of a message; offset and length in UTF-16 code units."""

    kind: MarkKind
    offset: int
    length: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class FormattedText:
    """The text of one message with its entities."""

    text: str
    entities: tuple[Entity, ...] = ()


def split_messages(rich: RichText, most: int = MAX_UNITS) -> tuple[FormattedText, ...]:
    """Split into messages of at most `most` UTF-16 units, between paragraphs, sentences, words, else characters."""
    return tuple(_messages(rich, most))


def _messages(rich: RichText, most: int) -> Iterator[FormattedText]:
    text, offsets = rich.text.rstrip(), _utf16_offsets(rich.text)
    at = len(text) - len(text.lstrip())
    while at < len(text):
        reach = min(_max_end(rich.marks, offsets, at, most), len(text))
        end = reach if reach == len(text) else _break_position(rich, at, reach)
        message = _message(rich, offsets, at, at + len(text[at:end].rstrip()))
        if not _INVISIBLE.fullmatch(message.text):
            yield message
        at = end + len(text[end:]) - len(text[end:].lstrip())


def _utf16_offsets(text: str) -> list[int]:
    """The UTF-16 offset of each character, and of the end."""
    offsets = [0]
    for character in text:
        offsets.append(offsets[-1] + 1 + (character > "\uffff"))
    return offsets


def _max_end(marks: Sequence[Mark], offsets: list[int], at: int, most: int) -> int:
    """The largest end of a message that begins at `at`, by length and number of entities."""
    reach = bisect_right(offsets, offsets[at] + most) - 1
    inside = [mark for mark in marks if mark.end > at and mark.start < reach]
    return inside[MAX_ENTITIES].start if len(inside) > MAX_ENTITIES else reach


def _break_position(rich: RichText, at: int, reach: int) -> int:
    """The best place to end a message that begins at `at` and may extend to `reach`."""
    # Keep marks whole, except one that is longer than a message.
    kept = [
        mark for mark in rich.marks if at < mark.end and mark.start < reach and (mark.start > at or mark.end <= reach)
    ]
    window = rich.text[at : reach + LOOKAHEAD]
    for pattern, share in _BREAKS:
        places = [at + match.start() for match in pattern.finditer(window)]
        earliest = at + share * (reach - at)
        fitting = [place for place in places if max(earliest, at + 1) <= place <= reach and _is_outside(kept, place)]
        if fitting:
            return fitting[-1]
    holding = [mark.start for mark in kept if mark.start < reach < mark.end]
    if holding:
        return min(holding)
    return _last_grapheme_end(rich.text, at, reach)


def _is_outside(marks: Sequence[Mark], place: int) -> bool:
    return not any(mark.start < place < mark.end for mark in marks)


def _last_grapheme_end(text: str, at: int, reach: int) -> int:
    """The end of the last complete grapheme cluster before `reach`; one longer than a message is broken."""
    # Only the text after `reach` shows whether the last cluster is complete.
    ends = [at + match.end() for match in _GRAPHEME.finditer(text[at : reach + LOOKAHEAD])]
    return max((end for end in ends if end <= reach), default=reach)


def _message(rich: RichText, offsets: list[int], start: int, end: int) -> FormattedText:
    entities = (_entity(rich.text, offsets, mark, start, end) for mark in rich.marks)
    return FormattedText(rich.text[start:end], tuple(entity for entity in entities if entity))


def _entity(text: str, offsets: list[int], mark: Mark, start: int, end: int) -> Entity | None:
    """The part of a mark inside a message, without white space at its ends; None if nothing is left."""
    first, last = max(mark.start, start), min(mark.end, end)
    inside = text[first:last]
    if not inside.strip():
        return None
    first += len(inside) - len(inside.lstrip())
    last -= len(inside) - len(inside.rstrip())
    return Entity(mark.kind, offsets[first] - offsets[start], offsets[last] - offsets[first], mark.url)
