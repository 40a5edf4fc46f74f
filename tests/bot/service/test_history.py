"""Turns are kept across openings, apart by conversation, and deleted for good."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.answering.citations import cite_article
from bot.answering.messages import Answer
from bot.service.history import MAX_TURNS, ConversationHistory
from retrieval.catalog.database.records import Place
from retrieval.errors import IndexUnavailable
from tests.support.feedback import count_feedback
from tests.support.newsroom import FERRY, TOLL

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)


EARLIER_FILE = """
CREATE TABLE turns (
    conversation TEXT NOT NULL, number INTEGER NOT NULL, asked TEXT NOT NULL,
    question TEXT NOT NULL, standalone TEXT NOT NULL, answer TEXT NOT NULL,
    status TEXT NOT NULL, articles TEXT NOT NULL,
    PRIMARY KEY (conversation, number)
);
CREATE TABLE verdicts (
    conversation TEXT NOT NULL, number INTEGER NOT NULL, given TEXT NOT NULL,
    helpful INTEGER NOT NULL, reason TEXT NOT NULL,
    PRIMARY KEY (conversation, number)
);
CREATE TRIGGER verdicts_leave_with_their_turns AFTER DELETE ON turns BEGIN
    DELETE FROM verdicts WHERE conversation = old.conversation AND number = old.number;
END;
CREATE TRIGGER verdicts_move_with_their_turns AFTER UPDATE OF conversation ON turns BEGIN
    UPDATE verdicts SET conversation = new.conversation
    WHERE conversation = old.conversation AND number = old.number;
END;
INSERT INTO turns VALUES ('chat/1', 1, '2999-01-01T00:00:00+00:00', 'And the toll?', '', 'Due.', 'answered', '[]');
INSERT INTO verdicts VALUES ('chat/1', 1, '2999-01-01T00:00:00+00:00', 0, 'Wrong');
"""


def answer(question: str = "And the toll?", standalone: str = "What of the toll?", text: str = "It is due.") -> Answer:
    citations = (cite_article(1, TOLL, (0, 5)), cite_article(2, FERRY, (0, 3)), cite_article(3, TOLL, (6, 10)))
    return Answer(question, standalone, "answered", text, citations)


def test_turns_are_kept_across_openings(place: Place) -> None:
    ConversationHistory(place).remember("chat", answer())
    (turn,) = ConversationHistory(place).turns("chat")
    assert (turn.question, turn.standalone) == ("And the toll?", "What of the toll?")
    assert (turn.answer, turn.status, turn.articles) == ("It is due.", "answered", ("toll", "ferry"))


def test_conversations_are_kept_apart(place: Place) -> None:
    history = ConversationHistory(place)
    history.remember("mine", answer("one"))
    history.remember("yours", answer("two"))
    assert [turn.question for turn in history.turns("mine")] == ["one"]
    assert history.turns("nobody's") == []


def test_the_last_turns_come_oldest_first(place: Place) -> None:
    history = ConversationHistory(place)
    for number in range(MAX_TURNS + 3):
        history.remember("chat", answer(f"question {number}"))
    assert [turn.question for turn in history.turns("chat")] == [
        f"question {number}" for number in range(3, MAX_TURNS + 3)
    ]


def test_forgetting_deletes_one_conversation_and_leaves_the_others(place: Place) -> None:
    history = ConversationHistory(place)
    history.remember("mine", answer())
    history.remember("yours", answer())
    history.forget("mine")
    assert history.turns("mine") == [] and len(ConversationHistory(place).turns("yours")) == 1


def test_nothing_forgotten_stays_in_the_files(tmp_path: Path) -> None:
    history = ConversationHistory(tmp_path / "talk.db")
    history.remember("yours", answer())
    history.remember("mine", answer("My secret was xylophone", "xylophone", "xylophone"))
    history.forget("mine")
    assert b"xylophone" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_forgetting_what_was_never_said_is_no_mistake(place: Place) -> None:
    history = ConversationHistory(place)
    history.forget("nobody's")
    assert history.turns("nobody's") == []


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "talk.db").write_text("This is a letter, not a database. " * 50)
    with pytest.raises(IndexUnavailable, match=r"talk\.db"):
        ConversationHistory(tmp_path / "talk.db")


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXT, TEXT, TEXT)
def test_what_was_said_comes_back_character_for_character(place: Place, chat: str, question: str, said: str) -> None:
    history = ConversationHistory(place)
    history.remember(chat, answer(question, text=said))
    turn = history.turns(chat)[-1]
    if history.records.are_shared:  # PostgreSQL holds no NUL
        question, said = question.replace("\0", "\ufffd"), said.replace("\0", "\ufffd")
    assert (turn.question, turn.answer) == (question, said)


def test_turns_are_numbered_from_one_in_their_conversation(place: Place) -> None:
    history = ConversationHistory(place)
    assert [history.remember("mine", answer()) for _ in range(3)] == [1, 2, 3]
    assert history.remember("yours", answer()) == 1


def test_the_last_verdict_counts_and_leaves_with_its_turn(place: Place) -> None:
    history = ConversationHistory(place)
    history.remember("mine", answer())
    assert history.record_feedback("mine", 1, helpful=True) and history.record_feedback(
        "mine", 1, helpful=False, reason="It is old."
    )
    assert count_feedback(history) == {False: 1}
    assert history.forget("mine") and count_feedback(history) == {} and not history.forget("mine")


def test_what_was_never_answered_cannot_be_judged(place: Place) -> None:
    history = ConversationHistory(place)
    assert not history.record_feedback("nobody's", 1, helpful=True) and count_feedback(history) == {}


def test_only_what_is_older_is_purged(place: Place) -> None:
    history = ConversationHistory(place)
    history.remember("mine", answer())
    assert history.purge(1) == 0 and history.turns("mine")


def test_a_turn_that_nobody_saw_is_taken_back(place: Place) -> None:
    history = ConversationHistory(place)
    for question in ("one", "two", "three"):
        history.remember("chat", answer(question))
    assert history.count("chat") == 3
    history.truncate("chat", 2)
    history.truncate("other", 0)
    assert [turn.question for turn in history.turns("chat")] == ["one", "two"]


def test_conversations_move_with_their_chat(place: Place) -> None:
    history = ConversationHistory(place)
    for conversation in ("telegram/-1/0", "telegram/-1/7", "telegram/-12/0"):
        history.remember(conversation, answer(conversation))
    for _ in range(2):
        history.replace_prefix("telegram/-1/", "telegram/-100/")
    assert [turn.question for turn in history.turns("telegram/-100/7")] == ["telegram/-1/7"]
    assert history.count("telegram/-100/0") == history.count("telegram/-12/0") == 1
    assert history.count("telegram/-1/0") == 0


def test_a_turn_number_is_given_once_however_many_write(place: Place) -> None:
    histories = [ConversationHistory(place) for _ in range(3)]
    with ThreadPoolExecutor(6) as pool:
        numbers = list(pool.map(lambda n: histories[n % 3].remember("chat", answer()), range(12)))
    assert sorted(numbers) == list(range(1, 13))


def test_a_verdict_moves_with_its_turn(place: Place) -> None:
    history = ConversationHistory(place)
    history.remember("telegram/-1/0", answer())
    history.record_feedback("telegram/-1/0", 1, helpful=True)
    history.replace_prefix("telegram/-1/", "telegram/-100/")
    assert count_feedback(history) == {True: 1}
    assert history.forget("telegram/-100/0") and count_feedback(history) == {}


def test_what_is_too_old_is_deleted(place: Place) -> None:
    history = ConversationHistory(place)
    history.remember("chat", answer())
    assert history.purge(1) == 0
    assert history.purge(-1) == 1
    assert history.count("chat") == 0


def test_a_file_of_an_earlier_version_goes_on(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "talk.db")) as file:
        file.executescript(EARLIER_FILE)
    history = ConversationHistory(tmp_path / "talk.db")
    assert history.turns("chat/1")[0].answer == "Due." and count_feedback(history) == {False: 1}
    assert history.record_feedback("chat/1", 1, helpful=True) and history.remember("chat/1", answer()) == 2
    history.replace_prefix("chat/", "room/")
    assert count_feedback(history) == {True: 1}
    assert history.forget("room/1") and count_feedback(history) == {}
