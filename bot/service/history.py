"""Store the turns of conversations and readers' feedback on them in a database, across runs."""

import json
from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    update,
)

from bot.answering.messages import Answer, Turn
from retrieval.catalog.database.dialects import AnyText
from retrieval.catalog.database.engine import SQLiteOptions
from retrieval.catalog.database.records import Place, Records
from retrieval.text.dates.clock import utc_now

LOCK_TIMEOUT_SECONDS = 5.0  # that an answer waits for another process's write; each takes milliseconds
MAX_TURNS = 8  # the last turns of a conversation that a follow-up question may refer to

METADATA = MetaData()
_turns = Table(
    "turns",
    METADATA,
    Column("conversation", AnyText, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    *(Column(name, AnyText, nullable=False) for name in ("asked", "question", "standalone", "answer")),
    *(Column(name, AnyText, nullable=False) for name in ("status", "articles")),
    Index("turns_by_time", "asked"),
)
_verdicts = Table(
    "verdicts",
    METADATA,
    Column("conversation", AnyText, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("given", AnyText, nullable=False),
    Column("helpful", Boolean, nullable=False),
    Column("reason", AnyText, nullable=False),
    ForeignKeyConstraint(
        ["conversation", "number"], ["turns.conversation", "turns.number"], ondelete="CASCADE", onupdate="CASCADE"
    ),
)


class ConversationHistory:
    """The turns of all conversations; a conversation's id names its surface, chat and thread.

    Raises IndexDamaged where the file cannot be opened; a full disk or a lock is no reason, because questions can
    be answered meanwhile. All methods raise StorageError, DatabaseUnavailable.
    """

    def __init__(self, place: Place) -> None:
        # secure_delete: deleted rows are overwritten with zeros.
        pragmas = ("secure_delete=ON", "foreign_keys=ON")
        options = SQLiteOptions(LOCK_TIMEOUT_SECONDS, pragmas, connections=0)
        self.records = Records("The conversations", place, "conversations", METADATA, options)
        self.records.prepare()

    def turns(self, conversation: str) -> list[Turn]:
        """Return the last MAX_TURNS turns that ask something, oldest first."""
        columns = (_turns.c.question, _turns.c.standalone, _turns.c.answer, _turns.c.status, _turns.c.articles)
        asked = select(*columns).where(_turns.c.conversation == conversation, _turns.c.status != "no_question")
        rows = self.records.rows(asked.order_by(_turns.c.number.desc()).limit(MAX_TURNS))
        return [
            Turn(question, standalone, text, status, tuple(json.loads(ids)))
            for question, standalone, text, status, ids in rows[::-1]
        ]

    def remember(self, conversation: str, answer: Answer) -> int:
        """Add a turn and return its number in the conversation, from 1."""
        articles = json.dumps(list(dict.fromkeys(citation.article for citation in answer.citations)))
        last = select(func.coalesce(func.max(_turns.c.number), 0)).where(_turns.c.conversation == conversation)
        turn = insert(_turns).values(
            conversation=conversation,
            number=last.scalar_subquery() + 1,
            asked=utc_now(),
            question=answer.question,
            standalone=answer.standalone_question,
            answer=answer.text,
            status=answer.status,
            articles=articles,
        )
        with self.records.transaction(lock=f"conversation {conversation}") as db:
            return int(db.execute(turn.returning(_turns.c.number)).scalar_one())

    def record_feedback(self, conversation: str, turn: int, *, helpful: bool, reason: str = "") -> bool:
        """Record whether an answer helped, replacing earlier feedback; return False where there is no such turn."""
        at = (_verdicts.c.conversation == conversation, _verdicts.c.number == turn)
        is_turn = (_turns.c.conversation == conversation, _turns.c.number == turn)
        values = (literal(utc_now()), literal(helpful), literal(reason))
        judged = select(_turns.c.conversation, _turns.c.number, *values).where(*is_turn)
        with self.records.transaction(lock=f"conversation {conversation}") as db:
            db.execute(delete(_verdicts).where(*at))
            return db.execute(insert(_verdicts).from_select([*_verdicts.c], judged)).rowcount > 0

    def forget(self, conversation: str) -> bool:
        """Delete a conversation; return whether there was one."""
        return self.records.run(delete(_turns).where(_turns.c.conversation == conversation)) > 0

    def count(self, conversation: str) -> int:
        """Count the turns of a conversation."""
        return int(self.records.rows(select(func.count()).where(_turns.c.conversation == conversation))[0][0])

    def truncate(self, conversation: str, turns: int) -> None:
        """Keep the first `turns` turns of a conversation and delete the rest."""
        here = _turns.c.conversation == conversation
        kept = select(_turns.c.number).where(here).order_by(_turns.c.number).limit(turns)
        self.records.run(delete(_turns).where(here, _turns.c.number.not_in(kept)))

    def replace_prefix(self, old: str, new: str) -> None:
        """Replace the prefix `old` of conversation ids by `new`; turns that would collide with existing ones stay."""
        moved = literal(new) + func.substr(_turns.c.conversation, len(old) + 1)
        there = _turns.alias("there")
        collides = exists().where(there.c.conversation == moved, there.c.number == _turns.c.number)
        begins = func.substr(_turns.c.conversation, 1, len(old)) == old
        self.records.run(update(_turns).values(conversation=moved).where(begins, ~collides))

    def purge(self, days: int) -> int:
        """Delete turns older than `days` days and return how many there were."""
        oldest = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="seconds")
        return self.records.run(delete(_turns).where(_turns.c.asked < oldest))
