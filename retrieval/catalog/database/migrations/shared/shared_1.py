"""What only a shared database holds: counts of requests and failures, and the secret that signs tokens."""

from sqlalchemy import BigInteger, Column, Float, LargeBinary

from retrieval.catalog.database.migrations.operations import create_index, create_table, texts

revision = "shared_1"
down_revision = None


def upgrade() -> None:
    """Create what is missing."""
    create_table(
        "rate_limit_windows",
        *texts("key", key=True),
        Column("count", BigInteger, nullable=False),
        Column("ends", Float(53), nullable=False),
    )
    create_index("rate_limit_windows_by_end", "rate_limit_windows", "ends")
    create_table("secrets", *texts("name", key=True), Column("secret", LargeBinary, nullable=False))
