"""The questions of readers, how they were answered, and the feedback on the answers."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, false, func, literal, select

from bot.answering.messages import Answer, Citation, Highlight
from bot.telegram.storage.telegram_database import questions, scrub
from retrieval.catalog.database.dialects import insert_new
from retrieval.catalog.database.records import Records
from retrieval.documents import Copy

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

    def __init__(self, records: Records) -> None:
        self._records = records

    def add_question(self, update: int, reader: int, conversation: str, question: str) -> None:
        """Store a question; storing it again after a restart changes nothing."""
        row = {"id": update, "asked": _time_ago(timedelta()), "reader": reader}
        row |= {"conversation": conversation, "question": question}
        self._records.run(insert_new(questions), row)

    def record_answer(self, update: int, answer: Answer, suggestions: tuple[str, ...]) -> str:
        """Store how a question was answered; returns a reference for its buttons that nobody can guess."""
        reference = secrets.token_urlsafe(_REFERENCE_BYTES)
        answered = questions.update().values(
            status=answer.status,
            citations=json.dumps([asdict(citation) for citation in answer.citations or answer.nearest]),
            suggestions=json.dumps(suggestions),
            milliseconds=answer.timings_ms.get("total"),
            reference=reference,
        )
        self._records.run(answered.where(questions.c.id == update))
        return reference

    def answered_question(self, reference: str) -> AnsweredQuestion | None:
        """The answered question that a button refers to, None if it was deleted.

        Buttons of earlier versions refer to it by the id of its update.
        """
        is_id = reference.isascii() and reference.isdecimal() and len(reference) <= _MAX_ID_DIGITS
        by_id = (questions.c.id == int(reference)) & questions.c.reference.is_(None) if is_id else false()
        return self._one(select(questions).where((questions.c.reference == reference) | by_id))

    def last(self, conversation: str) -> AnsweredQuestion | None:
        """The last answered question of a conversation; a greeting and the like are none."""
        is_answered = questions.c.status.not_in(["", "no_question"])
        answered = select(questions).where(questions.c.conversation == conversation, is_answered)
        return self._one(answered.order_by(questions.c.id.desc()).limit(1))

    def record_feedback(self, update: int, *, helpful: bool, reason: str = "") -> None:
        """Store the feedback on an answer, in place of earlier feedback."""
        self._records.run(questions.update().where(questions.c.id == update).values(helpful=helpful, reason=reason))

    def count_recent(self, reader: int, seconds: float, update: int) -> int:
        """The number of questions of a reader in the last `seconds`, without this one."""
        is_recent = questions.c.asked > _time_ago(timedelta(seconds=seconds))
        return self._count(questions.c.reader == reader, is_recent, questions.c.id != update)

    def count_today(self, update: int) -> int:
        """The number of questions of all readers since midnight UTC, without this one."""
        return self._count(questions.c.asked >= datetime.now(UTC).date().isoformat(), questions.c.id != update)

    def unanswered(self, most: int) -> list[tuple[str, int]]:
        """Questions that the articles could not answer, with how often they were asked, newest first."""
        grouped = (
            select(func.max(questions.c.id).label("newest"), func.count().label("times"))
            .where(questions.c.status == "no_answer")
            .group_by(func.lower(questions.c.question))
            .subquery()
        )
        found = select(questions.c.question, grouped.c.times).join(grouped, questions.c.id == grouped.c.newest)
        rows = self._records.rows(found.order_by(grouped.c.newest.desc()).limit(most))
        return [(row.question, row.times) for row in rows]

    def stats(self) -> UsageStats:
        """How the bot is used."""
        conditions = (
            questions.c.asked > _time_ago(timedelta(days=1)),
            questions.c.status == "no_answer",
            questions.c.helpful.is_(True),
            questions.c.helpful.is_(False),
        )
        counts = (func.count().filter(condition) for condition in conditions)
        row = self._records.rows(select(func.count(), func.count(questions.c.reader.distinct()), *counts))[0]
        timed = select(questions.c.milliseconds).where(questions.c.milliseconds.is_not(None))
        times = sorted(one.milliseconds for one in self._records.rows(timed))
        asked, readers, today, unanswered, helpful, unhelpful = map(int, row)
        median = times[len(times) // 2] if times else 0.0
        return UsageStats(asked, readers, today, unanswered, helpful, unhelpful, median)

    def forget(self, reader: int, conversation: str | None) -> None:
        """Delete all questions of a reader and those of a conversation, in the write-ahead log too."""
        is_theirs = (questions.c.conversation == conversation) | (questions.c.reader == reader)
        self._records.run(delete(questions).where(is_theirs))
        scrub(self._records)

    def move(self, old: str, new: str) -> None:
        """Replace the prefix `old` of conversation names by `new`, because a group has got another id."""
        moved = literal(new) + func.substr(questions.c.conversation, len(old) + 1)
        begins = func.substr(questions.c.conversation, 1, len(old)) == old
        self._records.run(questions.update().where(begins).values(conversation=moved))

    def purge(self, days: int) -> None:
        """Delete questions older than `days`."""
        self._records.run(delete(questions).where(questions.c.asked < _time_ago(timedelta(days=days))))

    def _count(self, *conditions: ColumnElement[bool]) -> int:
        return int(self._records.rows(select(func.count()).select_from(questions).where(*conditions))[0][0])

    def _one(self, found: Select[Any]) -> AnsweredQuestion | None:
        rows = self._records.rows(found)
        return _answered_question(rows[0]) if rows else None


def _answered_question(row: Any) -> AnsweredQuestion:
    return AnsweredQuestion(
        row.id,
        row.question,
        row.conversation,
        tuple(map(_load_citation, json.loads(row.citations))),
        tuple(json.loads(row.suggestions)),
        row.reference or str(row.id),
    )


def _load_citation(stored: Mapping[str, Any]) -> Citation:
    copies = tuple(Copy(**copy) for copy in stored.get("copies", ()))
    highlights = tuple(Highlight(**highlight) for highlight in stored.get("highlights", ()))
    return Citation(**{**stored, "authors": tuple(stored["authors"]), "copies": copies, "highlights": highlights})


def _time_ago(age: timedelta) -> str:
    return (datetime.now(UTC) - age).isoformat(timespec="milliseconds")
