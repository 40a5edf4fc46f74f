"""Sentences are shown as they hold; an answer that is broken off is still an answer."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.answering.messages import Sentence
from bot.service.conversation import Conversation
from retrieval.index.store import Store
from tests.support.endpoint_standin import CUT, HOLD, Asked, talking
from tests.support.endpoint_standin import Answer as Reply
from tests.support.model_answers import COST, cited, conversing, sources
from tests.support.newsroom import LORRIES


def test_sentences_are_handed_on_while_the_rest_is_still_written(newsroom_copy: Store) -> None:
    first = cited("Lorries will pay 14 crowns a crossing. [#] The ", LORRIES)
    with conversing(newsroom_copy, lambda asked: Reply([*first(asked).steps[:1], HOLD])) as (conversation, server):
        events = conversation.stream(COST)
        assert [next(events) for _ in range(2)] == ["searching", "writing"]
        said = next(events)
        assert isinstance(said, Sentence) and said.text.endswith("crossing. [1]") and len(said.citations) == 1
        events.close()
        assert server.left()


def test_what_held_before_the_model_broke_off_stays(newsroom_copy: Store) -> None:
    first = cited("Lorries will pay 14 crowns a crossing. [#] The ", LORRIES)
    with conversing(newsroom_copy, lambda asked: Reply([*first(asked).steps[:1], CUT])) as (conversation, _):
        answer = conversation.ask(COST)
    assert (answer.text, answer.answered_by) == ("Lorries will pay 14 crowns a crossing. [1]", "tiny")
    assert answer.notes[0].endswith("The answer ends here.")


def test_a_model_that_never_ends_is_ended(newsroom_copy: Store) -> None:
    for flood in ("word " * 5_000, "a. b " * 5_000, "The moon is made of cheese. [1] " * 1_000):
        with conversing(newsroom_copy, Reply([*talking(flood).steps[:1], HOLD])) as (conversation, server):
            answer = conversation.ask(COST)
            assert server.left()
        assert answer.answered_by == "extract" and LORRIES in answer.text


@dataclass
class Killed:
    """A conversation whose endpoint breaks off after so many bytes of its answer."""

    conversation: Conversation
    store: Store
    at: int = 0


@pytest.fixture
def killed(newsroom_copy: Store) -> Iterator[Killed]:
    made = list[Killed]()

    def die(asked: Asked) -> Reply:
        text = "Lorries will pay 14 crowns a crossing. [#] The council approved the toll by 31 votes to 12. [#]"
        whole = b"".join(step for step in cited(text, LORRIES)(asked).steps if isinstance(step, bytes))
        return Reply([whole[: made[0].at], CUT])

    with conversing(newsroom_copy, die, failures=10_000) as (conversation, _):
        made.append(Killed(conversation, newsroom_copy))
        yield made[0]


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 400))
def test_an_endpoint_killed_in_the_middle_leaves_a_whole_answer(killed: Killed, at: int) -> None:
    killed.at = at
    answer = killed.conversation.ask(COST)
    assert answer.status == "answered" and re.fullmatch(r".*\[\d+\]", answer.text, re.DOTALL)
    assert set(map(int, re.findall(r"\[(\d+)\]", answer.text))) == {citation.number for citation in answer.citations}
    sources(answer, killed.store)
    assert (answer.answered_by == "tiny") == answer.text.startswith("Lorries will pay 14 crowns a crossing. [1]")
    assert answer.notes or answer.answered_by == "tiny"
