"""JSON lines: one article a line, with url, title, authors, date, text and optionally id, outlet, updated."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from retrieval.documents import Article, digest
from retrieval.errors import SourceError
from retrieval.ingest.parsing.markup.decoding import storable
from retrieval.ingest.parsing.markup.markdown import people
from retrieval.text.dates import iso


def read_jsonl(path: Path, *, largest: int) -> Iterator[Article | SourceError]:
    """The articles of one file, in order; a line that is none is named with its number, the others go on."""
    try:
        empty = True
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    empty = False
                    yield _line(f"{path}:{number}", line, largest)
        if empty:
            yield SourceError(str(path), "is empty")
    except OSError as exc:
        yield SourceError(str(path), f"cannot be read ({exc.strerror})")


def _line(source: str, line: bytes, largest: int) -> Article | SourceError:
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
    return article_of(source, row)


def article_of(source: str, row: dict[str, Any]) -> Article:
    """The article in one row; keys other projects use for the same facts are understood too."""
    text, url = storable(row["text"]), _text(row, "url")
    return Article(
        id=_text(row, "id") or digest(url or text)[:12],
        source=source,
        url=url,
        title=_text(row, "title") or " ".join(text.split()[:10]),
        text=text,
        authors=people(row.get("authors") or row.get("author")),
        outlet=_text(row, "outlet", "publisher", "site") or _host(url),
        published=iso(row.get("date") or row.get("published")),
        updated=iso(row.get("updated")),
        language=_text(row, "language"),
    )


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _text(row: dict[str, Any], *keys: str) -> str:
    return next((storable(str(row[key]).strip()) for key in keys if row.get(key) not in (None, "")), "")
