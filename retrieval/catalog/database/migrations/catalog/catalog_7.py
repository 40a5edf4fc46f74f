"""The number of passages with each term, for an index whose words are in an engine that does not tell it."""

from alembic import op
from sqlalchemy import Column, Integer

from retrieval.catalog.database.dialects import AnyText

revision = "catalog_7"
down_revision = "catalog_6"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "terms",
        Column("term", AnyText, primary_key=True, nullable=False),
        Column("field", AnyText, primary_key=True, nullable=False),
        Column("passages", Integer, nullable=False),
        sqlite_with_rowid=False,
    )
