"""Which worker indexes passages, segments articles and reads sources, where several machines share the work."""

from alembic import op
from sqlalchemy import Column, Float

from retrieval.catalog.database.dialects import AnyText

revision = "catalog_8"
down_revision = "catalog_7"


def upgrade() -> None:
    """Add the columns."""
    for table in ("passages", "uncut", "sources"):
        op.add_column(table, Column("claimed_by", AnyText, nullable=False, server_default=""))
        op.add_column(table, Column("claimed_until", Float(53), nullable=False, server_default="0"))
