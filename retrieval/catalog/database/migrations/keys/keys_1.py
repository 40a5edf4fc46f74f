"""API keys."""

from sqlalchemy import Column, LargeBinary

from retrieval.catalog.database.migrations.operations import create_table, texts

revision = "keys_1"
down_revision = None


def upgrade() -> None:
    """Create the table unless a file of an earlier version has it."""
    create_table(
        "keys",
        *texts("name", key=True),
        Column("digest", LargeBinary, nullable=False),
        *texts("created", "used"),
    )
