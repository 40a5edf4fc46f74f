"""The journal of updates and messages in SQLite: a killed process loses no question and answers none twice.

An update is stored before its receipt is acknowledged to Telegram; the messages of its answer are stored before the
first of them is sent. At start, a process finishes the updates that are not marked done.
"""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from bot.telegram.messages.outgoing import OutgoingMessage, message_from_dict
from bot.telegram.storage.telegram_database import TelegramDatabase

RETENTION_HOURS = 48  # Telegram keeps an update for at most a day

_SCHEMA = """
CREATE TABLE IF NOT EXISTS updates (
    id INTEGER PRIMARY KEY, received TEXT NOT NULL, payload TEXT NOT NULL,
    turns INTEGER, shown INTEGER, done INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS updates_left ON updates (id) WHERE NOT done;
CREATE TABLE IF NOT EXISTS outgoing (
    update_id INTEGER NOT NULL, part INTEGER NOT NULL, payload TEXT NOT NULL, message INTEGER,
    PRIMARY KEY (update_id, part)
);
"""


class DeliveryJournal:
    """Updates and their messages; each method is one transaction and may be called from any thread."""

    def __init__(self, database: TelegramDatabase) -> None:
        self._database = database
        database.script(_SCHEMA)

    def receive(self, update: int, payload: str) -> bool:
        """Store an update; False when it is known already."""
        sql = "INSERT OR IGNORE INTO updates (id, received, payload) VALUES (?, ?, ?)"
        return self._database.run(sql, [update, _now(), payload]) > 0

    def unfinished(self) -> list[tuple[int, bytes]]:
        """The ids and payloads of updates that are not done, oldest first; bytes, because damaged ones are no text."""
        sql = "SELECT id, CAST(payload AS BLOB) AS payload FROM updates WHERE NOT done ORDER BY id"
        return [(row["id"], row["payload"]) for row in self._database.rows(sql)]

    def finish(self, update: int) -> None:
        """Mark an update done, and delete its payload and messages."""
        with self._database.transaction() as db:
            db.execute("UPDATE updates SET done = 1, payload = '' WHERE id = ?", [update])
            db.execute("DELETE FROM outgoing WHERE update_id = ?", [update])

    def begin_question(self, update: int, turns: int) -> int:
        """How many turns the conversation had when this question was begun first; `turns` if that is now."""
        with self._database.transaction() as db:
            db.execute("UPDATE updates SET turns = coalesce(turns, ?) WHERE id = ?", [turns, update])
            row = db.execute("SELECT turns FROM updates WHERE id = ?", [update]).fetchone()
        return int(row["turns"]) if row else turns

    def set_preview(self, update: int, message: int) -> None:
        """Store the id of the message that shows the live preview."""
        self._database.run("UPDATE updates SET shown = ? WHERE id = ?", [message, update])

    def preview_message(self, update: int) -> int | None:
        """The id of the message that shows the live preview, None without one."""
        rows = self._database.rows("SELECT shown FROM updates WHERE id = ?", [update])
        return rows[0]["shown"] if rows else None

    def plan(self, update: int, messages: Sequence[OutgoingMessage]) -> None:
        """Store the messages to send, unless messages of this update are stored already."""
        with self._database.transaction() as db:
            if not _is_planned(db, update):
                rows = [(update, part, json.dumps(asdict(message))) for part, message in enumerate(messages)]
                db.executemany("INSERT INTO outgoing (update_id, part, payload) VALUES (?, ?, ?)", rows)

    def is_planned(self, update: int) -> bool:
        """Whether messages are stored for an update."""
        return bool(self._database.rows("SELECT 1 FROM outgoing WHERE update_id = ? LIMIT 1", [update]))

    def unsent(self, update: int) -> list[tuple[int, OutgoingMessage]]:
        """The messages not sent yet, each with its number."""
        sql = "SELECT part, payload FROM outgoing WHERE update_id = ? AND message IS NULL ORDER BY part"
        rows = self._database.rows(sql, [update])
        return [(row["part"], message_from_dict(json.loads(row["payload"]))) for row in rows]

    def mark_sent(self, update: int, part: int, message: int) -> None:
        """Store the id of a message that was sent."""
        sql = "UPDATE outgoing SET message = ? WHERE update_id = ? AND part = ?"
        self._database.run(sql, [message, update, part])

    def prune(self) -> None:
        """Delete updates that Telegram will not repeat."""
        oldest = (datetime.now(UTC) - timedelta(hours=RETENTION_HOURS)).isoformat(timespec="seconds")
        with self._database.transaction() as db:
            db.execute("DELETE FROM outgoing WHERE update_id IN (SELECT id FROM updates WHERE received < ?)", [oldest])
            db.execute("DELETE FROM updates WHERE received < ?", [oldest])


def _is_planned(db: sqlite3.Connection, update: int) -> bool:
    return db.execute("SELECT 1 FROM outgoing WHERE update_id = ? LIMIT 1", [update]).fetchone() is not None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
