"""Count the tokens that models read and write, by day in SQLite, and keep a daily budget."""

import logging
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from retrieval.errors import StorageError, opening_error, storage_error

LOCK_TIMEOUT_SECONDS = 5.0  # that an answer waits for another process's write

_SCHEMA = """
CREATE TABLE IF NOT EXISTS spent (
    day TEXT NOT NULL, model TEXT NOT NULL,
    requests INTEGER NOT NULL, read INTEGER NOT NULL, written INTEGER NOT NULL,
    PRIMARY KEY (day, model)
)
"""
_ADD = """
INSERT INTO spent VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
    requests = requests + excluded.requests, read = read + excluded.read, written = written + excluded.written
"""

_Request = tuple[str, str, int, int, int]  # day, model, requests, tokens read and written

_log = logging.getLogger(__name__)


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

    Requests that cannot be stored stay in memory: they count towards the budget and are stored with a later one.
    Raises IndexDamaged where the file cannot be opened; the methods that read raise StorageError.
    """

    def __init__(self, path: Path, daily_budget: int = 0) -> None:
        self._path, self.daily_budget = path, daily_budget
        self._lock = threading.Lock()
        self._unstored: list[_Request] = []
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with closing(self._connect()) as db:
                db.execute(_SCHEMA)
        except (OSError, sqlite3.Error, UnicodeDecodeError) as exc:  # the last if it is damaged where its schema stands
            raise opening_error(f"The token counts in {path}", exc) from exc

    def add(self, model: str, tokens: TokenUsage) -> None:
        """Count one request of a model."""
        with self._lock:  # not held while writing, which may wait for another process
            requests = [*self._unstored, (_today(), model, 1, tokens.read, tokens.written)]
            self._unstored.clear()
        try:
            with self._opened() as db, db:
                db.executemany(_ADD, requests)
        except StorageError as exc:
            _log.error("%s The tokens of %d requests are counted in memory meanwhile.", exc, len(requests))
            with self._lock:
                self._unstored += requests

    def usage_today(self) -> Mapping[str, TokenUsage]:
        """Return today's tokens by model."""
        with self._opened() as db:
            rows = db.execute("SELECT model, read, written FROM spent WHERE day = ? ORDER BY model", [_today()])
            return {model: TokenUsage(read, written) for model, read, written in rows}

    def is_exhausted(self) -> bool:
        """Whether today's budget is used up."""
        if not self.daily_budget:
            return False
        stored = sum(tokens.total for tokens in self.usage_today().values())
        with self._lock:
            unstored = sum(read + written for day, _, _, read, written in self._unstored if day == _today())
        return stored + unstored >= self.daily_budget

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(self._connect()) as db:
                yield db
        except (OSError, sqlite3.Error) as exc:
            raise storage_error(f"The token counts in {self._path}", exc) from exc

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=LOCK_TIMEOUT_SECONDS)


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
