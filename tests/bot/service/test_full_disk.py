"""A disk that is full and a history that is locked cost no answer: it is given, and the loss is logged."""

import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.answering.messages import Answer
from bot.answering.questions.reader_strings import packaged_strings
from bot.models.token_ledger import TokenLedger, TokenUsage
from bot.service import history as history_module
from bot.service.conversation import Conversation
from bot.service.history import ConversationHistory
from retrieval.errors import StorageError
from retrieval.index.store import Store
from retrieval.search.hybrid_search import Search
from tests.support.model_answers import COST, TOLL, cited, conversing
from tests.support.newsroom import LORRIES
from tests.support.small_disk import fill_disk, small_disk


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk") as folder:
        yield folder


@pytest.fixture
def lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The path of a history that another connection locks."""
    monkeypatch.setattr(history_module, "LOCK_TIMEOUT_SECONDS", 0.05)
    path = tmp_path / "talk.db"
    ConversationHistory(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    yield path
    other.close()


def ask(store: Store, history: ConversationHistory, question: str = TOLL) -> Answer:
    search = Search(store)
    try:
        return Conversation(store, search, history).ask(question, "talk")
    finally:
        search.close()


def test_an_answer_that_a_full_disk_cannot_store_is_given(
    newsroom: Store, disk: Path, caplog: pytest.LogCaptureFixture
) -> None:
    history = ConversationHistory(disk / "talk.db")
    assert ask(newsroom, history).turn == 1
    filler = fill_disk(disk)
    for _ in range(20):  # until the file's own free pages are used up
        answer = ask(newsroom, history)
        assert answer.status == "answered"
    assert answer.turn == 0 and answer.conversation_id == "talk"
    (*_, last) = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert "not stored" in last and "disk is full" in last and "Brandt" not in caplog.text
    filler.unlink()
    assert ask(newsroom, history).turn > 1


def test_a_history_that_a_full_disk_cannot_hold_is_made_once_there_is_room(newsroom: Store, disk: Path) -> None:
    filler = fill_disk(disk)
    history = ConversationHistory(disk / "talk.db")
    assert (ask(newsroom, history).status, ask(newsroom, history).turn) == ("answered", 0)
    filler.unlink()
    assert [ask(newsroom, history).turn for _ in range(2)] == [1, 2]


def test_an_answer_is_given_while_the_history_is_locked(
    newsroom: Store, lock: Path, caplog: pytest.LogCaptureFixture
) -> None:
    answer = ask(newsroom, ConversationHistory(lock))
    assert (answer.status, answer.turn) == ("answered", 0)
    assert packaged_strings().of("en").say("unread_history") in answer.notes
    assert "database is locked" in caplog.text and "Brandt" not in caplog.text


def test_feedback_that_cannot_be_stored_says_so(lock: Path) -> None:
    with pytest.raises(StorageError, match=r"cannot be read or written .*locked"):
        ConversationHistory(lock).record_feedback("talk", 1, helpful=True)


def test_tokens_that_a_full_disk_cannot_store_count_and_are_stored_later(disk: Path) -> None:
    ledger = TokenLedger(disk / "spent.db", daily_budget=1_000)
    filler = fill_disk(disk)
    for _ in range(9):
        ledger.add("tiny", TokenUsage(100, 10))
    assert not ledger.is_exhausted() and sum(used.total for used in ledger.usage_today().values()) == 0
    ledger.add("tiny", TokenUsage(100, 10))
    assert ledger.is_exhausted()
    filler.unlink()
    ledger.add("tiny", TokenUsage(1, 1))
    assert ledger.usage_today() == {"tiny": TokenUsage(1_001, 101)}


def test_a_model_writes_though_its_cost_cannot_be_stored(newsroom_copy: Store) -> None:
    script = cited("Lorries will pay 14 crowns a crossing. [#]", LORRIES)
    with conversing(newsroom_copy, script) as (conversation, _):
        (newsroom_copy.folder / "spent.db").unlink()
        (newsroom_copy.folder / "spent.db").mkdir()
        answer = conversation.ask(COST)
    assert (answer.answered_by, answer.text) == ("tiny", "Lorries will pay 14 crowns a crossing. [1]")


def test_no_model_is_asked_where_nobody_can_tell_what_it_has_cost(newsroom_copy: Store) -> None:
    script = cited("Lorries will pay 14 crowns a crossing. [#]", LORRIES)
    with conversing(newsroom_copy, script, daily=1_000) as (conversation, server):
        (newsroom_copy.folder / "spent.db").unlink()
        (newsroom_copy.folder / "spent.db").mkdir()
        answer = conversation.ask(COST)
        assert answer.answered_by == "extract" and not server.asked
