"""Tables beside the catalog: conversations, keys, counts; in a SQLite file of their own or in a shared database."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Executable, MetaData, Table

from retrieval.catalog.database.engine import AnyRow, Database, Parameters, SQLiteOptions, Values, sqlite_url
from retrieval.catalog.database.schema import upgrade
from retrieval.errors import is_disk_full, opening_error, storage_error

Place = Path | Database
"""Where records are: a SQLite file, or the database that several machines share."""


class Records:
    """The tables of a branch of the schema, brought up to date when they are first needed.

    `metadata` has them as statements are written with them, and `what` names them in errors ("The conversations").
    All methods raise StorageError for a SQLite file, DatabaseUnavailable for a server.
    """

    def __init__(
        self, what: str, place: Place, branch: str, metadata: MetaData, options: SQLiteOptions | None = None
    ) -> None:
        self.path = None if isinstance(place, Database) else place
        self.database = place if isinstance(place, Database) else Database(sqlite_url(place), options)
        self._branch, self._metadata, self._has_tables = branch, metadata, False
        self._what = f"{what} in {self.path}" if self.path else what

    @property
    def tables(self) -> list[Table]:
        """All tables, those before others that refer to them."""
        return self._metadata.sorted_tables

    @property
    def are_shared(self) -> bool:
        """Whether several machines may use them."""
        return self.path is None

    def prepare(self) -> None:
        """Make what is missing. Raises IndexDamaged where the file cannot be opened, IndexUnavailable for a newer one.

        A full disk or a lock is no reason: the tables are made by the first use that finds room.
        """
        try:
            if self.path:
                self.path.parent.mkdir(parents=True, exist_ok=True)
            self._upgrade()
        except (OSError, sqlite3.Error, UnicodeDecodeError) as exc:  # the last if it is damaged where its schema stands
            if not is_disk_full(exc) and getattr(exc, "sqlite_errorcode", None) != sqlite3.SQLITE_BUSY:
                raise opening_error(self._what, exc) from exc

    def rows(self, statement: Executable, parameters: Values | None = None) -> Sequence[AnyRow]:
        """All rows of a statement that reads."""
        with self._errors_named():
            return self.database.rows(statement, parameters)

    def run(self, statement: Executable, parameters: Parameters | None = None) -> int:
        """Run a statement that writes; returns how many rows it changed."""
        with self._errors_named():
            return self.database.run(statement, parameters)

    @contextmanager
    def transaction(self, *, lock: str = "") -> Iterator[Connection]:
        """A write transaction; those that name the same `lock` wait for each other on a server, too."""
        with self._errors_named(), self.database.transaction(lock=lock) as db:
            yield db

    def close(self) -> None:
        """Close the file; a shared database stays open for others."""
        if self.path:
            self.database.close()

    @contextmanager
    def _errors_named(self) -> Iterator[None]:
        try:
            if not self._has_tables:
                self._upgrade()
            yield
        except (OSError, sqlite3.Error, UnicodeDecodeError) as exc:
            raise storage_error(self._what, exc) from exc

    def _upgrade(self) -> None:
        upgrade(self.database, self._branch)
        self._has_tables = True
