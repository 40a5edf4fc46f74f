"""Count the tokens that models read and write, by day in SQLite, and keep a daily budget."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from retrieval.catalog.database import BUSY_TIMEOUT_SECONDS
from retrieval.errors import IndexUnavailable

_SCHEMA = """
CREATE TABLE IF NOT EXISTS spent (
    day TEXT NOT NULL, model TEXT NOT NULL,
    requests INTEGER NOT NULL, read INTEGER NOT NULL, written INTEGER NOT NULL,
    PRIMARY KEY (day, model)
)
"""
_ADD = """
INSERT INTO spent VALUES (?, ?, 1, ?, ?) ON CONFLICT DO UPDATE SET
    requests = requests + 1, read = read + excluded.read, written = written + excluded.written
"""


@dataclass(frozen=True, slots=True)
class TokenUsage:
    """Tokens of one or more requests: those the model read (input) and those it wrote (output)."""

    read: int = 0
    written: int = 0

    def __add__(self, other: "TokenUsage") -> "TokenUsage":
        return TokenUsage(self.read + other.read, self.written + other.written)

    @property
    def total(self) -> int:
        return self.read + self.written


class TokenLedger:
    """Tokens by day (UTC) and model, shared by all processes of one index; a `daily_budget` of 0 is no limit.

    Raises IndexUnavailable where the file cannot be opened.
    """

    def __init__(self, path: Path, daily_budget: int = 0) -> None:
        self._path, self.daily_budget = path, daily_budget
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with closing(self._connect()) as db:
                db.execute(_SCHEMA)
        except (OSError, sqlite3.Error) as exc:
            raise IndexUnavailable(f"The token counts in {path} cannot be opened: {exc}.") from exc

    def add(self, model: str, tokens: TokenUsage) -> None:
        """Count one request of a model."""
        with closing(self._connect()) as db, db:
            db.execute(_ADD, [_today(), model, tokens.read, tokens.written])

    def usage_today(self) -> Mapping[str, TokenUsage]:
        """Return today's tokens by model."""
        with closing(self._connect()) as db:
            rows = db.execute("SELECT model, read, written FROM spent WHERE day = ? ORDER BY model", [_today()])
            return {model: TokenUsage(read, written) for model, read, written in rows}

    def is_exhausted(self) -> bool:
        """Whether today's budget is used up."""
        used = (tokens.total for tokens in self.usage_today().values())
        return bool(self.daily_budget) and sum(used) >= self.daily_budget

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=BUSY_TIMEOUT_SECONDS)


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
