"""A history that cannot be written costs no answer over HTTP: it is given and counted, and feedback is refused."""

import sqlite3
from collections.abc import Iterator

import pytest

from bot.service import history
from retrieval.index.store import Store
from tests.support.model_answers import TOLL
from tests.support.web_server import Served, serving


@pytest.fixture
def locked(newsroom_copy: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """A server whose history another process locks."""
    monkeypatch.setattr(history, "LOCK_TIMEOUT_SECONDS", 0.05)
    with serving(newsroom_copy) as served:
        other = sqlite3.connect(newsroom_copy.folder / "conversations.db", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        yield served
        other.close()


def test_an_answer_is_given_and_the_loss_is_counted(locked: Served) -> None:
    answer = locked.ask(TOLL)
    assert (answer["status"], answer["turn"]) == ("answered", 0)
    assert locked.events(TOLL)[-1][0] == "done"
    assert "onrecord_unstored_turns_total 2.0" in locked.client.get("/metrics").text


def test_feedback_and_forgetting_are_refused_for_now(locked: Served, caplog: pytest.LogCaptureFixture) -> None:
    body = {"conversation_id": "abc", "turn": 1, "helpful": True, "reason": "the words of a reader"}
    for response in (locked.client.post("/v1/feedback", json=body), locked.client.delete("/v1/conversations/abc")):
        assert (response.status_code, response.json()["error"]["code"]) == (503, "storage_unavailable")
        assert response.headers["Retry-After"] == "30" and ".db" not in response.text
    assert "database is locked" in caplog.text and "words of a reader" not in caplog.text
