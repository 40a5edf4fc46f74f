"""What readers asked, what they were answered and what they thought of it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.answering.messages import Answer, Citation
from bot.telegram.storage.telegram_database import TelegramDatabase
from retrieval.documents import Copy

_SCHEMA = """
CREATE TABLE IF NOT EXISTS questions (
    id INTEGER PRIMARY KEY, asked TEXT NOT NULL, reader INTEGER NOT NULL, conversation TEXT NOT NULL,
    question TEXT NOT NULL, status TEXT NOT NULL DEFAULT '', citations TEXT NOT NULL DEFAULT '[]',
    suggestions TEXT NOT NULL DEFAULT '[]', milliseconds REAL, helpful INTEGER, reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS questions_by_time ON questions (asked);
CREATE INDEX IF NOT EXISTS questions_by_reader ON questions (reader, asked);
CREATE INDEX IF NOT EXISTS questions_by_conversation ON questions (conversation);
"""


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """A question that was answered, as its buttons and /sources need it."""

    id: int
    question: str
    conversation: str
    citations: tuple[Citation, ...]
    suggestions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UsageStats:
    """How the bot is used: since the oldest question that is kept, and in the last 24 hours."""

    questions: int
    readers: int
    today: int
    unanswered: int
    helpful: int
    unhelpful: int
    median_ms: float


class ReaderStore:
    """Questions by the id of the update that asked them; safe to share between threads."""

    def __init__(self, database: TelegramDatabase) -> None:
        self._database = database
        database.script(_SCHEMA)

    def asks(self, update: int, reader: int, conversation: str, question: str) -> None:
        """Remember a question; asking it again after a restart changes nothing."""
        sql = "INSERT OR IGNORE INTO questions (id, asked, reader, conversation, question) VALUES (?, ?, ?, ?, ?)"
        self._database.run(sql, [update, _ago(timedelta()), reader, conversation, question])

    def answered(self, update: int, answer: Answer, suggestions: tuple[str, ...]) -> None:
        """Remember how a question was answered."""
        sql = "UPDATE questions SET status = ?, citations = ?, suggestions = ?, milliseconds = ? WHERE id = ?"
        citations = json.dumps([asdict(citation) for citation in answer.citations or answer.nearest])
        spent = answer.timings_ms.get("total")
        self._database.run(sql, [answer.status, citations, json.dumps(suggestions), spent, update])

    def answer(self, update: int) -> AnsweredQuestion | None:
        """What was answered, None where it is forgotten."""
        return self._one("SELECT * FROM questions WHERE id = ?", [update])

    def last(self, conversation: str) -> AnsweredQuestion | None:
        """The last answer of a conversation."""
        sql = "SELECT * FROM questions WHERE conversation = ? AND status <> '' ORDER BY id DESC LIMIT 1"
        return self._one(sql, [conversation])

    def judge(self, update: int, *, helpful: bool, reason: str = "") -> None:
        """Remember what a reader thought of an answer; the last word counts."""
        self._database.run("UPDATE questions SET helpful = ?, reason = ? WHERE id = ?", [helpful, reason, update])

    def asked_lately(self, reader: int, seconds: float, update: int) -> int:
        """How many questions a reader asked in so many seconds, this one not counted."""
        since = _ago(timedelta(seconds=seconds))
        sql = "SELECT count(*) FROM questions WHERE reader = ? AND asked > ? AND id <> ?"
        return int(self._database.rows(sql, [reader, since, update])[0][0])

    def asked_today(self, update: int) -> int:
        """How many questions all asked since midnight UTC, this one not counted."""
        sql = "SELECT count(*) FROM questions WHERE asked >= ? AND id <> ?"
        return int(self._database.rows(sql, [datetime.now(UTC).date().isoformat(), update])[0][0])

    def unanswered(self, most: int) -> list[tuple[str, int]]:
        """What the articles could not answer and how often it was asked, newest first."""
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
        row = self._database.rows(sql, [_ago(timedelta(days=1))])[0]
        times = sorted(
            each[0] for each in self._database.rows("SELECT milliseconds FROM questions WHERE milliseconds IS NOT NULL")
        )
        median = times[len(times) // 2] if times else 0.0
        questions, readers, today, unanswered, helpful, unhelpful = map(int, row)
        return UsageStats(questions, readers, today, unanswered, helpful, unhelpful, median)

    def forget(self, conversation: str, reader: int) -> None:
        """Delete a conversation's questions, and this reader's wherever they were asked; nothing of them is left."""
        self._database.run("DELETE FROM questions WHERE conversation = ? OR reader = ?", [conversation, reader])
        self._database.scrub()

    def move(self, old: str, new: str) -> None:
        """A group has another id: conversations that begin with the one begin with the other."""
        sql = (
            "UPDATE questions SET conversation = ?2 || substr(conversation, length(?1) + 1) "
            "WHERE substr(conversation, 1, length(?1)) = ?1"
        )
        self._database.run(sql, [old, new])

    def purge(self, days: int) -> None:
        """Delete what was asked more than so many days ago."""
        self._database.run("DELETE FROM questions WHERE asked < ?", [_ago(timedelta(days=days))])

    def _one(self, sql: str, values: list[Any]) -> AnsweredQuestion | None:
        rows = self._database.rows(sql, values)
        return _answered(rows[0]) if rows else None


def _answered(row: Any) -> AnsweredQuestion:
    return AnsweredQuestion(
        row["id"],
        row["question"],
        row["conversation"],
        tuple(map(_citation, json.loads(row["citations"]))),
        tuple(json.loads(row["suggestions"])),
    )


def _citation(stored: Mapping[str, Any]) -> Citation:
    copies = tuple(Copy(**copy) for copy in stored.get("copies", ()))
    return Citation(**{**stored, "authors": tuple(stored["authors"]), "copies": copies})


def _ago(time: timedelta) -> str:
    return (datetime.now(UTC) - time).isoformat(timespec="milliseconds")
