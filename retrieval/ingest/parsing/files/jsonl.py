"""Read files of JSON: one article a line, an array of articles, or one article; `rows` has the names of its fields."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from retrieval.documents import Article
from retrieval.errors import SourceError
from retrieval.ingest.parsing.files.file_names import source_name
from retrieval.ingest.parsing.files.rows.article_row import PlacedRow, Row, has_text_field, read_rows
from retrieval.ingest.parsing.files.rows.json_array import array_items, is_array_of_objects

_START_BYTES = 1_024


def read_jsonl(path: Path, *, largest: int) -> Iterator[Article | SourceError]:
    """The articles of one file in order; for a line or an item that is not an article, an error with its number."""
    yield from read_rows(lambda: _rows(path, largest))


def _rows(path: Path, largest: int) -> Iterator[PlacedRow | SourceError]:
    name, is_empty = source_name(path), True
    try:
        with path.open("rb") as file:
            for found in _file_rows(file, name, largest):
                is_empty = False
                yield found
        if is_empty:
            yield SourceError(name, "is empty")
    except OSError as exc:
        yield SourceError(name, f"cannot be read ({exc.strerror})")


def _file_rows(file: BinaryIO, name: str, largest: int) -> Iterator[PlacedRow | SourceError]:
    start = file.read(_START_BYTES)
    file.seek(0)
    if is_array_of_objects(start):
        yield from _array_rows(file, name, largest)
    elif (document := _whole_document(file, largest)) is not None:
        yield from _document_rows(name, document)
    else:
        file.seek(0)
        for number, line in enumerate(_lines(file, largest), 1):
            if line.strip() or len(line) > largest:
                yield _parse_line(f"{name}:{number}", line, largest)


def _array_rows(file: BinaryIO, name: str, largest: int) -> Iterator[PlacedRow | SourceError]:
    number = 0
    try:
        for number, item in enumerate(array_items(file, largest), 1):
            yield _row(f"{name}:{number}", item)
    except ValueError as exc:
        yield SourceError(f"{name}:{number + 1}", str(exc))


def _whole_document(file: BinaryIO, largest: int) -> dict[str, Any] | None:
    """The object that a whole file is; None if it is none, as a file with an object on each line."""
    content = file.read(largest + 1)
    first_line = content.lstrip(b"\xef\xbb\xbf \t\r\n").partition(b"\n")[0].rstrip()
    if len(content) > largest or not first_line.startswith(b"{"):
        return None
    try:
        found = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):  # lines of JSON have more after the first
        return None
    return found if isinstance(found, dict) else None


def _document_rows(name: str, document: dict[str, Any]) -> Iterator[PlacedRow | SourceError]:
    """The one article of an object, or those in the list of objects that it has (`{"articles": [...]}`)."""
    lists = [value for value in document.values() if isinstance(value, list) and value and isinstance(value[0], dict)]
    items = lists[0] if len(lists) == 1 and not has_text_field(iter(document)) else [document]
    yield from (_row(f"{name}:{number}", item) for number, item in enumerate(items, 1))


def _lines(file: BinaryIO, largest: int) -> Iterator[bytes]:
    """The lines of a file; of one that is longer than `largest` only the first bytes, so that it is never in memory."""
    while line := file.readline(largest + 1):
        rest = line
        while len(rest) > largest and not rest.endswith(b"\n"):
            rest = file.readline(largest + 1)
        yield line


def _parse_line(source: str, line: bytes, largest: int) -> PlacedRow | SourceError:
    if len(line) > largest:
        return SourceError(source, f"is larger than {largest} bytes")
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as exc:
        return SourceError(source, f"is not a line of JSON ({exc})")
    return _row(source, row)


def _row(source: str, item: Any) -> tuple[str, Row] | SourceError:
    return (source, item) if isinstance(item, dict) else SourceError(source, "is JSON but not an object")
