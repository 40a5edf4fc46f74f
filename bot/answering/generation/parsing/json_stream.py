"""Parse a draft in JSON that comes in pieces into sentences, tolerating the ways in which small models break JSON."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic_core import from_json

from bot.answering.generation.parsing.sentence_stream import ModelRefusal, SentenceStream
from bot.answering.messages import DraftSentence

MAX_TEXT_LENGTH = 300  # characters of one text, by the schema

_STRING = r'"(?:[^"\\]|\\.)*"'
_ITEM = re.compile(rf'\{{(?:[^{{}}"]|{_STRING})*\}}', re.DOTALL)
_OPENS = re.compile(r'`*(?:\{\s*"|\[\s*[{\]])')
_MAY_OPEN = re.compile(r"`{0,20}[\[{]\s{0,2000}|`{1,20}\w{0,40}")  # bounded, as it is matched at each character
_FENCE = re.compile(r"`+\w*\s")
_NOT_FOUND = re.compile(r'"found"\s*:\s*"?(?:false|no)\b', re.IGNORECASE)
_PASSAGE = re.compile(r'"passages?"\s*:\s*([\d\s",\[]+)')
_TEXT = re.compile(r'"text"\s*:\s*"(.*?)"?\s*(?:,\s*"passages?"|\}|\Z)', re.DOTALL)
_UNFINISHED = re.compile(r"[\w,;:–-]\Z")  # cut off at the length limit or at an inner quotation mark, or not finished


class JsonSentenceStream:
    """Parses `{"found": true, "sentences": [{"passage": 1, "text": "..."}]}`; text that is no JSON is parsed as prose.

    Characters are processed one by one, so that the result does not depend on the pieces.
    """

    def __init__(self) -> None:
        self._prose = SentenceStream()
        self._buffer = ""  # in prose the possible start of JSON; in JSON the text after the last item returned
        self._in_json = self._refused = self._has_items = False

    def feed(self, text: str) -> list[DraftSentence | ModelRefusal]:
        """Return the sentences that this piece completes."""
        found: list[DraftSentence | ModelRefusal] = []
        for char in text:
            self._buffer += char
            if not self._in_json:
                found += self._feed_prose()
            elif char == "}" and not self._refused:
                found += self._close_item()
        return found

    def end(self, *, is_cut: bool = False) -> list[DraftSentence | ModelRefusal]:
        """Return the sentences that are left, now that nothing follows; `is_cut`: the model was stopped, not done."""
        if not self._in_json:
            return [*self._prose.feed(self._buffer), *self._prose.end(is_cut=is_cut)]
        if self._refused:
            return []
        if _NOT_FOUND.search(self._buffer) or (not self._has_items and _is_complete_json(self._buffer)):
            return [ModelRefusal()]
        last = self._buffer.rfind("{")
        if last < 0:
            return []
        return [*_item_sentences(_parse_item(self._buffer[last:], whole=False), is_cut=is_cut)]

    def _feed_prose(self) -> list[DraftSentence]:
        """Pass the buffer to the prose parser unless JSON may begin with it; where JSON begins, drop it."""
        if _OPENS.fullmatch(self._buffer):
            self._in_json = True
            return []
        if _MAY_OPEN.fullmatch(self._buffer):
            return []
        text, self._buffer = self._buffer, ""
        return [] if _FENCE.fullmatch(text) else self._prose.feed(text)

    def _close_item(self) -> list[DraftSentence | ModelRefusal]:
        """Return the sentences of the item that the last brace closes, if it closes one."""
        item = _ITEM.search(self._buffer)
        if not item:
            return []
        if _NOT_FOUND.search(self._buffer[: item.end()]):
            self._refused = True
            return [ModelRefusal()]
        fields = _parse_item(item[0], whole=True)
        if not _text_field(fields):
            return []
        self._buffer, self._has_items = self._buffer[item.end() :], True
        return [*_item_sentences(fields)]


def _parse_item(item: str, *, whole: bool) -> Mapping[str, Any]:
    """Parse the fields of a whole or partial item; search for them where an unescaped quotation mark breaks it."""
    try:
        fields = from_json(item, allow_partial="off" if whole else "trailing-strings")
    except ValueError:
        passage, text = _PASSAGE.search(item), _TEXT.search(item)
        return {
            "passage": passage[1] if passage else "",
            "text": text[1].replace('\\"', '"').replace("\\n", " ") if text else "",
        }
    return fields if isinstance(fields, dict) else {}


def _text_field(fields: Mapping[str, Any]) -> str:
    return next((fields[key] for key in ("text", "sentence", "answer") if isinstance(fields.get(key), str)), "")


def _is_complete_json(text: str) -> bool:
    try:
        from_json(text.strip("` \n"))
    except ValueError:
        return False
    return True


def _item_sentences(fields: Mapping[str, Any], *, is_cut: bool = False) -> list[DraftSentence]:
    """Parse the sentences of an item, each with the item's passage numbers; a sentence that was cut off is dropped."""
    text = _text_field(fields)
    numbers = _passage_numbers(fields.get("passage", fields.get("passages")))
    parser = SentenceStream()
    sentences = [*parser.feed(text), *parser.end(is_cut=is_cut or len(text) >= MAX_TEXT_LENGTH)]
    if sentences and _UNFINISHED.search(sentences[-1].text):
        sentences.pop()
    return [replace(one, numbers=tuple(dict.fromkeys((*numbers, *one.numbers)))) for one in sentences]


def _passage_numbers(value: Any) -> tuple[int, ...]:
    if isinstance(value, list):
        return tuple(number for item in value for number in _passage_numbers(item))
    if isinstance(value, str):
        return tuple(map(int, re.findall(r"\d{1,4}", value)))
    return (value,) if isinstance(value, int) else ()
