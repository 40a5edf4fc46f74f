"""Errors of a database as ours: sqlite3's own for a file, and for a server one sentence that says what to do."""

import re
import sqlite3
from types import TracebackType

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from retrieval.errors import DatabaseUnavailable, IndexUnavailable

# PostgreSQL's codes for a wrong password, an unknown user or database, and missing rights.
_REFUSALS = frozenset({"28000", "28P01", "3D000", "42501"})
_BUSY = re.compile(  # of refusals at login
    r"too many|slots|starting up|not yet accepting|shutting down|recovery|terminating"
)
_FAULTS = {  # PostgreSQL's codes, or their classes, and what to do
    "25006": "it is a standby, so name the primary in ONRECORD_DATABASE_URL",
    "42P01": "its tables were changed by hand, so restore it from a backup",
    "42703": "its tables were changed by hand, so restore it from a backup",
    "58": "look into the server's log",
    "XX": "it may be damaged, so look into the server's log",
}
_WHAT_TO_CHECK = "check ONRECORD_DATABASE_URL and the rights of its user"


class TranslatedErrors:
    """A block in which SQLAlchemy's errors are raised as ours; may be entered again within itself.

    SQLite's errors are raised as sqlite3 raises them; a server that cannot be reached, or that takes no more
    connections, as DatabaseUnavailable; one that refuses user, database or rights, or fails, as IndexUnavailable.
    """

    __slots__ = ("_place",)

    def __init__(self, place: str) -> None:
        self._place = place

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, at: TracebackType | None) -> None:
        if isinstance(exc, PoolTimeoutError):
            raise self._unavailable("all its connections are in use") from exc
        if isinstance(exc, DBAPIError):
            self._translate(exc)

    def _translate(self, exc: DBAPIError) -> None:
        if isinstance(exc.orig, sqlite3.Error):
            exc.__cause__ = exc.__context__ = None  # the original, whose context becomes this: no circle
            raise exc.orig from None
        if refusal := _refusal(exc):
            raise IndexUnavailable(f"The database {self._place} refuses: {refusal}; {_WHAT_TO_CHECK}.") from exc
        if exc.connection_invalidated or _is_unreachable(exc):
            raise self._unavailable(_first_line(exc)) from exc
        if advice := _FAULTS.get(_state(exc)) or _FAULTS.get(_state(exc)[:2]):
            raise IndexUnavailable(f"The database {self._place} fails ({_first_line(exc)}); {advice}.") from exc

    def _unavailable(self, reason: str) -> DatabaseUnavailable:
        return DatabaseUnavailable(f"The database {self._place} cannot be used now ({reason}); try again in a moment.")


def _is_unreachable(error: DBAPIError) -> bool:
    """Whether the server is the reason and not the statement: by PostgreSQL's classes of errors."""
    return isinstance(error, OperationalError) and _state(error)[:2] in ("", "08", "53", "57")


def _state(error: DBAPIError) -> str:
    """PostgreSQL's code of an error, empty where it gives none."""
    return getattr(error.orig, "sqlstate", None) or ""


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).strip().partition("\n")[0]


def _refusal(error: DBAPIError) -> str:
    """Why a server refuses user, database or rights, empty where it does not; at login it gives no code."""
    said, state = str(error.orig), _state(error)
    found = re.search("(.+)", said) if state else re.search(r"FATAL:\s+(.+)", said)
    is_refusal = state in _REFUSALS or (not state and found and not _BUSY.search(found[1]))
    return found[1].strip() if found and is_refusal else ""
