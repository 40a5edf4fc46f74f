"""The questions of readers, how they were answered, and the feedback on the answers."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.answering.messages import Answer, Citation, Highlight
from bot.telegram.storage.telegram_database import TelegramDatabase
from retrieval.documents import Copy

_SCHEMA = """
CREATE TABLE IF NOT EXISTS questions (
    id INTEGER PRIMARY KEY, asked TEXT NOT NULL, reader INTEGER NOT NULL, conversation TEXT NOT NULL,
    question TEXT NOT NULL, status TEXT NOT NULL DEFAULT '', citations TEXT NOT NULL DEFAULT '[]',
    suggestions TEXT NOT NULL DEFAULT '[]', milliseconds REAL, helpful INTEGER, reason TEXT NOT NULL DEFAULT '',
    reference TEXT
);
CREATE INDEX IF NOT EXISTS questions_by_time ON questions (asked);
CREATE INDEX IF NOT EXISTS questions_by_reader ON questions (reader, asked);
CREATE INDEX IF NOT EXISTS questions_by_conversation ON questions (conversation);
"""
_REFERENCE_INDEX = "CREATE UNIQUE INDEX IF NOT EXISTS questions_by_reference ON questions (reference)"
_REFERENCE_BYTES = 12  # of the random reference in an answer's buttons
_MAX_ID_DIGITS = 18  # of an update's id; SQLite's integers have 18 digits for certain


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """An answered question, with what its buttons and /sources need; `reference` names it in the buttons."""

    id: int
    question: str
    conversation: str
    citations: tuple[Citation, ...]
    suggestions: tuple[str, ...]
    reference: str


@dataclass(frozen=True, slots=True)
class UsageStats:
    """How the bot is used: since the oldest stored question, and in the last 24 hours (`today`)."""

    questions: int
    readers: int
    today: int
    unanswered: int
    helpful: int
    unhelpful: int
    median_ms: float


class ReaderStore:
    """Questions by the id of their update; may be shared between threads."""

    def __init__(self, database: TelegramDatabase) -> None:
        self._database = database
        database.script(_SCHEMA)
        if "reference" not in {row["name"] for row in database.rows("PRAGMA table_info(questions)")}:
            database.script("ALTER TABLE questions ADD COLUMN reference TEXT")  # made by an earlier version
        database.script(_REFERENCE_INDEX)

    def add_question(self, update: int, reader: int, conversation: str, question: str) -> None:
        """Store a question; storing it again after a restart changes nothing."""
        sql = "INSERT OR IGNORE INTO questions (id, asked, reader, conversation, question) VALUES (?, ?, ?, ?, ?)"
        self._database.run(sql, [update, _time_ago(timedelta()), reader, conversation, question])

    def record_answer(self, update: int, answer: Answer, suggestions: tuple[str, ...]) -> str:
        """Store how a question was answered; returns a reference for its buttons that nobody can guess."""
        columns = "status = ?, citations = ?, suggestions = ?, milliseconds = ?, reference = ?"
        citations = json.dumps([asdict(citation) for citation in answer.citations or answer.nearest])
        milliseconds, reference = answer.timings_ms.get("total"), secrets.token_urlsafe(_REFERENCE_BYTES)
        values = [answer.status, citations, json.dumps(suggestions), milliseconds, reference, update]
        self._database.run(f"UPDATE questions SET {columns} WHERE id = ?", values)
        return reference

    def answered_question(self, reference: str) -> AnsweredQuestion | None:
        """The answered question that a button refers to, None if it was deleted.

        Buttons of earlier versions refer to it by the id of its update.
        """
        is_id = reference.isascii() and reference.isdecimal() and len(reference) <= _MAX_ID_DIGITS
        sql = "SELECT * FROM questions WHERE reference = ? OR (id = ? AND reference IS NULL)"
        return self._one(sql, [reference, int(reference) if is_id else None])

    def last(self, conversation: str) -> AnsweredQuestion | None:
        """The last answered question of a conversation."""
        sql = "SELECT * FROM questions WHERE conversation = ? AND status <> '' ORDER BY id DESC LIMIT 1"
        return self._one(sql, [conversation])

    def record_feedback(self, update: int, *, helpful: bool, reason: str = "") -> None:
        """Store the feedback on an answer, in place of earlier feedback."""
        self._database.run("UPDATE questions SET helpful = ?, reason = ? WHERE id = ?", [helpful, reason, update])

    def count_recent(self, reader: int, seconds: float, update: int) -> int:
        """The number of questions of a reader in the last `seconds`, without this one."""
        since = _time_ago(timedelta(seconds=seconds))
        sql = "SELECT count(*) FROM questions WHERE reader = ? AND asked > ? AND id <> ?"
        return int(self._database.rows(sql, [reader, since, update])[0][0])

    def count_today(self, update: int) -> int:
        """The number of questions of all readers since midnight UTC, without this one."""
        sql = "SELECT count(*) FROM questions WHERE asked >= ? AND id <> ?"
        return int(self._database.rows(sql, [datetime.now(UTC).date().isoformat(), update])[0][0])

    def unanswered(self, most: int) -> list[tuple[str, int]]:
        """Questions that the articles could not answer, with how often they were asked, newest first."""
        sql = (
            "SELECT question, count(*) AS times FROM questions WHERE status = 'no_answer' "
            "GROUP BY lower(question) ORDER BY max(id) DESC LIMIT ?"
        )
        return [(row["question"], row["times"]) for row in self._database.rows(sql, [most])]

    def stats(self) -> UsageStats:
        """How the bot is used."""
        sql = (
            "SELECT count(*), count(DISTINCT reader), total(asked > ?), total(status = 'no_answer'), "
            "total(helpful = 1), total(helpful = 0) FROM questions"
        )
        row = self._database.rows(sql, [_time_ago(timedelta(days=1))])[0]
        times = sorted(
            row[0] for row in self._database.rows("SELECT milliseconds FROM questions WHERE milliseconds IS NOT NULL")
        )
        median = times[len(times) // 2] if times else 0.0
        questions, readers, today, unanswered, helpful, unhelpful = map(int, row)
        return UsageStats(questions, readers, today, unanswered, helpful, unhelpful, median)

    def forget(self, reader: int, conversation: str | None) -> None:
        """Delete all questions of a reader and those of a conversation, in the write-ahead log too."""
        self._database.run("DELETE FROM questions WHERE conversation = ? OR reader = ?", [conversation, reader])
        self._database.scrub()

    def move(self, old: str, new: str) -> None:
        """Replace the prefix `old` of conversation names by `new`, because a group has got another id."""
        sql = (
            "UPDATE questions SET conversation = ?2 || substr(conversation, length(?1) + 1) "
            "WHERE substr(conversation, 1, length(?1)) = ?1"
        )
        self._database.run(sql, [old, new])

    def purge(self, days: int) -> None:
        """Delete questions older than `days`."""
        self._database.run("DELETE FROM questions WHERE asked < ?", [_time_ago(timedelta(days=days))])

    def _one(self, sql: str, values: list[Any]) -> AnsweredQuestion | None:
        rows = self._database.rows(sql, values)
        return _answered_question(rows[0]) if rows else None


def _answered_question(row: Any) -> AnsweredQuestion:
    return AnsweredQuestion(
        row["id"],
        row["question"],
        row["conversation"],
        tuple(map(_load_citation, json.loads(row["citations"]))),
        tuple(json.loads(row["suggestions"])),
        row["reference"] or str(row["id"]),
    )


def _load_citation(stored: Mapping[str, Any]) -> Citation:
    copies = tuple(Copy(**copy) for copy in stored.get("copies", ()))
    highlights = tuple(Highlight(**highlight) for highlight in stored.get("highlights", ()))
    return Citation(**{**stored, "authors": tuple(stored["authors"]), "copies": copies, "highlights": highlights})


def _time_ago(age: timedelta) -> str:
    return (datetime.now(UTC) - age).isoformat(timespec="milliseconds")
