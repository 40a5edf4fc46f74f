"""Turns are kept across openings, apart by conversation, and deleted for good."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.answering.citations import cite_article
from bot.answering.messages import Answer
from bot.service.history import MAX_TURNS, ConversationHistory
from retrieval.errors import IndexUnavailable
from tests.support.feedback import count_feedback
from tests.support.newsroom import FERRY, TOLL

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)


def answer(question: str = "And the toll?", standalone: str = "What of the toll?", text: str = "It is due.") -> Answer:
    citations = (cite_article(1, TOLL, (0, 5)), cite_article(2, FERRY, (0, 3)), cite_article(3, TOLL, (6, 10)))
    return Answer(question, standalone, "answered", text, citations)


def test_turns_are_kept_across_openings(tmp_path: Path) -> None:
    ConversationHistory(tmp_path / "talk.db").remember("chat", answer())
    (turn,) = ConversationHistory(tmp_path / "talk.db").turns("chat")
    assert (turn.question, turn.standalone) == ("And the toll?", "What of the toll?")
    assert (turn.answer, turn.status, turn.articles) == ("It is due.", "answered", ("toll", "ferry"))


def test_conversations_are_kept_apart(tmp_path: Path) -> None:
    history = ConversationHistory(tmp_path / "talk.db")
    history.remember("mine", answer("one"))
    history.remember("yours", answer("two"))
    assert [turn.question for turn in history.turns("mine")] == ["one"]
    assert history.turns("nobody's") == []


def test_the_last_turns_come_oldest_first(tmp_path: Path) -> None:
    history = ConversationHistory(tmp_path / "talk.db")
    for number in range(MAX_TURNS + 3):
        history.remember("chat", answer(f"question {number}"))
    assert [turn.question for turn in history.turns("chat")] == [
        f"question {number}" for number in range(3, MAX_TURNS + 3)
    ]


def test_forgetting_deletes_one_conversation_and_leaves_the_others(tmp_path: Path) -> None:
    history = ConversationHistory(tmp_path / "talk.db")
    history.remember("mine", answer())
    history.remember("yours", answer())
    history.forget("mine")
    assert history.turns("mine") == [] and len(ConversationHistory(tmp_path / "talk.db").turns("yours")) == 1


def test_nothing_forgotten_stays_in_the_files(tmp_path: Path) -> None:
    history = ConversationHistory(tmp_path / "talk.db")
    history.remember("yours", answer())
    history.remember("mine", answer("My secret was xylophone", "xylophone", "xylophone"))
    history.forget("mine")
    assert b"xylophone" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_forgetting_what_was_never_said_is_no_mistake(tmp_path: Path) -> None:
    history = ConversationHistory(tmp_path / "talk.db")
    history.forget("nobody's")
    assert history.turns("nobody's") == []


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "talk.db").write_text("This is a letter, not a database. " * 50)
    with pytest.raises(IndexUnavailable, match=r"talk\.db"):
        ConversationHistory(tmp_path / "talk.db")


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXT, TEXT, TEXT)
def test_what_was_said_comes_back_character_for_character(tmp_path: Path, chat: str, question: str, said: str) -> None:
    history = ConversationHistory(tmp_path / "talk.db")
    history.remember(chat, answer(question, text=said))
    turn = history.turns(chat)[-1]
    assert (turn.question, turn.answer) == (question, said)


def test_turns_are_numbered_from_one_in_their_conversation(tmp_path: Path) -> None:
    history = ConversationHistory(tmp_path / "talk.db")
    assert [history.remember("mine", answer()) for _ in range(3)] == [1, 2, 3]
    assert history.remember("yours", answer()) == 1


def test_the_last_verdict_counts_and_leaves_with_its_turn(tmp_path: Path) -> None:
    history = ConversationHistory(tmp_path / "talk.db")
    history.remember("mine", answer())
    assert history.record_feedback("mine", 1, helpful=True) and history.record_feedback(
        "mine", 1, helpful=False, reason="It is old."
    )
    assert count_feedback(history) == {False: 1}
    assert history.forget("mine") and count_feedback(history) == {} and not history.forget("mine")


def test_what_was_never_answered_cannot_be_judged(tmp_path: Path) -> None:
    history = ConversationHistory(tmp_path / "talk.db")
    assert not history.record_feedback("nobody's", 1, helpful=True) and count_feedback(history) == {}


def test_only_what_is_older_is_purged(tmp_path: Path) -> None:
    history = ConversationHistory(tmp_path / "talk.db")
    history.remember("mine", answer())
    assert history.purge(1) == 0 and history.turns("mine")


def test_a_turn_that_nobody_saw_is_taken_back(tmp_path: Path) -> None:
    history = ConversationHistory(tmp_path / "talk.db")
    for question in ("one", "two", "three"):
        history.remember("chat", answer(question))
    assert history.count("chat") == 3
    history.truncate("chat", 2)
    history.truncate("other", 0)
    assert [turn.question for turn in history.turns("chat")] == ["one", "two"]


def test_conversations_move_with_their_chat(tmp_path: Path) -> None:
    history = ConversationHistory(tmp_path / "talk.db")
    for conversation in ("telegram/-1/0", "telegram/-1/7", "telegram/-12/0"):
        history.remember(conversation, answer(conversation))
    for _ in range(2):
        history.replace_prefix("telegram/-1/", "telegram/-100/")
    assert [turn.question for turn in history.turns("telegram/-100/7")] == ["telegram/-1/7"]
    assert history.count("telegram/-100/0") == history.count("telegram/-12/0") == 1
    assert history.count("telegram/-1/0") == 0


def test_a_verdict_moves_with_its_turn(tmp_path: Path) -> None:
    history = ConversationHistory(tmp_path / "talk.db")
    history.remember("telegram/-1/0", answer())
    history.record_feedback("telegram/-1/0", 1, helpful=True)
    history.replace_prefix("telegram/-1/", "telegram/-100/")
    assert count_feedback(history) == {True: 1}
    assert history.forget("telegram/-100/0") and count_feedback(history) == {}


def test_what_is_too_old_is_deleted(tmp_path: Path) -> None:
    history = ConversationHistory(tmp_path / "talk.db")
    history.remember("chat", answer())
    assert history.purge(1) == 0
    assert history.purge(-1) == 1
    assert history.count("chat") == 0
