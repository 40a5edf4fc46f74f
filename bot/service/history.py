"""Store the turns of conversations and readers' feedback on them in SQLite, across runs."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.answering.messages import Answer, Turn
from retrieval.catalog.database import utc_now
from retrieval.errors import is_disk_full, opening_error, storage_error

LOCK_TIMEOUT_SECONDS = 5.0  # that an answer waits for another process's write; each takes milliseconds
MAX_TURNS = 8  # the last turns of a conversation that a follow-up question may refer to

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
    """The turns of all conversations; a conversation's id names its surface, chat and thread.

    Raises IndexDamaged where the file cannot be opened; a full disk or a lock is no reason, because questions can
    be answered meanwhile. All methods raise StorageError.
    """

    def __init__(self, path: Path) -> None:
        self.path, self._has_schema = path, False
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with closing(self._connect()) as db:
                self._create_schema(db)
        except (OSError, sqlite3.Error, UnicodeDecodeError) as exc:  # the last if it is damaged where its schema stands
            if not is_disk_full(exc) and getattr(exc, "sqlite_errorcode", None) != sqlite3.SQLITE_BUSY:
                raise opening_error(f"The conversations in {path}", exc) from exc

    def turns(self, conversation: str) -> list[Turn]:
        """Return the last MAX_TURNS turns, oldest first."""
        with self._opened() as db:
            rows = db.execute(
                "SELECT question, standalone, answer, status, articles FROM turns WHERE conversation = ? "
                "ORDER BY number DESC LIMIT ?",
                [conversation, MAX_TURNS],
            ).fetchall()
        return [
            Turn(question, standalone, text, status, tuple(json.loads(ids)))
            for question, standalone, text, status, ids in rows[::-1]
        ]

    def remember(self, conversation: str, answer: Answer) -> int:
        """Add a turn and return its number in the conversation, from 1."""
        articles = json.dumps(list(dict.fromkeys(citation.article for citation in answer.citations)))
        columns = [answer.question, answer.standalone_question, answer.text, answer.status, articles]
        number = "SELECT coalesce(max(number), 0) + 1 FROM turns WHERE conversation = ?1"
        with self._opened() as db, db:
            row = db.execute(
                f"INSERT INTO turns VALUES (?1, ({number}), ?2, ?3, ?4, ?5, ?6, ?7) RETURNING number",
                [conversation, utc_now(), *columns],
            ).fetchone()
        return int(row[0])

    def record_feedback(self, conversation: str, turn: int, *, helpful: bool, reason: str = "") -> bool:
        """Record whether an answer helped, replacing earlier feedback; return False where there is no such turn."""
        sql = (
            "INSERT OR REPLACE INTO verdicts "
            "SELECT conversation, number, ?3, ?4, ?5 FROM turns WHERE conversation = ?1 AND number = ?2"
        )
        with self._opened() as db, db:
            return db.execute(sql, [conversation, turn, utc_now(), helpful, reason]).rowcount > 0

    def forget(self, conversation: str) -> bool:
        """Delete a conversation; return whether there was one."""
        with self._opened() as db, db:
            return db.execute("DELETE FROM turns WHERE conversation = ?", [conversation]).rowcount > 0

    def count(self, conversation: str) -> int:
        """Count the turns of a conversation."""
        with self._opened() as db:
            row = db.execute("SELECT count(*) FROM turns WHERE conversation = ?", [conversation]).fetchone()
        return int(row[0])

    def truncate(self, conversation: str, turns: int) -> None:
        """Keep the first `turns` turns of a conversation and delete the rest."""
        sql = (
            "DELETE FROM turns WHERE conversation = ?1 AND number NOT IN "
            "(SELECT number FROM turns WHERE conversation = ?1 ORDER BY number LIMIT ?2)"
        )
        with self._opened() as db, db:
            db.execute(sql, [conversation, turns])

    def replace_prefix(self, old: str, new: str) -> None:
        """Replace the prefix `old` of conversation ids by `new`; turns that would collide with existing ones stay."""
        sql = (
            "UPDATE OR IGNORE turns SET conversation = ?2 || substr(conversation, length(?1) + 1) "
            "WHERE substr(conversation, 1, length(?1)) = ?1"
        )
        with self._opened() as db, db:
            db.execute(sql, [old, new])

    def purge(self, days: int) -> int:
        """Delete turns older than `days` days and return how many there were."""
        oldest = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="seconds")
        with self._opened() as db, db:
            return db.execute("DELETE FROM turns WHERE asked < ?", [oldest]).rowcount

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(self._connect()) as db:
                if not self._has_schema:
                    self._create_schema(db)
                yield db
        except (OSError, sqlite3.Error) as exc:
            raise storage_error(f"The conversations in {self.path}", exc) from exc

    def _create_schema(self, db: sqlite3.Connection) -> None:
        db.executescript(_SCHEMA)
        self._has_schema = True

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=LOCK_TIMEOUT_SECONDS)
        db.execute("PRAGMA secure_delete=ON")  # deleted rows are overwritten with zeros
        return db
