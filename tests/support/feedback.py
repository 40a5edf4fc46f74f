"""Readers' feedback as it is stored."""

import sqlite3
from contextlib import closing

from bot.service.history import ConversationHistory


def count_feedback(history: ConversationHistory) -> dict[bool, int]:
    """Count the answers that helped and those that did not."""
    with closing(sqlite3.connect(history.path)) as db:
        return {bool(row[0]): row[1] for row in db.execute("SELECT helpful, count(*) FROM verdicts GROUP BY 1")}
