"""The buttons below an answer, and inline mode."""

from retrieval.index.store import Store
from tests.bot_api.server_process import BotApi
from tests.bot_api.state import Button, Sent
from tests.support.telegram_bot import ANSWERED, asks, chatting, reply


def button(message: Sent, label: str) -> Button:
    return next(one for one in message.buttons if label in one.text)


def test_a_verdict_is_thanked_for_and_counted(newsroom: Store) -> None:
    with BotApi().serving() as api:
        ann = api.user("Ann")
        with chatting(newsroom, api, telegram_admins=frozenset({ann.id})):
            answer = asks(api, ann)
            pressed = api.presses(button(answer, "👍"))
            assert api.wait_for(lambda: pressed.answer)["text"] == "Thank you."
            api.wait_for(lambda: not any("👍" in one.text for one in answer.buttons))
            assert "1 found helpful, 0 not" in asks(api, ann, "/stats").text


def test_what_did_not_help_is_asked_why(newsroom: Store) -> None:
    with BotApi().serving() as api:
        ann = api.user("Ann")
        with chatting(newsroom, api, telegram_admins=frozenset({ann.id})):
            answer = asks(api, ann)
            api.presses(button(answer, "👎"))
            api.wait_for(lambda: [one for one in answer.buttons if one.text == "Incomplete"])
            api.presses(button(answer, "Incomplete"))
            api.wait_for(lambda: not [one for one in answer.buttons if one.text == "Incomplete"])
            assert "0 found helpful, 1 not" in asks(api, ann, "/stats").text
        assert button(answer, "Show quotes")


def test_quotes_unfold_with_their_exact_words(newsroom: Store) -> None:
    with BotApi().serving() as api, chatting(newsroom, api):
        ann = api.user("Ann")
        api.presses(button(asks(api, ann), "Show quotes"))
        shown = reply(api, ann, 1)
    assert any(words.startswith("“The toll will pay") for words in shown.marked("expandable_blockquote"))
    assert shown.reply_to == api.sent(ann)[0].id
    assert not api.violations


def test_a_suggestion_is_asked_and_answered(newsroom: Store) -> None:
    with BotApi().serving() as api, chatting(newsroom, api):
        ann = api.user("Ann")
        answer = asks(api, ann)
        suggested = next(one for one in answer.buttons if one.text.startswith("What did"))
        api.presses(suggested)
        assert "Sources" in reply(api, ann, 1).text


def test_buttons_of_a_forgotten_answer_say_so(newsroom: Store) -> None:
    with BotApi().serving() as api, chatting(newsroom, api):
        ann = api.user("Ann")
        answer = asks(api, ann)
        asks(api, ann, "/forget")
        for label in ("👍", "👎", "Show quotes", "What did"):
            pressed = api.presses(button(answer, label))
            assert api.wait_for(lambda made=pressed: made.answer)["text"] == "This answer is no longer kept."
    assert len(api.sent(ann)) == 2


def test_inline_results_are_quotes_and_passages_with_their_source(newsroom: Store) -> None:
    with BotApi().serving() as api, chatting(newsroom, api):
        ann = api.user("Ann")
        asks(api, ann)
        made = api.queries_inline(ann, "ferries")
        api.wait_for(lambda: made.answered_at)
    texts = [one["input_message_content"]["parsed"].text for one in made.results]
    assert 0 < len(texts) <= 50
    assert any(ANSWERED in text for text in texts)
    assert all("Quay Gazette" in text or "Northern Tide" in text for text in texts)
    assert made.answered_at is not None and made.answered_at - made.at < 1
    assert made.answer is not None and int(made.answer["cache_time"]) > 0
    assert not api.violations and not api.refusals


def test_an_empty_inline_query_has_no_results(newsroom: Store) -> None:
    with BotApi().serving() as api, chatting(newsroom, api):
        made = api.queries_inline(api.user("Ann"), "  ")
        api.wait_for(lambda: made.answered_at)
    assert made.results == []
