"""What was asked and answered in each conversation and whether it helped, in SQLite, kept across runs."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.answering.messages import Answer, Turn
from retrieval.catalog.database import BUSY_SECONDS, now
from retrieval.errors import IndexUnavailable

REMEMBERED = 8  # turns that a follow-up may refer to

_SCHEMA = """
CREATE TABLE IF NOT EXISTS turns (
    conversation TEXT NOT NULL, number INTEGER NOT NULL, asked TEXT NOT NULL,
    question TEXT NOT NULL, standalone TEXT NOT NULL, answer TEXT NOT NULL,
    status TEXT NOT NULL, articles TEXT NOT NULL,
    PRIMARY KEY (conversation, number)
);
CREATE INDEX IF NOT EXISTS turns_by_time ON turns (asked);
CREATE TABLE IF NOT EXISTS verdicts (
    conversation TEXT NOT NULL, number INTEGER NOT NULL, given TEXT NOT NULL,
    helpful INTEGER NOT NULL, reason TEXT NOT NULL,
    PRIMARY KEY (conversation, number)
);
CREATE TRIGGER IF NOT EXISTS verdicts_leave_with_their_turns AFTER DELETE ON turns BEGIN
    DELETE FROM verdicts WHERE conversation = old.conversation AND number = old.number;
END;
CREATE TRIGGER IF NOT EXISTS verdicts_move_with_their_turns AFTER UPDATE OF conversation ON turns BEGIN
    UPDATE verdicts SET conversation = new.conversation
    WHERE conversation = old.conversation AND number = old.number;
END
"""


class ConversationHistory:
    """Turns by conversation; a conversation's id is surface, chat and thread. Raises IndexUnavailable."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with closing(self._connect()) as db:
                db.executescript(_SCHEMA)
        except (OSError, sqlite3.Error) as exc:
            raise IndexUnavailable(f"The conversations in {path} cannot be opened: {exc}.") from exc

    def turns(self, conversation: str) -> list[Turn]:
        """The last turns, oldest first."""
        with closing(self._connect()) as db:
            rows = db.execute(
                "SELECT question, standalone, answer, status, articles FROM turns WHERE conversation = ? "
                "ORDER BY number DESC LIMIT ?",
                [conversation, REMEMBERED],
            ).fetchall()
        return [
            Turn(q, standalone, text, status, tuple(json.loads(ids))) for q, standalone, text, status, ids in rows[::-1]
        ]

    def remember(self, conversation: str, answer: Answer) -> int:
        """Add a turn; returns its number in the conversation, from 1."""
        articles = json.dumps(list(dict.fromkeys(citation.article for citation in answer.citations)))
        facts = [answer.question, answer.standalone_question, answer.text, answer.status, articles]
        number = "SELECT coalesce(max(number), 0) + 1 FROM turns WHERE conversation = ?1"
        with closing(self._connect()) as db, db:
            row = db.execute(
                f"INSERT INTO turns VALUES (?1, ({number}), ?2, ?3, ?4, ?5, ?6, ?7) RETURNING number",
                [conversation, now(), *facts],
            ).fetchone()
        return int(row[0])

    def judge(self, conversation: str, turn: int, *, helpful: bool, reason: str = "") -> bool:
        """Remember whether an answer helped, instead of what was said of it before; False where there is none."""
        sql = (
            "INSERT OR REPLACE INTO verdicts "
            "SELECT conversation, number, ?3, ?4, ?5 FROM turns WHERE conversation = ?1 AND number = ?2"
        )
        with closing(self._connect()) as db, db:
            return db.execute(sql, [conversation, turn, now(), helpful, reason]).rowcount > 0

    def verdicts(self) -> dict[bool, int]:
        """How many answers helped and how many did not."""
        with closing(self._connect()) as db:
            return {bool(row[0]): row[1] for row in db.execute("SELECT helpful, count(*) FROM verdicts GROUP BY 1")}

    def forget(self, conversation: str) -> bool:
        """Delete a conversation; whether there was one."""
        with closing(self._connect()) as db, db:
            return db.execute("DELETE FROM turns WHERE conversation = ?", [conversation]).rowcount > 0

    def count(self, conversation: str) -> int:
        """How many turns there are."""
        with closing(self._connect()) as db:
            row = db.execute("SELECT count(*) FROM turns WHERE conversation = ?", [conversation]).fetchone()
        return int(row[0])

    def keep_first(self, conversation: str, turns: int) -> None:
        """Delete what came after so many turns."""
        sql = (
            "DELETE FROM turns WHERE conversation = ?1 AND number NOT IN "
            "(SELECT number FROM turns WHERE conversation = ?1 ORDER BY number LIMIT ?2)"
        )
        with closing(self._connect()) as db, db:
            db.execute(sql, [conversation, turns])

    def move(self, old: str, new: str) -> None:
        """Conversations whose ids begin with the one begin with the other from now on; those that exist stay."""
        sql = (
            "UPDATE OR IGNORE turns SET conversation = ?2 || substr(conversation, length(?1) + 1) "
            "WHERE substr(conversation, 1, length(?1)) = ?1"
        )
        with closing(self._connect()) as db, db:
            db.execute(sql, [old, new])

    def purge(self, days: int) -> int:
        """Delete what was said more than so many days ago; returns how many turns that were."""
        oldest = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="seconds")
        with closing(self._connect()) as db, db:
            return db.execute("DELETE FROM turns WHERE asked < ?", [oldest]).rowcount

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=BUSY_SECONDS)
        db.execute("PRAGMA secure_delete=ON")  # what is forgotten is overwritten
        return db
