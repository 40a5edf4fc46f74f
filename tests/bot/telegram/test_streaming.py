"""A reader sees the verified sentences while the answer is written, then the whole of it as one message."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

import pytest

from bot.service.turns import article_turn
from retrieval.index.store import Store
from tests.bot_api.entities import shown
from tests.bot_api.server_process import BotApi
from tests.bot_api.state import Draft
from tests.support.endpoint_standin import HOLD, Answer, data, delta
from tests.support.marked_answers import FOURTEEN, PASSENGERS, marked_answer
from tests.support.model_answers import COST, conversing, number_of
from tests.support.newsroom import LORRIES
from tests.support.telegram_bot import asks, chatting, reply

SECOND = "The council approved the toll by 31 votes to 12."


def slowly(pause: float, *, hold: bool = False):  # type: ignore[no-untyped-def]
    """A model that says two true sentences with a pause between them."""

    def answer(asked):  # type: ignore[no-untyped-def]
        number = number_of(asked.body["messages"][-1]["content"], LORRIES)
        first, second = (data(delta(f"{text} [{number}]. ".replace(". [", " ["))) for text in (LORRIES, SECOND))
        last = (HOLD,) if hold else (second, data(delta("", "stop")), b"data: [DONE]\n\n")
        return Answer([first, data(delta("The ")), pause, *last])

    return answer


@contextmanager
def written(store: Store, api: BotApi, pause: float = 2.5, *, hold: bool = False, **settings: object) -> Iterator[None]:
    model = conversing(store, slowly(pause, hold=hold), within=30.0)
    with model as (conversation, _), chatting(store, api, conversation, **settings):
        yield


def test_a_private_chat_sees_a_draft_and_then_one_message(newsroom_copy: Store) -> None:
    with BotApi().serving() as api, written(newsroom_copy, api):
        ann = api.user("Ann")
        answer = asks(api, ann, COST)
        drafts = api.drafts(ann)
    assert drafts and "14 crowns" in drafts[0].text and "31 votes" not in drafts[0].text
    assert [one["type"] for one in drafts[0].entities] == ["text_link"]
    assert len({draft.id for draft in drafts}) == 1
    assert "31 votes" in answer.text and not answer.edits
    assert len(api.sent(ann)) == 1 and max(draft.at for draft in drafts) < answer.at


def bold_words(draft: Draft) -> list[str]:
    return [shown(draft.text, entity) for entity in draft.entities if entity["type"] == "bold"]


def test_the_words_that_answer_are_bold_in_drafts_in_the_answer_and_in_its_quotes(
    newsroom: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(article_turn, "answer_question", marked_answer(pause=1.0))
    with BotApi().serving() as api, chatting(newsroom, api):
        ann = api.user("Ann")
        answer = asks(api, ann)
        api.presses(next(one for one in answer.buttons if "Show quotes" in one.text))
        quotes = reply(api, ann, 1)
        drafts = api.drafts(ann)
    assert [bold_words(draft) for draft in (drafts[0], drafts[-1])] == [[FOURTEEN], [FOURTEEN, PASSENGERS]]
    assert answer.marked("bold") == [FOURTEEN, PASSENGERS, "Sources"]
    assert quotes.marked("bold") == [FOURTEEN, PASSENGERS]
    assert not api.violations


def test_a_group_sees_one_message_that_grows(newsroom_copy: Store) -> None:
    with BotApi().serving() as api, written(newsroom_copy, api, 4.0):
        ann = api.user("Ann")
        group = api.supergroup("Readers", ann)
        api.says(group, ann, f"@onrecord_bot {COST}")
        answer = reply(api, group)
        api.wait_for(lambda: "Sources" in answer.text, 20)
    assert len(api.sent(group)) == 1
    assert "14 crowns" in answer.edits[1][1] and "31 votes" not in answer.edits[1][1]
    times = [at for at, _ in answer.edits]
    assert all(later - earlier > 0.9 for earlier, later in pairwise(times))
    assert not api.refusals


def test_a_server_without_drafts_gets_edits(newsroom_copy: Store) -> None:
    with BotApi().serving() as api, written(newsroom_copy, api):
        ann = api.user("Ann")
        api.fails("sendMessageDraft", 404, 5)
        asks(api, ann, COST)
        api.wait_for(lambda: "Sources" in api.sent(ann)[0].text, 20)
    assert len(api.called("sendMessageDraft")) == 1
    assert len(api.sent(ann)) == 1 and api.sent(ann)[0].edits


def test_streaming_can_be_turned_off(newsroom_copy: Store) -> None:
    with BotApi().serving() as api, written(newsroom_copy, api, 1.0, telegram_streaming=False):
        ann = api.user("Ann")
        assert "31 votes" in asks(api, ann, COST).text
    assert not api.drafts(ann) and not api.sent(ann)[0].edits


def test_somebody_types_until_the_answer_is_there(newsroom_copy: Store) -> None:
    with BotApi().serving() as api, written(newsroom_copy, api, 5.0):
        ann = api.user("Ann")
        asks(api, ann, COST)
    assert len(api.actions(ann)) == 2


@pytest.mark.parametrize("private", [True, False])
def test_cancel_ends_the_answer_under_way(private: bool, newsroom_copy: Store) -> None:
    with BotApi().serving() as api, written(newsroom_copy, api, hold=True):
        ann = api.user("Ann")
        where = ann if private else api.supergroup("Readers", ann)
        api.says(where, ann, f"/ask {COST}")
        api.wait_for(lambda: api.called("sendMessageDraft") or api.sent(where))  # the answer is under way
        api.says(where, ann, "/cancel")
        api.wait_for(lambda: [one for one in api.sent(where) if one.text == "Stopped."], 20)
    assert len(api.sent(where)) == 1
