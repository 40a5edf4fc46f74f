"""The tables of the bot: in a SQLite file of its own, or in the database that several machines share."""

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, LargeBinary, MetaData, Table, text

from retrieval.catalog.database.dialects import AnyText
from retrieval.catalog.database.engine import SQLiteOptions
from retrieval.catalog.database.records import Place, Records

UNFINISHED = text("NOT done")  # word for word the condition of the index, else SQLite does not use it
_PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON")  # the last overwrites what is deleted
_NUMBER = BigInteger().with_variant(Integer(), "sqlite")

METADATA = MetaData()
updates = Table(
    "updates",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=False),
    Column("received", AnyText, nullable=False),
    Column("payload", LargeBinary, nullable=False),  # bytes, because damaged ones are no text
    Column("turns", Integer),
    Column("shown", _NUMBER),
    Column("done", Boolean, nullable=False, server_default=text("false")),
    Column("order_key", AnyText, nullable=False, server_default=""),  # updates with the same one are done in order
    Index("updates_left", "id", sqlite_where=UNFINISHED, postgresql_where=UNFINISHED),
)
outgoing = Table(
    "outgoing",
    METADATA,
    Column("update_id", _NUMBER, primary_key=True, autoincrement=False),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("payload", AnyText, nullable=False),
    Column("message", _NUMBER),
)
questions = Table(
    "questions",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=False),
    Column("asked", AnyText, nullable=False),
    Column("reader", _NUMBER, nullable=False),
    Column("conversation", AnyText, nullable=False),
    Column("question", AnyText, nullable=False),
    Column("status", AnyText, nullable=False, server_default=""),
    *(Column(name, AnyText, nullable=False, server_default="[]") for name in ("citations", "suggestions")),
    Column("milliseconds", Float(53)),
    Column("helpful", Boolean),
    Column("reason", AnyText, nullable=False, server_default=""),
    Column("reference", AnyText),
    Index("questions_by_time", "asked"),
    Index("questions_by_reader", "reader", "asked"),
    Index("questions_by_conversation", "conversation"),
    Index("questions_by_reference", "reference", unique=True),
)
leases = Table(
    "telegram_leases",
    METADATA,
    Column("name", AnyText, primary_key=True),
    Column("holder", AnyText, nullable=False),
    Column("ends", Float(53), nullable=False),  # seconds since 1970 by the server's clock
    Column("cancelled", AnyText, nullable=False, server_default=""),  # the conversation whose answer is to be stopped
)


def telegram_records(place: Place) -> Records:
    """Open the bot's tables; a SQLite file has one connection, which one thread uses at a time. Raises IndexDamaged."""
    records = Records("The bot's records", place, "telegram", METADATA, SQLiteOptions(pragmas=_PRAGMAS, connections=1))
    records.prepare()
    return records


def scrub(records: Records) -> None:
    """Remove deleted content from the write-ahead log of a SQLite file, too."""
    if not records.are_shared:
        records.rows(text("PRAGMA wal_checkpoint(TRUNCATE)"))
