"""Copy tables to another database, in batches by key: a copy that was killed goes on where it stopped."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, delete, func, insert, select, text, true, tuple_

from retrieval.catalog.database import tables
from retrieval.catalog.database.engine import Database

Progress = Callable[[str, int, int], None]
"""Called with the stage, the rows done and 0, as their number is not known."""

BATCH_ROWS = 1_000
COPYING = "copying"  # the fact that names the catalog of which another is an unfinished copy
_NEWLY_MADE = ("id", "collection", "words_collection", "generation", COPYING)  # facts about indexes of a catalog
_DIGITS = 16  # of a checksum
_UNCLAIMED: Mapping[str, Any] = MappingProxyType({"claimed_by": "", "claimed_until": 0.0})


@dataclass(frozen=True, slots=True)
class TableCopy:
    """A table to be copied: the rows that meet a condition, with these values in place of their own in some columns."""

    table: Table
    where: ColumnElement[bool] = field(default_factory=true)
    instead: Mapping[str, Any] = field(default_factory=dict)

    @property
    def compared(self) -> list[Column[Any]]:
        """The columns that are the same on both sides."""
        return [column for column in self.table.columns if column.name not in self.instead]

    @property
    def key(self) -> list[Column[Any]]:
        """The columns that order the rows: the order of insertion where there is one; none in a table without key."""
        return [self.table.c.rowid] if "rowid" in self.table.c else list(self.table.primary_key)


@dataclass(frozen=True, slots=True)
class Checksum:
    """The number of rows, and a digest of their contents that does not depend on their order."""

    rows: int
    digest: str


# All of the catalog but the frequencies of terms; the indexes of the copy have yet to be filled.
CATALOG_TABLES = (
    *(TableCopy(one) for one in (tables.articles, tables.versions, tables.withdrawn, tables.bands)),
    TableCopy(tables.uncut, instead=_UNCLAIMED),
    TableCopy(tables.passages, tables.passages.c.live == 1, {"words": 0, "vectors": 0, **_UNCLAIMED}),
    TableCopy(tables.facts, tables.facts.c.key.not_in(_NEWLY_MADE)),
    *(TableCopy(one) for one in (tables.runs, tables.quotes, tables.speakers)),
    TableCopy(tables.sources, instead=_UNCLAIMED),
    *(TableCopy(one) for one in (tables.visits, tables.brought, tables.source_runs)),
)


def copy_tables(
    source: Database, target: Database, wanted: Iterable[TableCopy], progress: Progress
) -> Iterator[tuple[str, Checksum, Checksum]]:
    """Copy tables one by one; yield the name of each, and the checksums of both sides."""
    with source.snapshot() as db:
        for what in wanted:
            copy_table(db, target, what, progress)
            with target.snapshot() as copied:
                yield what.table.name, checksum(db, what), checksum(copied, what)


def copy_table(source: Connection, target: Database, what: TableCopy, progress: Progress) -> None:
    """Copy the rows that the target lacks, a transaction a batch; `progress` is told of the rows that it has."""
    with target.connection() as db:
        done, last = _count(db, what), _last_key(db, what)
    if not what.key:
        _copy_whole(source, target, what, done)
        return
    for batch in _batches(source, what, last):
        with target.transaction() as db:
            db.execute(insert(what.table), [{**row, **what.instead} for row in batch])
        done += len(batch)
        progress("copying", done, 0)
    if not target.is_sqlite:
        _count_on(target, what.table)


def checksum(db: Connection, what: TableCopy) -> Checksum:
    """The checksum of the rows that are copied."""
    rows, total = 0, 0
    found = db.execution_options(yield_per=BATCH_ROWS).execute(select(*what.compared).where(what.where))
    for row in found:
        content = hashlib.sha256("\x1f".join(map(_canonical, row)).encode("utf-8", "replace")).digest()
        rows, total = rows + 1, total + int.from_bytes(content[: _DIGITS // 2])
    return Checksum(rows, f"{total % 16**_DIGITS:0{_DIGITS}x}")


def is_empty(db: Connection, what: TableCopy) -> bool:
    """Whether a table has no rows that would be copied."""
    return _count(db, what) == 0


def _canonical(value: Any) -> str:
    """A value as every database stores it: PostgreSQL has no NUL in a text."""
    return value.replace("\0", "\ufffd") if isinstance(value, str) else repr(value)


def _count(db: Connection, what: TableCopy) -> int:
    return int(db.execute(select(func.count()).select_from(what.table).where(what.where)).scalar_one())


def _last_key(db: Connection, what: TableCopy) -> Sequence[Any] | None:
    """The key up to which a table was copied; None where it is empty."""
    if not what.key:
        return None
    newest_first = [column.desc() for column in what.key]
    return db.execute(select(*what.key).where(what.where).order_by(*newest_first).limit(1)).first()


def _batches(source: Connection, what: TableCopy, last: Sequence[Any] | None) -> Iterator[list[dict[str, Any]]]:
    while True:
        wanted = select(*what.table.columns).where(what.where)
        if last is not None:
            wanted = wanted.where(tuple_(*what.key) > tuple_(*last) if len(what.key) > 1 else what.key[0] > last[0])
        found = source.execute(wanted.order_by(*what.key).limit(BATCH_ROWS)).mappings().all()
        if not found:
            return
        yield [dict(row) for row in found]
        last = [found[-1][column.name] for column in what.key]


def _copy_whole(source: Connection, target: Database, what: TableCopy, done: int) -> None:
    """Copy a table without a key, which is short, in one transaction."""
    rows = [dict(row) for row in source.execute(select(*what.table.columns)).mappings()]
    if len(rows) != done:
        with target.transaction() as db:
            db.execute(delete(what.table))
            if rows:
                db.execute(insert(what.table), rows)


def _count_on(target: Database, table: Table) -> None:
    """Have the numbers that PostgreSQL gives to new rows follow those that were copied."""
    counted = [column.name for column in table.columns if column.name == "rowid" or column.autoincrement is True]
    with target.transaction() as db:
        for name in counted:
            highest = f"(SELECT max({name}) FROM {table.name})"
            db.execute(text(f"SELECT setval(pg_get_serial_sequence('{table.name}', '{name}'), {highest})"))
