"""Readers' feedback as it is stored."""

from sqlalchemy import text

from bot.service.history import ConversationHistory


def count_feedback(history: ConversationHistory) -> dict[bool, int]:
    """Count the answers that helped and those that did not."""
    rows = history.records.rows(text("SELECT helpful, count(*) FROM verdicts GROUP BY 1"))
    return {bool(row[0]): row[1] for row in rows}
