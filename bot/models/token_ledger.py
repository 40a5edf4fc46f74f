"""Count the tokens that models read and write, by day in a database, and keep a daily budget."""

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import BigInteger, Column, MetaData, Table, select

from retrieval.catalog.database.dialects import AnyText, excluded, upsert
from retrieval.catalog.database.engine import SQLiteOptions
from retrieval.catalog.database.records import Place, Records
from retrieval.errors import DatabaseUnavailable, StorageError

LOCK_TIMEOUT_SECONDS = 5.0  # that an answer waits for another process's write

_COUNTS = ("requests", "read", "written")
METADATA = MetaData()
_spent = Table(
    "spent",
    METADATA,
    Column("day", AnyText, primary_key=True),
    Column("model", AnyText, primary_key=True),
    *(Column(name, BigInteger, nullable=False) for name in _COUNTS),
)

_ADD = upsert(_spent, **{name: _spent.c[name] + excluded(_spent)[name] for name in _COUNTS})

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
    Raises IndexDamaged where the file cannot be opened; the methods that read raise StorageError, DatabaseUnavailable.
    """

    def __init__(self, place: Place, daily_budget: int = 0) -> None:
        self.daily_budget = daily_budget
        self._lock = threading.Lock()
        self._unstored: list[_Request] = []
        options = SQLiteOptions(LOCK_TIMEOUT_SECONDS, pragmas=(), connections=0)
        self.records = Records("The token counts", place, "spent", METADATA, options)
        self.records.prepare()

    def add(self, model: str, tokens: TokenUsage) -> None:
        """Count one request of a model."""
        with self._lock:  # not held while writing, which may wait for another process
            requests = [*self._unstored, (_today(), model, 1, tokens.read, tokens.written)]
            self._unstored.clear()
        try:
            # Sorted, so that two machines wait for each other's rows in one order.
            self.records.run(_ADD, [dict(zip(_spent.c.keys(), one, strict=True)) for one in sorted(requests)])
        except (StorageError, DatabaseUnavailable) as exc:
            _log.error("%s The tokens of %d requests are counted in memory meanwhile.", exc, len(requests))
            with self._lock:
                self._unstored += requests

    def usage_today(self) -> Mapping[str, TokenUsage]:
        """Return today's tokens by model."""
        columns = select(_spent.c.model, _spent.c.read, _spent.c.written)
        rows = self.records.rows(columns.where(_spent.c.day == _today()).order_by(_spent.c.model))
        return {model: TokenUsage(read, written) for model, read, written in rows}

    def is_exhausted(self) -> bool:
        """Whether today's budget is used up."""
        if not self.daily_budget:
            return False
        stored = sum(tokens.total for tokens in self.usage_today().values())
        with self._lock:
            unstored = sum(read + written for day, _, _, read, written in self._unstored if day == _today())
        return stored + unstored >= self.daily_budget


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
