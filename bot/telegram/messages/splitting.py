"""Rich text as messages that Telegram accepts: lengths and offsets count UTF-16 units, as Telegram does."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from bot.telegram.messages.rich_text import Kind, Mark, RichText

MOST_UNITS = 4096
MOST_ENTITIES = 100
AHEAD = 64  # characters behind a message that are looked at to see whether it may end there

# Where a text is best cut, the best first, and the share of a message that must be filled for it.
_MARKER = r"(?!\s*\[\d)"  # a sentence keeps its citations
_CUTS = (
    (re.compile(r"\n\s*\n"), 0.3),
    (re.compile(r"\n"), 0.5),
    (re.compile(rf"(?<=[.!?…”’\"')\]]){_MARKER}\s+"), 0.3),
    (re.compile(rf"{_MARKER}\s+"), 0.0),
)
_GRAPHEME = regex.compile(r"\X")
_UNSEEN = re.compile(  # what shows nothing: a message of it alone is refused
    "[\\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202f"
    "\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufffc]*"
)


@dataclass(frozen=True, slots=True)
class Entity:
    """What is special about a part of a message; offset and length in UTF-16 units."""

    kind: Kind
    offset: int
    length: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class FormattedText:
    """The text of one message."""

    text: str
    entities: tuple[Entity, ...] = ()


def split(rich: RichText, most: int = MOST_UNITS) -> tuple[FormattedText, ...]:
    """The text as messages of at most so many units; cut between paragraphs, sentences, words, else characters."""
    return tuple(_messages(rich, most))


def units(text: str) -> int:
    """The length in UTF-16 units."""
    return len(text) + sum(character > "\uffff" for character in text)


def _messages(rich: RichText, most: int) -> Iterator[FormattedText]:
    text, offsets = rich.text.rstrip(), _offsets(rich.text)
    at = len(text) - len(text.lstrip())
    while at < len(text):
        reach = min(_reach(rich.marks, offsets, at, most), len(text))
        end = reach if reach == len(text) else _cut(rich, at, reach)
        message = _message(rich, offsets, at, at + len(text[at:end].rstrip()))
        if not _UNSEEN.fullmatch(message.text):
            yield message
        at = end + len(text[end:]) - len(text[end:].lstrip())


def _offsets(text: str) -> list[int]:
    """The units before each character, and before the end."""
    found = [0]
    for character in text:
        found.append(found[-1] + 1 + (character > "\uffff"))
    return found


def _reach(marks: Sequence[Mark], offsets: list[int], at: int, most: int) -> int:
    """How far a message that begins here may go."""
    reach = bisect_right(offsets, offsets[at] + most) - 1
    inside = [mark for mark in marks if mark.end > at and mark.start < reach]
    return inside[MOST_ENTITIES].start if len(inside) > MOST_ENTITIES else reach


def _cut(rich: RichText, at: int, reach: int) -> int:
    """The best place to end a message that begins at one character and may go to another."""
    # A mark that is longer than a message has to be cut, any other is kept whole.
    kept = [
        mark for mark in rich.marks if at < mark.end and mark.start < reach and (mark.start > at or mark.end <= reach)
    ]
    window = rich.text[at : reach + AHEAD]
    for pattern, share in _CUTS:
        places = [at + found.start() for found in pattern.finditer(window)]
        floor = at + share * (reach - at)
        fitting = [place for place in places if max(floor, at + 1) <= place <= reach and _is_outside(kept, place)]
        if fitting:
            return fitting[-1]
    holding = [mark.start for mark in kept if mark.start < reach < mark.end]
    if holding:
        return min(holding)
    return _last_grapheme(rich.text, at, reach)


def _is_outside(marks: Sequence[Mark], place: int) -> bool:
    return not any(mark.start < place < mark.end for mark in marks)


def _last_grapheme(text: str, at: int, reach: int) -> int:
    """The end of the last whole character as readers see them; one that is longer than a message is cut."""
    # Whether the last one is whole shows only with what follows it.
    ends = [at + found.end() for found in _GRAPHEME.finditer(text[at : reach + AHEAD])]
    return max((end for end in ends if end <= reach), default=reach)


def _message(rich: RichText, offsets: list[int], start: int, end: int) -> FormattedText:
    entities = (_entity(rich.text, offsets, mark, start, end) for mark in rich.marks)
    return FormattedText(rich.text[start:end], tuple(entity for entity in entities if entity))


def _entity(text: str, offsets: list[int], mark: Mark, start: int, end: int) -> Entity | None:
    """The part of a mark that lies in a message, without white space at its ends."""
    first, last = max(mark.start, start), min(mark.end, end)
    inside = text[first:last]
    if not inside.strip():
        return None
    first += len(inside) - len(inside.lstrip())
    last -= len(inside) - len(inside.rstrip())
    return Entity(mark.kind, offsets[first] - offsets[start], offsets[last] - offsets[first], mark.url)
