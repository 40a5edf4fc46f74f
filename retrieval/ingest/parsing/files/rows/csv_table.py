"""Read tables with a header: values separated by commas, semicolons or tabs (CSV, TSV)."""

import csv
from collections.abc import Iterator
from pathlib import Path

from retrieval.documents import Article
from retrieval.errors import SourceError
from retrieval.ingest.parsing.files.file_names import source_name
from retrieval.ingest.parsing.files.rows.article_row import TEXT_FIELDS, PlacedRow, has_text_field, read_rows

_SNIFFED_BYTES = 65_536
_SEPARATORS = ",;\t|"


def read_csv(path: Path, *, largest: int) -> Iterator[Article | SourceError]:
    """The articles of one table in order; an error with its line for each row without a text."""
    csv.field_size_limit(largest)
    yield from read_rows(lambda: _rows(path))


def _rows(path: Path) -> Iterator[PlacedRow | SourceError]:
    name = source_name(path)
    try:
        with path.open(encoding=_encoding(path), errors="replace", newline="") as file:
            header = file.readline()
            file.seek(0)
            table = csv.DictReader(file, delimiter=max(_SEPARATORS, key=header.count))
            columns = [column for column in table.fieldnames or () if column]
            if not has_text_field(iter(columns)):
                yield SourceError(name, _no_text_column(columns))
                return
            has_rows = False
            for row in table:
                has_rows = True
                yield f"{name}:{table.line_num}", {key: value for key, value in row.items() if key}
            if not has_rows:
                yield SourceError(name, "has no rows below its header")
    except OSError as exc:
        yield SourceError(name, f"cannot be read ({exc.strerror})")
    except csv.Error as exc:
        yield SourceError(name, f"is not a table ({exc})")


def _encoding(path: Path) -> str:
    """The encoding of a table: as its byte order mark says, UTF-8 if it is valid, else that of Western Windows."""
    with path.open("rb") as file:
        start = file.read(_SNIFFED_BYTES)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        start[: -3 if len(start) == _SNIFFED_BYTES else None].decode("utf-8")
    except UnicodeDecodeError as exc:
        return "cp1252" if exc.reason != "unexpected end of data" else "utf-8-sig"
    return "utf-8-sig"


def _no_text_column(columns: list[str]) -> str:
    named = ", ".join(column[:40] for column in columns[:12]) or "none"
    return f"has no column for the text: it is looked for in {', '.join(TEXT_FIELDS[:-1])}, and the columns are {named}"
