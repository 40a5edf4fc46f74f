"""Text and its entities as Telegram keeps them: UTF-16 arithmetic, cleaning, trimming, nesting, links."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

Entity = dict[str, Any]

MOST_UNITS = 4096  # of a text after parsing
MOST_ENTITIES = 100  # Telegram keeps the first hundred and says nothing
QUOTES = {"blockquote", "expandable_blockquote"}
VERBATIM = {"code", "pre"}
FOUND_BY_TELEGRAM = {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"}
KINDS = FOUND_BY_TELEGRAM | QUOTES | VERBATIM
KINDS |= {"bold", "italic", "underline", "strikethrough", "spoiler", "text_link", "text_mention", "custom_emoji"}
REMOVED = {"\r", "\u030a", "\u0333", "\u033f", *map(chr, range(0x2028, 0x202F))}


class Refusal(Exception):
    """What Telegram answers instead of a result."""

    def __init__(self, description: str, status: int = 400, **parameters: int) -> None:
        super().__init__(description)
        self.description, self.status, self.parameters = description, status, parameters


@dataclass(frozen=True)
class Formatted:
    """A text after parsing, its entities and what Telegram passed over in silence."""

    text: str
    entities: list[Entity] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def units(text: str) -> int:
    """The length in UTF-16 code units."""
    return len(text) + sum(character > "\uffff" for character in text)


def offsets(text: str) -> list[int]:
    """The UTF-16 offset before each character and after the last."""
    found = [0]
    for character in text:
        found.append(found[-1] + 1 + (character > "\uffff"))
    return found


def shown(text: str, entity: Entity) -> str:
    """The words that an entity covers."""
    encoded = text.encode("utf-16-le", "surrogatepass")
    start = 2 * entity["offset"]
    return encoded[start : start + 2 * entity["length"]].decode("utf-16-le", "surrogatepass")


def kept(text: str, entities: Sequence[Entity]) -> Formatted:
    """What becomes of a text and entities that were parsed or passed; raises where Telegram refuses."""
    _check_ranges(text, entities)
    text, moved = _cleaned(text, entities)
    ordered = sorted((one for one in moved if one["length"] > 0), key=_outermost_first)
    lost = list[str]()
    ordered = _linked(ordered, lost)
    ordered = _nested(ordered, lost)
    if len(ordered) > MOST_ENTITIES:
        lost.append(f"more than {MOST_ENTITIES} entities: {len(ordered)}")
    return Formatted(text, ordered[:MOST_ENTITIES], lost)


def message_text(formatted: Formatted) -> Formatted:
    """The same, if it can be a message."""
    if not formatted.text:
        raise Refusal("Bad Request: text must be non-empty")
    if units(formatted.text) > MOST_UNITS:
        raise Refusal("Bad Request: message is too long")
    return formatted


def parsed_entities(given: Any) -> list[Entity]:
    """Entities as a request passes them."""
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise Refusal("Bad Request: can't parse entities: expected an Array of MessageEntity")
    for one in given:
        if one.get("type") not in KINDS:
            raise Refusal("Bad Request: can't parse MessageEntity: Unsupported type specified")
        if not isinstance(one.get("offset"), int) or not isinstance(one.get("length"), int):
            raise Refusal('Bad Request: can\'t parse MessageEntity: Field "offset" must be of type Number')
    return [dict(one) for one in given]


def checked_link(url: str) -> str | None:
    """The address as Telegram keeps it, or None where it drops the link: other schemes, hosts without a dot."""
    scheme, colon, rest = url.partition(":")
    if not colon or not rest.startswith("//"):
        scheme, url = "http", f"http://{url}"
    if scheme.lower() not in ("http", "https", "tg", "ton", "tonsite"):
        return None
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if scheme.lower() in ("tg", "ton"):
        return url if host else None
    named = re.fullmatch(r"[^\s<>\"{}|\\^`/?#@]+", host)
    if not named or ("." not in host.strip(".") and ":" not in host):
        return None
    path = parts.path or "/"
    tail = ("?" + parts.query if parts.query else "") + ("#" + parts.fragment if parts.fragment else "")
    return f"{scheme.lower()}://{parts.netloc}{path}{tail}".replace(" ", "%20")


def _check_ranges(text: str, entities: Sequence[Entity]) -> None:
    borders, end = set(offsets(text)), units(text)
    for one in entities:
        start, stop = one["offset"], one["offset"] + one["length"]
        if start < 0 or one["length"] < 0:
            raise Refusal("Bad Request: entity has a negative offset or length")
        if stop > end:
            about = f"entity beginning at UTF-16 offset {start} ends after the end of the text"
            raise Refusal(f"Bad Request: {about} at UTF-16 offset {end}")
        if start not in borders:
            raise Refusal(f"Bad Request: entity begins in a middle of a UTF-16 symbol at UTF-16 offset {start}")
        if stop not in borders:
            about = f"entity beginning at UTF-16 offset {start} ends in a middle of a UTF-16 symbol"
            raise Refusal(f"Bad Request: {about} at UTF-16 offset {stop}")


def _cleaned(text: str, entities: Sequence[Entity]) -> tuple[str, list[Entity]]:
    """Without the characters that Telegram removes and the blanks around; entities stay on their words."""
    pieces = [_clean(character) for character in text]
    joined = "".join(pieces)
    lead = len(joined) - len(joined.lstrip())
    result = joined.strip()
    before, places, seen = offsets(text), offsets(result), 0
    moved = {0: 0}
    for index, piece in enumerate(pieces):
        seen += len(piece)
        moved[before[index + 1]] = places[min(max(seen - lead, 0), len(result))]
    at = [(one, moved[one["offset"]], moved[one["offset"] + one["length"]]) for one in entities]
    return result, [one | {"offset": start, "length": stop - start} for one, start, stop in at]


def _clean(character: str) -> str:
    if character in REMOVED:
        return ""
    return " " if character < " " and character != "\n" else character


def _outermost_first(entity: Entity) -> tuple[int, int, bool]:
    return entity["offset"], -entity["length"], entity["type"] not in QUOTES


def _linked(entities: list[Entity], lost: list[str]) -> list[Entity]:
    result = list[Entity]()
    for one in entities:
        if one["type"] != "text_link":
            result.append(one)
        elif url := checked_link(str(one.get("url", ""))):
            result.append(one | {"url": url})
        else:
            lost.append(f"link dropped: {one.get('url')!r}")
    return result


def _nested(entities: list[Entity], lost: list[str]) -> list[Entity]:
    """Without those that stand where they may not."""
    result, around = list[Entity](), list[Entity]()
    for one in entities:
        end = one["offset"] + one["length"]
        around = [outer for outer in around if outer["offset"] + outer["length"] > one["offset"]]
        if any(outer["offset"] + outer["length"] < end for outer in around):
            lost.append(f"entities overlap: {one['type']} at {one['offset']}")
        elif any(not _may_hold(outer, one) for outer in around):
            lost.append(f"{one['type']} inside {around[-1]['type']} at {one['offset']}")
        else:
            around.append(one)
            result.append(one)
    return result


def _may_hold(outer: Entity, inner: Entity) -> bool:
    if outer["type"] in VERBATIM:
        return False
    if inner["type"] in VERBATIM:
        return outer["type"] in QUOTES
    if inner["type"] in QUOTES:
        return outer["type"] not in QUOTES
    return outer["type"] != inner["type"] or inner["type"] in FOUND_BY_TELEGRAM
