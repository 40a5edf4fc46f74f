"""The turns of conversations, and readers' feedback on them."""

from sqlalchemy import Boolean, Column, ForeignKeyConstraint, Integer

from retrieval.catalog.database.migrations.operations import create_index, create_table, texts

revision = "conversations_1"
down_revision = None


def upgrade() -> None:
    """Create what is missing; files of earlier versions have triggers in place of the foreign key."""
    create_table(
        "turns",
        *texts("conversation", key=True),
        Column("number", Integer, primary_key=True, nullable=False, autoincrement=False),
        *texts("asked", "question", "standalone", "answer", "status", "articles"),
    )
    create_index("turns_by_time", "turns", "asked")
    create_table(
        "verdicts",
        *texts("conversation", key=True),
        Column("number", Integer, primary_key=True, nullable=False, autoincrement=False),
        *texts("given"),
        Column("helpful", Boolean, nullable=False),
        *texts("reason"),
        ForeignKeyConstraint(
            ["conversation", "number"], ["turns.conversation", "turns.number"], ondelete="CASCADE", onupdate="CASCADE"
        ),
    )
