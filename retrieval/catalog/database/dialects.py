"""What SQLite and PostgreSQL write differently, each behind one name."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, BindParameter, Dialect, Float, Table, Text, bindparam
from sqlalchemy.dialects.postgresql import Insert, insert  # SQLite writes its ON CONFLICT in the same words
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ColumnElement, KeyedColumnElement
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import ARRAY, TypeDecorator, TypeEngine

AnyText = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that compares by code points on every engine, so that days and ids have the same order."""


class ValueList(TypeDecorator[Sequence[Any]]):
    """A list of values as one parameter, however many they are: JSON for SQLite, an array for PostgreSQL."""

    impl = Text
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else ARRAY(self.item))

    def process_bind_param(self, value: Sequence[Any] | None, dialect: Dialect) -> Any:
        listed = list(value or ())
        return json.dumps(listed) if dialect.name == "sqlite" else listed


class among(FunctionElement[bool]):
    """Whether a column has one of the values of a list: `among(column, text_list("names"))`.

    It has no type: SQLAlchemy would write `(...) = 1` for a Boolean, and SQLite then use no index.
    """

    inherit_cache = True


class greatest(FunctionElement[Any]):
    """The greatest of several values in one row."""

    inherit_cache = True

    def __init__(self, *clauses: ColumnElement[Any]) -> None:
        super().__init__(*clauses)
        self.type = clauses[0].type


class server_time(FunctionElement[float]):
    """The time of the database's clock, in seconds since 1970, so that the clocks of machines need not agree."""

    type = Float(53)
    inherit_cache = True


def text_list(name: str) -> BindParameter[Sequence[str]]:
    """The parameter for a list of texts."""
    return bindparam(name, type_=ValueList(Text()))


def number_list(name: str) -> BindParameter[Sequence[int]]:
    """The parameter for a list of whole numbers."""
    return bindparam(name, type_=ValueList(BigInteger()))


def insert_new(table: Table) -> Insert:
    """An INSERT that leaves rows alone whose key is there already."""
    return insert(table).on_conflict_do_nothing()


def upsert(
    table: Table, *columns: str, where: ColumnElement[bool] | None = None, **changes: ColumnElement[Any]
) -> Insert:
    """An INSERT that updates these columns of a row whose key is there already to what was to be inserted.

    `changes` are columns that become something else; rows that do not meet `where` are left alone.
    """
    statement = insert(table)
    values = {column: statement.excluded[column] for column in columns} | changes
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=values, where=where)


def excluded(table: Table) -> ReadOnlyColumnCollection[str, KeyedColumnElement[Any]]:
    """The row that was to be inserted, for the changes of `upsert`."""
    return insert(table).excluded


@compiles(among)
def _write_among(element: among, compiler: SQLCompiler, **options: Any) -> str:
    column, listed = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({column} = ANY ({listed}))"


@compiles(among, "sqlite")
def _write_among_json(element: among, compiler: SQLCompiler, **options: Any) -> str:
    column, listed = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({column} IN (SELECT value FROM json_each({listed})))"


@compiles(greatest)
def _write_greatest(element: greatest, compiler: SQLCompiler, **options: Any) -> str:
    return f"greatest({compiler.process(element.clauses, **options)})"


@compiles(greatest, "sqlite")
def _write_max(element: greatest, compiler: SQLCompiler, **options: Any) -> str:
    return f"max({compiler.process(element.clauses, **options)})"


@compiles(server_time)
def _write_clock(element: server_time, compiler: SQLCompiler, **options: Any) -> str:
    return "CAST(EXTRACT(epoch FROM clock_timestamp()) AS DOUBLE PRECISION)"


@compiles(server_time, "sqlite")
def _write_julian_clock(element: server_time, compiler: SQLCompiler, **options: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"
