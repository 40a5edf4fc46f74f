"""What revisions do: create tables, columns and indexes that a database lacks.

Files that are older than Alembic's count of revisions have some of them.
"""

from typing import Any

from alembic import op
from sqlalchemy import Column, inspect, text
from sqlalchemy.schema import SchemaItem
from sqlalchemy.sql.elements import TextClause

from retrieval.catalog.database.dialects import AnyText


def texts(*names: str, key: bool = False) -> list[Column[Any]]:
    """Columns of texts."""
    return [Column(name, AnyText, primary_key=key, nullable=False) for name in names]


def create_table(name: str, *parts: SchemaItem, **options: Any) -> None:
    """Create a table unless there is one of this name."""
    op.create_table(name, *parts, if_not_exists=True, **options)


def create_index(
    name: str, table: str, *columns: str | TextClause, where: str | None = None, unique: bool = False
) -> None:
    """Create an index unless there is one of this name."""
    condition = None if where is None else text(where)
    op.create_index(
        name,
        table,
        list(columns),
        if_not_exists=True,
        unique=unique,
        sqlite_where=condition,
        postgresql_where=condition,
    )


def add_missing_columns(table: str, *columns: Column[Any]) -> None:
    """Add the columns that a table lacks."""
    known = {column["name"] for column in inspect(op.get_bind()).get_columns(table)}
    for column in columns:
        if column.name not in known:
            op.add_column(table, column)
