"""Conversations over HTTP: forgotten, judged, kept no longer than said."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.service.history import ConversationHistory
from retrieval.index.store import Store
from tests.support.feedback import count_feedback
from tests.support.model_answers import TOLL
from tests.support.web_server import Served, opened, serving


@pytest.fixture(scope="module")
def served(shared_newsroom: Store) -> Iterator[Served]:
    """A server that the tests of this module share."""
    with serving(shared_newsroom) as running:
        yield running


def judge(served: Served, conversation: str, turn: Any = 1, **more: Any) -> Any:
    body = {"conversation_id": conversation, "turn": turn, "helpful": True} | more
    return served.client.post("/v1/feedback", json=body)


def test_a_forgotten_conversation_is_unknown(served: Served) -> None:
    key = served.ask(TOLL)["conversation_id"]
    assert served.client.delete(f"/v1/conversations/{key}").status_code == 204
    for response in (
        served.client.delete(f"/v1/conversations/{key}"),
        served.client.post("/v1/ask", json={"question": TOLL, "conversation_id": key}),
        judge(served, key),
    ):
        assert (response.status_code, response.json()["error"]["code"]) == (404, "unknown_conversation")


def test_the_last_verdict_on_an_answer_counts(served: Served) -> None:
    answer = served.ask(TOLL)
    key, turn = answer["conversation_id"], answer["turn"]
    before = count_feedback(served.app.history).get(False, 0)
    assert judge(served, key, turn).status_code == 204
    assert judge(served, key, turn, helpful=False, reason="It is old.").status_code == 204
    assert count_feedback(served.app.history) == {False: before + 1}
    served.client.delete(f"/v1/conversations/{key}")


def test_a_verdict_leaves_with_its_conversation(served: Served) -> None:
    before, key = count_feedback(served.app.history), served.ask(TOLL)["conversation_id"]
    judge(served, key)
    assert count_feedback(served.app.history) != before
    served.client.delete(f"/v1/conversations/{key}")
    assert count_feedback(served.app.history) == before


def test_an_answer_that_was_never_given_cannot_be_judged(served: Served) -> None:
    key = served.ask(TOLL)["conversation_id"]
    assert judge(served, key, 2).status_code == judge(served, "nobodys").status_code == 404


@pytest.mark.parametrize("more", [{"turn": 0}, {"turn": "1"}, {"helpful": "yes"}, {"reason": "x" * 501}, {"by": "me"}])
def test_a_wrong_verdict_is_refused(served: Served, more: dict[str, Any]) -> None:
    assert judge(served, "some", **more).status_code == 422


def test_conversations_are_kept_as_long_as_said(store: Store) -> None:
    with opened(store) as app:
        for key, days in (("web/open/old", 8), ("web/open/new", 6)):
            app.conversation.ask(TOLL, key)
            _date_back(app.history, key, days)
    with serving(store, conversation_retention_days=7) as served:
        _wait_for(lambda: not served.app.history.turns("web/open/old"))
        assert served.app.history.turns("web/open/new")
    with serving(store, conversation_retention_days=0) as served:
        served.ask(TOLL)
        assert served.app.history.turns("web/open/new")


def _date_back(history: ConversationHistory, conversation: str, days: int) -> None:
    then = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="seconds")
    dated = text("UPDATE turns SET asked = :then WHERE conversation = :conversation")
    history.records.run(dated, {"then": then, "conversation": conversation})


def _wait_for(happens: Any, seconds: float = 5.0) -> None:
    until = datetime.now(UTC) + timedelta(seconds=seconds)
    while not happens():
        assert datetime.now(UTC) < until
