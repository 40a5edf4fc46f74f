"""Read JSON Lines files: one article a line with url, title, authors, date, text; optionally id, outlet, updated."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from retrieval.documents import Article, digest
from retrieval.errors import SourceError
from retrieval.ingest.parsing.files.file_names import source_name
from retrieval.ingest.parsing.markup.authors import split_names
from retrieval.ingest.parsing.markup.decoding import storable
from retrieval.text.canonical_url import without_credentials
from retrieval.text.dates import to_iso


def read_jsonl(path: Path, *, largest: int) -> Iterator[Article | SourceError]:
    """The articles of one file in order; for a line that is not an article, an error with its number."""
    name, is_empty = source_name(path), True
    try:
        with path.open("rb") as file:
            for number, line in enumerate(_lines(file, largest), 1):
                if line.strip() or len(line) > largest:
                    is_empty = False
                    yield _parse_line(f"{name}:{number}", line, largest)
        if is_empty:
            yield SourceError(name, "is empty")
    except OSError as exc:
        yield SourceError(name, f"cannot be read ({exc.strerror})")


def _lines(file: BinaryIO, largest: int) -> Iterator[bytes]:
    """The lines of a file; of one that is longer than `largest` only the first bytes, so that it is never in memory."""
    while line := file.readline(largest + 1):
        rest = line
        while len(rest) > largest and not rest.endswith(b"\n"):
            rest = file.readline(largest + 1)
        yield line


def _parse_line(source: str, line: bytes, largest: int) -> Article | SourceError:
    if len(line) > largest:
        return SourceError(source, f"is larger than {largest} bytes")
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as exc:
        return SourceError(source, f"is not a line of JSON ({exc})")
    if not isinstance(row, dict):
        return SourceError(source, "is JSON but not an object")
    if not isinstance(row.get("text"), str) or not row["text"].strip():
        return SourceError(source, "has no text")
    try:
        return article_from_row(source, row)
    except RecursionError:
        return SourceError(source, "is nested too deeply to be read")


def article_from_row(source: str, row: dict[str, Any]) -> Article:
    """Build an article from one row. Keys that other projects use for the same fields are accepted too."""
    text, url = storable(row["text"]), without_credentials(_first_text(row, "url"))
    return Article(
        id=_first_text(row, "id") or digest(url or text)[:12],
        source=source,
        url=url,
        title=_first_text(row, "title") or " ".join(text.split()[:10]),
        text=text,
        authors=split_names(row.get("authors") or row.get("author")),
        outlet=_first_text(row, "outlet", "publisher", "site") or _host(url),
        published=to_iso(row.get("date") or row.get("published")),
        updated=to_iso(row.get("updated")),
        language=_first_text(row, "language"),
    )


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _first_text(row: dict[str, Any], *keys: str) -> str:
    return next((storable(str(row[key]).strip()) for key in keys if row.get(key) not in (None, "")), "")
