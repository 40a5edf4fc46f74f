"""SQLite files: statements that run without SQLAlchemy, how long to wait for a write, and whether one is damaged."""

import sqlite3
import time
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Executable
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql import ClauseElement, Select
from sqlalchemy.sql.compiler import SQLCompiler

from retrieval.errors import is_database_damaged

BUSY_TIMEOUT_SECONDS = 60.0  # that a statement waits for another process's write
_RETRY_SECONDS = 0.01
_PRIMARY_CODE = 0xFF  # the part of an extended error code that says what kind it is
_DIALECT = sqlite.dialect(paramstyle="named")


def set_pragma(db: sqlite3.Connection, pragma: str, busy_seconds: float = BUSY_TIMEOUT_SECONDS) -> None:
    """Set a pragma such as `journal_mode=WAL`, waiting for another process's write.

    SQLite does not wait by itself where two processes switch a new file to WAL: one of them fails at once.
    """
    end = time.monotonic() + busy_seconds
    while True:
        try:
            db.execute(f"PRAGMA {pragma}")
            return
        except sqlite3.OperationalError as exc:
            if exc.sqlite_errorcode & _PRIMARY_CODE != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
        time.sleep(_RETRY_SECONDS)


class CompiledStatement:
    """A statement in SQLite's words, with the values that stand in it, and how to convert those that it is given."""

    __slots__ = ("_converted", "_fixed", "_row", "_sql")

    def __init__(self, sql: str, fixed: Mapping[str, Any], converted: Mapping[str, Callable[[Any], Any]]) -> None:
        self._sql, self._fixed, self._converted = sql, fixed, converted
        self._row: Any = None

    def rows(self, db: sqlite3.Connection, values: Mapping[str, Any]) -> Sequence[Any]:
        """All rows, with their columns as attributes."""
        cursor = db.execute(self._sql, self._bound(values))
        found = cursor.fetchall()
        if found and self._row is None:
            self._row = _row_maker([column[0] for column in cursor.description])
        return list(map(self._row, found)) if found else found

    def run(self, db: sqlite3.Connection, values: Sequence[Mapping[str, Any]]) -> int:
        """Run it once for each set of values; returns how many rows were changed."""
        if len(values) == 1:
            return db.execute(self._sql, self._bound(values[0])).rowcount
        return db.executemany(self._sql, map(self._bound, values)).rowcount

    def _bound(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        if not self._fixed and not self._converted:
            return values
        return {**self._fixed, **values, **{name: convert(values[name]) for name, convert in self._converted.items()}}


_compiled: WeakKeyDictionary[Executable, dict[Sequence[str], CompiledStatement | None]] = WeakKeyDictionary()


def compiled(statement: Executable, keys: Sequence[str]) -> CompiledStatement | None:
    """The statement for values with these keys; None where SQLAlchemy has to run it.

    It takes thirty times as long as sqlite3 does for a row by its key. A statement is compiled when it is seen again:
    one that is built for each use is known by its structure alone, in SQLAlchemy's own cache.
    """
    known = _compiled.get(statement)
    if known is None:
        _compiled[statement] = {}
        return None
    if keys not in known:
        known[keys] = _compile(statement, keys)
    return known[keys]


def _compile(statement: Executable, keys: Sequence[str]) -> CompiledStatement | None:
    if not isinstance(statement, ClauseElement) or _has_converted_columns(statement):
        return None
    words = statement.compile(dialect=_DIALECT, column_keys=list(keys))
    if not isinstance(words, SQLCompiler) or words.post_compile_params or words.literal_execute_params:
        return None
    found = {name: bind.type.dialect_impl(_DIALECT).bind_processor(_DIALECT) for bind, name in words.bind_names.items()}
    converted = {name: convert for name, convert in found.items() if convert}
    fixed = {
        name: words.params[name] for bind, name in words.bind_names.items() if not bind.required and name not in keys
    }
    fixed |= {name: converted.pop(name)(value) for name, value in fixed.items() if name in converted}
    return CompiledStatement(str(words), fixed, converted)


def _has_converted_columns(statement: ClauseElement) -> bool:
    """Whether SQLite returns something else than the types of the columns mean, as for truth values."""
    columns = statement.selected_columns if isinstance(statement, Select) else ()
    return any(column.type.dialect_impl(_DIALECT).result_processor(_DIALECT, None) for column in columns)


def _row_maker(names: Sequence[str]) -> Any:
    """What makes a named tuple of a row; its own `_make` takes four times as long."""
    return partial(tuple.__new__, namedtuple("Row", names, rename=True))


def database_damage(path: Path) -> str:
    """What is wrong with the structure of a SQLite file, empty if nothing is; reads all of it."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            found = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
    except (sqlite3.DatabaseError, UnicodeDecodeError) as exc:
        return str(exc) if is_database_damaged(exc) else ""
    return "" if found == "ok" else found.splitlines()[-1]
