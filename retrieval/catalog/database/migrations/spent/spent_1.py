"""Tokens of models by day."""

from sqlalchemy import BigInteger, Column

from retrieval.catalog.database.migrations.operations import create_table, texts

revision = "spent_1"
down_revision = None


def upgrade() -> None:
    """Create the table unless a file of an earlier version has it."""
    counts = (Column(name, BigInteger, nullable=False) for name in ("requests", "read", "written"))
    create_table("spent", *texts("day", "model", key=True), *counts)
