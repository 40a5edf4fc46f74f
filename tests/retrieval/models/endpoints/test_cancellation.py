"""What is waited for can be ended from another thread."""

import threading
import time

import pytest

from retrieval.errors import Cancelled
from retrieval.index.store import Store
from retrieval.models.endpoints.cancellation import Cancellation
from tests.support.endpoint_standin import HOLD, cancel_when
from tests.support.endpoint_standin import Answer as Reply
from tests.support.model_answers import COST, conversing


def test_it_calls_what_is_under_way_and_what_begins_later_but_not_what_is_over() -> None:
    cancellation, calls = Cancellation(), list[str]()
    with cancellation.on_cancel(lambda: calls.append("over")):
        pass
    with cancellation.on_cancel(lambda: calls.append("under way")):
        cancellation.cancel()
    with cancellation.on_cancel(lambda: calls.append("late")):
        pass
    assert calls == ["under way", "late"] and cancellation.is_cancelled


def test_a_model_that_says_nothing_is_left_at_once(newsroom_copy: Store) -> None:
    with conversing(newsroom_copy, Reply([HOLD]), within=30.0) as (conversation, server):
        cancellation = Cancellation()
        events = conversation.stream(COST, "c", cancellation=cancellation)
        assert [next(events), next(events)] == ["searching", "writing"]
        threading.Thread(target=cancel_when, args=[cancellation, lambda: server.asked]).start()
        started = time.perf_counter()
        with pytest.raises(Cancelled):
            list(events)
        assert time.perf_counter() - started < 2 and server.left()
