"""Updates as JSON, read so that no server and no reader can stop the bot with one."""

import json
import re
from typing import Any

MAX_DIGITS = 25  # of a number; Telegram's have at most 16, and Python refuses to read more than 4,300
MAX_UPDATE_ID = 2**53 - 1  # Telegram's integers fit a double
MAX_UPDATE_LENGTH = 500_000  # characters of JSON; a message with all its links that replies to another such is a third
_FIRST_UPDATE = re.compile(r'\{\s*"ok":\s*true,\s*"result":\s*\[\s*\{\s*"update_id":\s*(\d{1,16})\b')


class UnreadableJson(ValueError):
    """The text is not JSON, or nested too deeply; `str()` quotes nothing of it."""


def load_json(payload: str | bytes) -> Any:
    """Read JSON; numbers with too many digits become None, halves of surrogate pairs "?". Raises UnreadableJson."""
    try:
        text = payload if isinstance(payload, str) else payload.decode("utf-8", "replace")
        value = json.loads(text, parse_int=_parse_int)
        return value if _is_encodable(value) else json.loads(dump_json(value))
    except (ValueError, RecursionError) as exc:
        raise UnreadableJson(type(exc).__name__) from None


def dump_json(value: Any) -> str:
    """The JSON of a value, with "?" for halves of surrogate pairs, which no database and no message can hold."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")


def update_id(raw: Any) -> int | None:
    """The id of an update, None where there is none that could be acknowledged."""
    number = raw.get("update_id") if isinstance(raw, dict) else None
    is_usable = isinstance(number, int) and not isinstance(number, bool) and 0 < number <= MAX_UPDATE_ID
    return number if is_usable else None


def first_update_id(payload: bytes) -> int | None:
    """The id of the first update in an answer to getUpdates that cannot be read, None where it is no such answer."""
    found = _FIRST_UPDATE.match(payload[:200].decode("utf-8", "replace"))
    return int(found[1]) if found else None


def _parse_int(digits: str) -> int | None:
    return int(digits) if len(digits) <= MAX_DIGITS else None


def _is_encodable(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
