"""What the bot stores: updates until they are done, messages until they are sent, questions; on both engines."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.answering.messages import Answer
from bot.telegram.messages.outgoing import MessageTarget, outgoing_messages
from bot.telegram.messages.rich_text import plain
from bot.telegram.storage.journal import DeliveryJournal
from bot.telegram.storage.reader_store import ReaderStore
from bot.telegram.storage.telegram_database import telegram_records
from retrieval.catalog.database.records import Place, Records

CHAT = "chat/1/0"


@pytest.fixture
def records(place: Place) -> Iterator[Records]:
    opened = telegram_records(place)
    yield opened
    opened.close()


EARLIER_FILE = """
CREATE TABLE updates (
    id INTEGER PRIMARY KEY, received TEXT NOT NULL, payload TEXT NOT NULL,
    turns INTEGER, shown INTEGER, done INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX updates_left ON updates (id) WHERE NOT done;
CREATE TABLE outgoing (
    update_id INTEGER NOT NULL, part INTEGER NOT NULL, payload TEXT NOT NULL, message INTEGER,
    PRIMARY KEY (update_id, part)
);
CREATE TABLE questions (
    id INTEGER PRIMARY KEY, asked TEXT NOT NULL, reader INTEGER NOT NULL, conversation TEXT NOT NULL,
    question TEXT NOT NULL, status TEXT NOT NULL DEFAULT '', citations TEXT NOT NULL DEFAULT '[]',
    suggestions TEXT NOT NULL DEFAULT '[]', milliseconds REAL, helpful INTEGER, reason TEXT NOT NULL DEFAULT ''
);
INSERT INTO updates (id, received, payload) VALUES (5, '2999-01-01T00:00:00+00:00', '{"update_id": 5}');
INSERT INTO questions (id, asked, reader, conversation, question, status, helpful)
VALUES (4, '2999-01-01T00:00:00+00:00', 7, 'telegram/7/0', 'What of the toll?', 'answered', 1);
"""


def answered(readers: ReaderStore, update: int, question: str, status: str = "answered", reader: int = 7) -> str:
    readers.add_question(update, reader, f"telegram/{reader}/0", question)
    return readers.record_answer(update, Answer(question, question, status, "Yes."), ("And then?",))


def test_an_update_is_stored_once_and_left_until_it_is_done(records: Records) -> None:
    journal = DeliveryJournal(records)
    assert journal.receive(2, '{"update_id": 2, "ü": 1}', CHAT) and journal.receive(1, "{}", CHAT)
    assert not journal.receive(2, "{}", CHAT)
    assert journal.unfinished() == [(1, b"{}"), (2, '{"update_id": 2, "ü": 1}'.encode())]
    journal.finish(1)
    assert [number for number, _ in journal.unfinished()] == [2] and not journal.receive(1, "{}", CHAT)


def test_planned_messages_are_sent_in_their_order_and_each_once(records: Records) -> None:
    journal = DeliveryJournal(records)
    journal.receive(1, "{}", CHAT)
    messages = outgoing_messages(MessageTarget(5), plain("word " * 2000))
    assert len(messages) > 1 and not journal.is_planned(1)
    journal.plan(1, messages)
    journal.plan(1, outgoing_messages(MessageTarget(5), plain("another answer")))
    assert journal.is_planned(1) and [message for _, message in journal.unsent(1)] == list(messages)
    journal.mark_sent(1, 0, 77)
    assert [part for part, _ in journal.unsent(1)] == list(range(1, len(messages)))
    journal.finish(1)
    assert not journal.is_planned(1)


def test_where_a_question_began_is_kept(records: Records) -> None:
    journal = DeliveryJournal(records)
    journal.receive(1, "{}", CHAT)
    assert (journal.begin_question(1, 3), journal.begin_question(1, 5), journal.begin_question(2, 5)) == (3, 3, 5)
    assert journal.preview_message(1) is None
    journal.set_preview(1, 2**40)
    assert journal.preview_message(1) == 2**40


def test_updates_that_telegram_will_not_repeat_are_deleted(records: Records) -> None:
    journal = DeliveryJournal(records)
    journal.receive(1, "{}", CHAT)
    journal.prune()
    assert journal.unfinished()
    records.run(text("UPDATE updates SET received = '2020-01-01T00:00:00+00:00'"))
    journal.prune()
    assert not journal.unfinished() and journal.receive(1, "{}", CHAT)


def test_an_answer_is_found_by_its_reference_and_by_its_conversation(records: Records) -> None:
    readers = ReaderStore(records)
    reference = answered(readers, 1, "What of the toll?")
    answered(readers, 2, "Hello", "no_question")
    found = readers.answered_question(reference)
    assert found == readers.last("telegram/7/0")
    assert found and (found.id, found.question, found.suggestions) == (1, "What of the toll?", ("And then?",))
    assert readers.answered_question("1") is None and readers.answered_question("nobody's") is None


def test_use_is_counted(records: Records) -> None:
    readers = ReaderStore(records)
    for update, (question, status) in enumerate(
        [("Who won?", "no_answer"), ("What of the toll?", "answered"), ("who won?", "no_answer")], 1
    ):
        answered(readers, update, question, status, reader=update % 2)
    readers.record_feedback(2, helpful=True)
    readers.record_feedback(3, helpful=False, reason="Wrong")
    assert readers.unanswered(9) == [("who won?", 2)]
    usage = readers.stats()
    assert (usage.questions, usage.readers, usage.today, usage.unanswered) == (3, 2, 3, 2)
    assert (usage.helpful, usage.unhelpful) == (1, 1)
    assert readers.count_recent(1, 60.0, update=3) == 1 and readers.count_today(update=9) == 3


def test_questions_move_with_their_group_and_are_forgotten(records: Records) -> None:
    readers = ReaderStore(records)
    readers.add_question(1, 7, "telegram/-1/0", "What of the toll?")
    readers.add_question(2, 8, "telegram/-12/0", "What of the ferries?")
    readers.move("telegram/-1/", "telegram/-100/")
    readers.forget(9, "telegram/-100/0")
    assert readers.stats().questions == 1
    readers.forget(8, None)
    assert readers.stats().questions == 0
    readers.add_question(3, 8, "telegram/8/0", "What of the toll?")
    readers.purge(1)
    assert readers.stats().questions == 1
    readers.purge(-1)
    assert readers.stats().questions == 0


def test_a_file_of_an_earlier_version_goes_on(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "telegram.db")) as file:
        file.executescript(EARLIER_FILE)
    with closing(telegram_records(tmp_path / "telegram.db")) as records:
        journal, readers = DeliveryJournal(records), ReaderStore(records)
        assert journal.unfinished() == [(5, b'{"update_id": 5}')]
        assert journal.receive(6, "{}", CHAT)
        journal.finish(5)
        assert [number for number, _ in journal.unfinished()] == [6]
        assert readers.answered_question("4") == readers.last("telegram/7/0") and readers.stats().helpful == 1
        assert readers.answered_question(answered(readers, 7, "And since when?"))
