"""The bot's updates, messages, questions and leases."""

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Float, Integer, LargeBinary, text

from retrieval.catalog.database.dialects import AnyText
from retrieval.catalog.database.migrations.operations import add_missing_columns, create_index, create_table, texts

revision = "telegram_1"
down_revision = None

_NUMBER = BigInteger().with_variant(Integer(), "sqlite")


def upgrade() -> None:
    """Create what is missing: everything, or what a file of an earlier version lacks."""
    _create_updates()
    _create_questions()
    create_table(
        "telegram_leases",
        *texts("name", key=True),
        *texts("holder"),
        Column("ends", Float(53), nullable=False),
        _text("cancelled"),
    )


def _create_updates() -> None:
    create_table(
        "updates",
        _key("id"),
        *texts("received"),
        Column("payload", LargeBinary, nullable=False),
        Column("turns", Integer),
        Column("shown", _NUMBER),
        Column("done", Boolean, nullable=False, server_default=text("false")),
        _text("order_key"),
    )
    add_missing_columns("updates", _text("order_key"))
    create_index("updates_left", "updates", "id", where="NOT done")
    create_table("outgoing", _key("update_id"), _key("part", Integer()), *texts("payload"), Column("message", _NUMBER))


def _create_questions() -> None:
    create_table(
        "questions",
        _key("id"),
        *texts("asked"),
        Column("reader", _NUMBER, nullable=False),
        *texts("conversation", "question"),
        _text("status"),
        _text("citations", "[]"),
        _text("suggestions", "[]"),
        Column("milliseconds", Float(53)),
        Column("helpful", Boolean),
        _text("reason"),
        Column("reference", AnyText),
    )
    add_missing_columns("questions", Column("reference", AnyText))
    create_index("questions_by_time", "questions", "asked")
    create_index("questions_by_reader", "questions", "reader", "asked")
    create_index("questions_by_conversation", "questions", "conversation")
    create_index("questions_by_reference", "questions", "reference", unique=True)


def _key(name: str, kind: Any = _NUMBER) -> Column[Any]:
    return Column(name, kind, primary_key=True, nullable=False, autoincrement=False)


def _text(name: str, default: str = "") -> Column[Any]:
    return Column(name, AnyText, nullable=False, server_default=default)
