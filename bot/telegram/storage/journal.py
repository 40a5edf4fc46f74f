"""The journal of updates and messages: a killed process loses no question and answers none twice.

An update is stored before its receipt is acknowledged to Telegram; the messages of its answer are stored before the
first of them is sent. At start, a process finishes the updates that are not marked done; where several machines share
a database, each takes over those of machines that are gone.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, LargeBinary, Select, bindparam, cast, delete, exists, func, insert, select

from bot.telegram.messages.outgoing import OutgoingMessage, message_from_dict
from bot.telegram.storage.leases import is_live
from bot.telegram.storage.telegram_database import UNFINISHED, leases, outgoing, updates
from retrieval.catalog.database.dialects import insert_new
from retrieval.catalog.database.records import Records

RETENTION_HOURS = 48  # Telegram keeps an update for at most a day
GRACE_SECONDS = 10.0  # that the machine which received an update has to begin with it, before others may

_update = updates.c.id == bindparam("id_")
_messages = outgoing.c.update_id == bindparam("id_")
_UNFINISHED: Select[tuple[int, bytes]] = (
    select(updates.c.id, cast(updates.c.payload, LargeBinary).label("payload")).where(UNFINISHED).order_by(updates.c.id)
)
_FINISH = updates.update().where(_update).values(done=True, payload=b"")
_IS_PLANNED = select(outgoing.c.part).where(_messages).limit(1)


class DeliveryJournal:
    """Updates and their messages; each method is one transaction and may be called from any thread."""

    def __init__(self, records: Records) -> None:
        self.records = records

    def receive(self, update: int, payload: str, order_key: str) -> bool:
        """Store an update; False when it is known already."""
        row = {"id": update, "received": _now(), "payload": payload.encode(), "order_key": order_key}
        return self.records.run(insert_new(updates), row) > 0

    def unfinished(self) -> list[tuple[int, bytes]]:
        """The ids and payloads of updates that are not done, oldest first; bytes, because damaged ones are no text."""
        return self._payloads(_UNFINISHED)

    def abandoned(self, machine: str) -> list[tuple[int, bytes]]:
        """The unfinished updates that no other machine works on, once their receiver had time to begin with them."""
        begun = (datetime.now(UTC) - timedelta(seconds=GRACE_SECONDS)).isoformat(timespec="seconds")
        elsewhere = exists().where(leases.c.name == updates.c.order_key, leases.c.holder != machine, is_live())
        return self._payloads(_UNFINISHED.where(updates.c.received < begun, ~elsewhere))

    def _payloads(self, found: Select[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
        return [(number, bytes(payload)) for number, payload in self.records.rows(found)]

    def is_due(self, update: int) -> bool | None:
        """Whether an update is to be processed now; None while an earlier one of its order is not done."""
        older = updates.alias("older")
        is_behind = exists().where(older.c.order_key == updates.c.order_key, older.c.id < updates.c.id, ~older.c.done)
        rows = self.records.rows(select(updates.c.done, is_behind).where(_update), {"id_": update})
        if not rows or rows[0][0]:
            return False
        return None if rows[0][1] else True

    def finish(self, update: int) -> None:
        """Mark an update done, and delete its payload and messages."""
        with self.records.transaction() as db:
            db.execute(_FINISH, {"id_": update})
            db.execute(delete(outgoing).where(_messages), {"id_": update})

    def begin_question(self, update: int, turns: int) -> int:
        """How many turns the conversation had when this question was begun first; `turns` if that is now."""
        begin = updates.update().where(_update).values(turns=func.coalesce(updates.c.turns, turns))
        with self.records.transaction() as db:
            db.execute(begin, {"id_": update})
            before = db.execute(select(updates.c.turns).where(_update), {"id_": update}).scalar()
        return turns if before is None else int(before)

    def set_preview(self, update: int, message: int) -> None:
        """Store the id of the message that shows the live preview."""
        self.records.run(updates.update().where(_update).values(shown=message), {"id_": update})

    def preview_message(self, update: int) -> int | None:
        """The id of the message that shows the live preview, None without one."""
        rows = self.records.rows(select(updates.c.shown).where(_update), {"id_": update})
        return rows[0].shown if rows else None

    def plan(self, update: int, messages: Sequence[OutgoingMessage]) -> None:
        """Store the messages to send, unless messages of this update are stored already."""
        with self.records.transaction() as db:
            if not _is_planned(db, update):
                rows = [
                    {"update_id": update, "part": part, "payload": json.dumps(asdict(message))}
                    for part, message in enumerate(messages)
                ]
                if rows:
                    db.execute(insert(outgoing), rows)

    def is_planned(self, update: int) -> bool:
        """Whether messages are stored for an update."""
        return bool(self.records.rows(_IS_PLANNED, {"id_": update}))

    def unsent(self, update: int) -> list[tuple[int, OutgoingMessage]]:
        """The messages not sent yet, each with its number."""
        unsent = select(outgoing.c.part, outgoing.c.payload).where(_messages, outgoing.c.message.is_(None))
        rows = self.records.rows(unsent.order_by(outgoing.c.part), {"id_": update})
        return [(row.part, message_from_dict(json.loads(row.payload))) for row in rows]

    def mark_sent(self, update: int, part: int, message: int) -> None:
        """Store the id of a message that was sent."""
        sent = outgoing.update().where(_messages, outgoing.c.part == part).values(message=message)
        self.records.run(sent, {"id_": update})

    def prune(self) -> None:
        """Delete updates that Telegram will not repeat."""
        oldest = (datetime.now(UTC) - timedelta(hours=RETENTION_HOURS)).isoformat(timespec="seconds")
        is_old = updates.c.received < oldest
        with self.records.transaction() as db:
            db.execute(delete(outgoing).where(outgoing.c.update_id.in_(select(updates.c.id).where(is_old))))
            db.execute(delete(updates).where(is_old))


def _is_planned(db: Connection, update: int) -> bool:
    return db.execute(_IS_PLANNED, {"id_": update}).first() is not None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
