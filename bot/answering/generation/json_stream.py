"""A draft in JSON, arriving in pieces, to sentences; small models cite better in it, and break it in many ways."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic_core import from_json

from bot.answering.generation.sentence_stream import ModelRefusal, SentenceStream
from bot.answering.messages import DraftSentence

LONGEST = 300  # characters of a text; the schema cuts it off there

_STRING = r'"(?:[^"\\]|\\.)*"'
_ITEM = re.compile(rf'\{{(?:[^{{}}"]|{_STRING})*\}}', re.DOTALL)
_OPENS = re.compile(r'`*(?:\{\s*"|\[\s*[{\]])')
_MAY_OPEN = re.compile(r"`*[\[{]\s*|`+\w*")
_FENCE = re.compile(r"`+\w*\s")
_NOT_FOUND = re.compile(r'"found"\s*:\s*"?(?:false|no)\b', re.IGNORECASE)
_PASSAGE = re.compile(r'"passages?"\s*:\s*([\d\s",\[]+)')
_TEXT = re.compile(r'"text"\s*:\s*"(.*?)"?\s*(?:,\s*"passages?"|\}|\Z)', re.DOTALL)
_UNFINISHED = re.compile(r"[\w,;:–-]\Z")  # at the limit, at an inner quotation mark, for want of attention


class JsonSentenceStream:
    """Reads `{"found": true, "sentences": [{"passage": 1, "text": "..."}]}`; what is no JSON is read as prose.

    The text is looked at character by character, so that it does not matter in which pieces it comes.
    """

    def __init__(self) -> None:
        self._prose = SentenceStream()
        self._held = ""  # in prose what may become JSON, in JSON what belongs to no item that was handed on
        self._in_json = self._refused = self._has_items = False

    def feed(self, text: str) -> list[DraftSentence | ModelRefusal]:
        """The sentences that became whole."""
        found: list[DraftSentence | ModelRefusal] = []
        for char in text:
            self._held += char
            if not self._in_json:
                found += self._opened()
            elif char == "}" and not self._refused:
                found += self._closed()
        return found

    def end(self) -> list[DraftSentence | ModelRefusal]:
        """What is left when nothing follows any more."""
        if not self._in_json:
            return [*self._prose.feed(self._held), *self._prose.end()]
        if self._refused:
            return []
        if _NOT_FOUND.search(self._held) or (not self._has_items and _is_whole(self._held)):
            return [ModelRefusal()]
        last = self._held.rfind("{")
        return [*_sentences(_read(self._held[last:], whole=False))] if last >= 0 else []

    def _opened(self) -> list[DraftSentence]:
        """The sentences of prose, but for what JSON begins with; when it does, what was held back before is dropped."""
        if _OPENS.fullmatch(self._held):
            self._in_json = True
            return []
        if _MAY_OPEN.fullmatch(self._held):
            return []
        held, self._held = self._held, ""
        return [] if _FENCE.fullmatch(held) else self._prose.feed(held)

    def _closed(self) -> list[DraftSentence | ModelRefusal]:
        """The sentences of the item that a brace has closed, if it has."""
        item = _ITEM.search(self._held)
        if not item:
            return []
        if _NOT_FOUND.search(self._held[: item.end()]):
            self._refused = True
            return [ModelRefusal()]
        fields = _read(item[0], whole=True)
        if not _text(fields):
            return []
        self._held, self._has_items = self._held[item.end() :], True
        return [*_sentences(fields)]


def _read(item: str, *, whole: bool) -> Mapping[str, Any]:
    """The fields of what there is of an item, searched for where a quotation mark has ended its string too early."""
    try:
        fields = from_json(item, allow_partial="off" if whole else "trailing-strings")
    except ValueError:
        passage, text = _PASSAGE.search(item), _TEXT.search(item)
        return {
            "passage": passage[1] if passage else "",
            "text": text[1].replace('\\"', '"').replace("\\n", " ") if text else "",
        }
    return fields if isinstance(fields, dict) else {}


def _text(fields: Mapping[str, Any]) -> str:
    return next((fields[key] for key in ("text", "sentence", "answer") if isinstance(fields.get(key), str)), "")


def _is_whole(text: str) -> bool:
    try:
        from_json(text.strip("` \n"))
    except ValueError:
        return False
    return True


def _sentences(fields: Mapping[str, Any]) -> list[DraftSentence]:
    """The sentences of an item, each with the item's numbers; one that was cut off is none."""
    text = _text(fields)
    numbers = _numbers(fields.get("passage", fields.get("passages")))
    reader = SentenceStream()
    written = [*reader.feed(text), *reader.end()]
    if written and _UNFINISHED.search(written[-1].text):
        written.pop()
    return [DraftSentence(one.text, tuple(dict.fromkeys((*numbers, *one.numbers)))) for one in written]


def _numbers(found: Any) -> tuple[int, ...]:
    if isinstance(found, list):
        return tuple(number for one in found for number in _numbers(one))
    if isinstance(found, str):
        return tuple(map(int, re.findall(r"\d{1,4}", found)))
    return (found,) if isinstance(found, int) else ()
