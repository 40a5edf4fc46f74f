"""Files of questions: JSON lines, each with a `question`."""

import json
from pathlib import Path
from typing import Any

from bot.answering.messages import validate_question
from retrieval.errors import UsageError


def read_questions(file: Path) -> list[dict[str, Any]]:
    """The lines of a file, all checked before the first is asked. Raises UsageError that names the line."""
    return [parse_question(f"{file}:{number}", line) for number, line in numbered_lines(file)]


def numbered_lines(file: Path) -> list[tuple[int, str]]:
    """The lines that are not blank, with their numbers from 1. Raises UsageError."""
    try:
        text = file.read_text("utf-8")
    except OSError as exc:
        raise UsageError(f"{file} cannot be read: {exc.strerror}.") from exc
    except UnicodeDecodeError as exc:
        raise UsageError(f"{file} is not text in UTF-8; save it as that.") from exc
    return [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]


def parse_question(place: str, line: str) -> dict[str, Any]:
    """A line with a valid `question`. Raises UsageError that names the place."""
    try:
        row = json.loads(line)
        json.dumps(row, ensure_ascii=False).encode()  # JSON may hold half a surrogate pair, which is no text
    except (ValueError, RecursionError) as exc:
        raise UsageError(f"{place} is not a line of JSON: {exc}.") from exc
    if not isinstance(row, dict) or not isinstance(row.get("question"), str):
        raise UsageError(f"{place} has no `question`.")
    try:
        validate_question(row["question"])
    except UsageError as exc:
        raise UsageError(f"{place}: {exc}") from exc
    return row
