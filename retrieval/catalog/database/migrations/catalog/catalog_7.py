"""The number of passages with each term, for an index whose words are in an engine that does not tell it."""

from alembic import op
from sqlalchemy import Column, Integer, Text

revision = "catalog_7"
down_revision = "catalog_6"

_TEXT = Text().with_variant(Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "terms",
        Column("term", _TEXT, primary_key=True, nullable=False),
        Column("field", _TEXT, primary_key=True, nullable=False),
        Column("passages", Integer, nullable=False),
        sqlite_with_rowid=False,
    )
