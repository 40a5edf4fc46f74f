"""Open a database by its address: a SQLite file, or PostgreSQL for several machines; SQLAlchemy speaks to both."""

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
    Row,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.exc import ArgumentError

from retrieval.catalog.database.drivers.sqlite_file import BUSY_TIMEOUT_SECONDS, compiled, set_pragma
from retrieval.catalog.database.drivers.translated_errors import TranslatedErrors
from retrieval.errors import UsageError

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
_EXAMPLE = "write it as postgresql+psycopg://user:password@host/name"
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:lock, 0))")

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

    Errors are those of TranslatedErrors.
    """

    def __init__(self, url: URL, options: SQLiteOptions | None = None) -> None:
        self.url, self.is_sqlite = url, url.get_backend_name() == "sqlite"
        options = options or SQLiteOptions()
        self.engine = self._reading = self._repeating = (
            _sqlite_engine(url, options) if self.is_sqlite else _server_engine(url)
        )
        self._idle, self._keeps_idle = list[Connection](), self.is_sqlite and options.connections is None
        if not self.is_sqlite:
            self._reading = self.engine.execution_options(isolation_level="AUTOCOMMIT")
            self._repeating = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._errors = TranslatedErrors(self.place)

    def rows(
        self, statement: Executable, parameters: Values | None = None, *, snapshot: Connection | None = None
    ) -> Sequence[AnyRow]:
        """All rows of a statement that reads what is committed now, or what a snapshot sees."""
        with self._errors:
            if snapshot is not None:
                return read(snapshot, statement, parameters or {})
            with self._connected() as db:
                return read(db, statement, parameters or {})

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection for several statements that read, each of them what is committed then."""
        with self._errors, self._connected() as db:
            yield db

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """A connection; that of a SQLite file is kept: the pool takes longer than a row by its key."""
        db = self._idle_connection() or self._reading.connect()
        try:
            yield db
        finally:
            if db.in_transaction():
                db.rollback()
            if self._keeps_idle:
                self._idle.append(db)
            else:
                db.close()

    def _idle_connection(self) -> Connection | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None

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
        with self._errors:
            if self.is_sqlite:
                with self._connected() as db, _writing(db):
                    yield db
                return
            with self.engine.begin() as db:
                if lock:
                    db.execute(_LOCK, {"lock": lock})
                yield db

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection that sees what is committed now and nothing later; any thread may use it, one at a time.

        It is not to be used after the block: that of a SQLite file is kept, and sees what is committed then.
        """
        with self._errors:  # the snapshot is that of the first read
            if self.is_sqlite:
                with self._connected() as db, _moment(_sqlite_connection(db)):
                    yield db
                return
            with self._repeating.connect() as db:
                db.exec_driver_sql("SELECT 1").first()
                yield db

    def close(self) -> None:
        """Close every connection that is not in use."""
        while self._idle:
            self._idle.pop().close()
        self.engine.dispose()

    @property
    def place(self) -> str:
        """The file, or the server with its database, without user and password."""
        if self.is_sqlite:
            return str(self.url.database)
        return f"{self.url.host or 'localhost'}:{self.url.port or 5432}/{self.url.database or ''}"


def read(db: Connection, statement: Executable, values: Values) -> Sequence[AnyRow]:
    """All rows of a statement, within a transaction or snapshot."""
    if db.dialect.name == "sqlite" and (known := compiled(statement, tuple(values))):
        return known.rows(_sqlite_connection(db), values)
    return db.execute(statement, values).all()


def write(db: Connection, statement: Executable, parameters: Parameters) -> int:
    """Run a statement within a transaction; returns how many rows it changed."""
    listed = [parameters] if isinstance(parameters, Mapping) else parameters
    if db.dialect.name == "sqlite" and (known := compiled(statement, tuple(listed[0]))):
        return known.run(_sqlite_connection(db), listed)
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


@contextmanager
def _writing(db: Connection) -> Iterator[None]:
    """A write transaction of a SQLite file, which Python and SQLAlchemy leave to us to begin."""
    with db.begin():
        _sqlite_connection(db).execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def _moment(file: sqlite3.Connection) -> Iterator[None]:
    """A transaction that reads what is committed now, begun without SQLAlchemy, whose own takes thrice as long."""
    file.execute("BEGIN")
    try:
        file.execute("SELECT 1 FROM sqlite_schema").fetchone()
        yield
    finally:
        file.rollback()


def _sqlite_connection(db: Connection) -> sqlite3.Connection:
    connection = db.connection.driver_connection
    if not isinstance(connection, sqlite3.Connection):
        raise TypeError(f"{type(connection).__name__} is no connection to a SQLite file.")
    return connection


def _sqlite_engine(url: URL, options: SQLiteOptions) -> Engine:
    """An engine for which Python begins no transactions."""
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
        from retrieval.catalog.database.drivers.server_text import ServerTextDumper

        connection.adapters.register_dumper(str, ServerTextDumper)

    return engine
