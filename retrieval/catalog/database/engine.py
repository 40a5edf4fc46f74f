"""Open a database by its address: a SQLite file, or PostgreSQL for several machines; SQLAlchemy speaks to both."""

import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    Executable,
    NullPool,
    PoolProxiedConnection,
    Row,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from retrieval.catalog.database.sqlite_file import BUSY_TIMEOUT_SECONDS, compiled, set_pragma
from retrieval.errors import DatabaseUnavailable, IndexUnavailable, UsageError

if TYPE_CHECKING:
    import psycopg

CONNECT_TIMEOUT_SECONDS = 5  # until a server counts as gone
SERVER_CONNECTIONS = 32  # of one process at most; PostgreSQL takes a hundred in all unless told otherwise
_SERVER_OPTIONS = {
    "connect_timeout": CONNECT_TIMEOUT_SECONDS,
    "keepalives_idle": 5,  # seconds; a machine that has vanished says nothing
    "tcp_user_timeout": 10_000,  # milliseconds
}
_OPTIONS = {"preserve_rowcount": True}  # else rows that were inserted are counted by some drivers alone
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
_EXAMPLE = "write it as postgresql+psycopg://user:password@host/name"
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:lock, 0))")
_BEGIN = "onrecord_begin"  # the execution option with the statement that begins a transaction of SQLite's

AnyRow = Row[*tuple[Any, ...]]
Values = Mapping[str, Any]
"""Values by name."""
Parameters = Values | Sequence[Values]
"""Several sets of values run a statement once for each."""


@dataclass(frozen=True, slots=True)
class SQLiteOptions:
    """How a SQLite file is opened.

    `busy_seconds` is how long a statement waits for another process's write, and `pragmas` are set on each connection.
    `connections` are kept at most: None stands for as many as are used at once, 0 is for a file that may be replaced
    meanwhile, so that each use opens it.
    """

    busy_seconds: float = BUSY_TIMEOUT_SECONDS
    pragmas: Sequence[str] = ("journal_mode=WAL", "synchronous=NORMAL")
    connections: int | None = None


class Database:
    """A pool of connections that threads may share; nothing is opened before it is used.

    SQLite's errors are raised as sqlite3 raises them; a server that cannot be reached, or that takes no more
    connections, as DatabaseUnavailable; one that refuses user, database or rights, or fails, as IndexUnavailable.
    """

    def __init__(self, url: URL, options: SQLiteOptions | None = None) -> None:
        self.url, self.is_sqlite = url, url.get_backend_name() == "sqlite"
        options = options or SQLiteOptions()
        engine = _sqlite_engine(url, options) if self.is_sqlite else _server_engine(url)
        self._idle = list[PoolProxiedConnection]()
        self.engine = self._reading = self._writing = self._repeating = engine
        if self.is_sqlite:
            self._writing = engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})
            self._repeating = engine.execution_options(**{_BEGIN: "BEGIN"})
            self._keeps_idle = options.connections is None
        else:
            self._reading = engine.execution_options(isolation_level="AUTOCOMMIT")
            self._repeating = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    def rows(
        self, statement: Executable, parameters: Values | None = None, *, snapshot: Connection | None = None
    ) -> Sequence[AnyRow]:
        """All rows of a statement that reads what is committed now, or what a snapshot sees."""
        values = parameters or {}
        known = compiled(statement, tuple(values)) if self.is_sqlite else None
        if known and snapshot is not None:
            return known.rows(_sqlite_connection(snapshot.connection), values)
        with self._errors_translated():
            if snapshot is not None:
                return snapshot.execute(statement, values).all()
            if known:
                with self._idle_connection() as opened:
                    return known.rows(_sqlite_connection(opened), values)
            with self._reading.connect() as db:
                return db.execute(statement, values).all()

    @contextmanager
    def _idle_connection(self) -> Iterator[PoolProxiedConnection]:
        """A connection that is kept for the next read: the pool takes longer than a row by its key."""
        try:
            opened = self._idle.pop()
        except IndexError:
            opened = self.engine.raw_connection()
        try:
            yield opened
        finally:
            if self._keeps_idle:
                self._idle.append(opened)
            else:
                opened.close()

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection for several statements that read, each of them what is committed then."""
        with self._errors_translated(), self._reading.connect() as db:
            yield db

    def run(self, statement: Executable, parameters: Parameters | None = None) -> int:
        """Run a statement that writes, in a transaction of its own; returns how many rows it changed."""
        with self.transaction() as db:
            return write(db, statement, parameters or {})

    @contextmanager
    def transaction(self, *, lock: str = "") -> Iterator[Connection]:
        """A write transaction: committed at the end of the block, rolled back when it raises.

        A SQLite file has one at a time. On a server they run side by side, each statement seeing what is committed;
        those that name the same `lock` wait for each other.
        """
        with self._errors_translated(), self._writing.begin() as db:
            if lock and not self.is_sqlite:
                db.execute(_LOCK, {"lock": lock})
            yield db

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection that sees what is committed now and nothing later; any thread may use it, one at a time."""
        with self._errors_translated(), self._repeating.connect() as db:
            if self.is_sqlite:
                db.begin()
                _sqlite_connection(db.connection).execute("SELECT 1 FROM sqlite_schema").fetchone()
            else:
                db.exec_driver_sql("SELECT 1").first()
            yield db  # the snapshot is that of the first read

    def close(self) -> None:
        """Close every connection that is not in use."""
        while self._idle:
            self._idle.pop().close()
        self.engine.dispose()

    @contextmanager
    def _errors_translated(self) -> Iterator[None]:
        try:
            yield
        except PoolTimeoutError as exc:
            raise self._unavailable("all its connections are in use") from exc
        except DBAPIError as exc:
            if isinstance(exc.orig, sqlite3.Error):
                exc.__cause__ = exc.__context__ = None  # the original, whose context becomes this: no circle
                raise exc.orig from None
            if refusal := _refusal(exc):
                raise IndexUnavailable(f"The database {self.place} refuses: {refusal}; {_WHAT_TO_CHECK}.") from exc
            if exc.connection_invalidated or _is_unreachable(exc):
                raise self._unavailable(_first_line(exc)) from exc
            if advice := _FAULTS.get(_state(exc)) or _FAULTS.get(_state(exc)[:2]):
                raise IndexUnavailable(f"The database {self.place} fails ({_first_line(exc)}); {advice}.") from exc
            raise

    @property
    def place(self) -> str:
        """The file, or the server with its database, without user and password."""
        if self.is_sqlite:
            return str(self.url.database)
        return f"{self.url.host or 'localhost'}:{self.url.port or 5432}/{self.url.database or ''}"

    def _unavailable(self, reason: str) -> DatabaseUnavailable:
        return DatabaseUnavailable(f"The database {self.place} cannot be used now ({reason}); try again in a moment.")


def read(db: Connection, statement: Executable, values: Values) -> Sequence[AnyRow]:
    """All rows of a statement, within a transaction or snapshot."""
    if db.dialect.name == "sqlite" and (known := compiled(statement, tuple(values))):
        return known.rows(_sqlite_connection(db.connection), values)
    return db.execute(statement, values).all()


def write(db: Connection, statement: Executable, parameters: Parameters) -> int:
    """Run a statement within a transaction; returns how many rows it changed."""
    listed = [parameters] if isinstance(parameters, Mapping) else parameters
    if db.dialect.name == "sqlite" and (known := compiled(statement, tuple(listed[0]))):
        return known.run(_sqlite_connection(db.connection), listed)
    return int(db.execute(statement, parameters).rowcount)


def server_database(address: str) -> Database:
    """The database of a server by its address, `postgresql+psycopg://user:password@host/name`; nothing is opened yet.

    Raises UsageError, which never quotes the address: it holds a password.
    """
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise UsageError(f"ONRECORD_DATABASE_URL is no address; {_EXAMPLE}.") from None  # exc quotes it
    if url.drivername not in ("postgresql", "postgresql+psycopg"):
        raise UsageError(f"ONRECORD_DATABASE_URL begins with {url.drivername!r}, which is not served; {_EXAMPLE}.")
    if not url.database:
        raise UsageError(f"ONRECORD_DATABASE_URL names no database; {_EXAMPLE}.")
    try:
        return Database(url.set(drivername="postgresql+psycopg"))
    except ImportError as exc:
        raise UsageError("ONRECORD_DATABASE_URL needs psycopg: pip install 'onrecord[postgresql]'.") from exc


def sqlite_url(path: Path) -> URL:
    """The address of a SQLite file."""
    return URL.create("sqlite", database=str(path))


def _sqlite_connection(opened: PoolProxiedConnection) -> sqlite3.Connection:
    connection = opened.driver_connection
    if not isinstance(connection, sqlite3.Connection):
        raise TypeError(f"{type(connection).__name__} is no connection to a SQLite file.")
    return connection


def _sqlite_engine(url: URL, options: SQLiteOptions) -> Engine:
    """An engine whose transactions begin as their execution option says: Python's own beginning of them is off."""
    pool: dict[str, Any] = {"max_overflow": -1} if options.connections is None else {"poolclass": NullPool}
    if options.connections:
        pool = {"pool_size": options.connections, "max_overflow": 0, "pool_timeout": options.busy_seconds}
    arguments = {"timeout": options.busy_seconds, "check_same_thread": False}
    engine = create_engine(url, connect_args=arguments, execution_options=_OPTIONS, hide_parameters=True, **pool)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None
        for pragma in options.pragmas:
            set_pragma(connection, pragma, options.busy_seconds)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if statement := connection.get_execution_options().get(_BEGIN):
            _sqlite_connection(connection.connection).execute(statement)

    return engine


def _server_engine(url: URL) -> Engine:
    """An engine whose connections are tried before use, because the server may have been restarted meanwhile."""
    engine = create_engine(
        url,
        connect_args=_SERVER_OPTIONS,
        execution_options=_OPTIONS,
        hide_parameters=True,  # an error's text goes to the log, what readers ask does not
        pool_pre_ping=True,
        pool_size=SERVER_CONNECTIONS // 4,
        max_overflow=SERVER_CONNECTIONS - SERVER_CONNECTIONS // 4,
        pool_timeout=CONNECT_TIMEOUT_SECONDS,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: "psycopg.Connection[Any]", _: object) -> None:
        from retrieval.catalog.database.server_text import ServerTextDumper

        connection.adapters.register_dumper(str, ServerTextDumper)

    return engine


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
