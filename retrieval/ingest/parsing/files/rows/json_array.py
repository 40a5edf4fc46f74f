"""Read an array of JSON item by item, so that a file of any size is never in memory as a whole."""

import json
import re
from codecs import getincrementaldecoder
from collections.abc import Iterator
from typing import Any, BinaryIO

_CHUNK_BYTES = 65_536
_BETWEEN_ITEMS = re.compile(r"[\s,]*")
_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*\[\s*(?:\{|\]|$)")


def is_array_of_objects(start: bytes) -> bool:
    """Whether a file that starts with these bytes is an array of objects."""
    return bool(_START.match(start))


def array_items(file: BinaryIO, largest: int) -> Iterator[Any]:
    """The items of an array. Raises ValueError with the reason when it is damaged or an item is above `largest`."""
    decode, decoder = getincrementaldecoder("utf-8-sig")("replace").decode, json.JSONDecoder()
    text, is_end = "", False
    while "[" not in text and not is_end:
        text, is_end = _more(file, text, decode)
    text = text.partition("[")[2]
    while True:
        text = text[_BETWEEN_ITEMS.match(text).end() :]  # type: ignore[union-attr]  # it matches nothing, too
        if text.startswith("]"):
            return
        try:
            item, end = decoder.raw_decode(text)
        except RecursionError as exc:
            raise ValueError("has an item that is nested too deeply to be read") from exc
        except ValueError as exc:
            if is_end:
                raise ValueError(f"is not an array of JSON from there on ({exc})") from exc
            if len(text) > largest:
                raise ValueError(f"has an item that is larger than {largest:,} bytes, or is not JSON") from exc
            text, is_end = _more(file, text, decode)
            continue
        yield item
        text = text[end:]


def _more(file: BinaryIO, text: str, decode: Any) -> tuple[str, bool]:
    """The text with more of the file, as much again at least, and whether the file has ended."""
    content = file.read(max(_CHUNK_BYTES, len(text)))
    return text + decode(content, not content), not content
