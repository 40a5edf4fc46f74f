"""Readers ask in private and are answered: over HTTP, with the real library, against Telegram's rules."""

from pathlib import Path

import pytest

from retrieval.index.store import Store
from tests.bot_api.server_process import BotApi
from tests.support.telegram_bot import ANSWERED, ASKED, UNKNOWN, asks, chatting, reply


def test_an_answer_links_its_words_and_lists_its_sources(newsroom_copy: Store) -> None:
    with BotApi().serving() as api, chatting(newsroom_copy, api):
        answer = asks(api, api.user("Ann"))
    assert ANSWERED in answer.text
    assert answer.links[0][0] == "[1]" and answer.links[0][1].startswith("https://example.org/toll#:~:text=")
    assert "Quay Gazette, Council votes for the bridge toll, Nia Roth, 2 May 2025, updated 4 May 2025" in answer.text
    assert "Newest source 2 May 2025, index updated just now." in answer.marked("italic")
    assert answer.preview == {"is_disabled": True}
    assert not api.violations and not api.refusals


def test_what_the_articles_do_not_say_is_declined_with_the_nearest(newsroom: Store) -> None:
    with BotApi().serving() as api, chatting(newsroom, api):
        answer = asks(api, api.user("Ann"), "How much did the bridge cost?")
    assert "The articles do not answer this." in answer.marked("bold")
    assert "Nearest articles" in answer.text
    assert not any(button.data.startswith("quotes") for button in answer.buttons if button.data)


def test_the_reader_sees_somebody_type_at_once(newsroom: Store) -> None:
    with BotApi().serving() as api, chatting(newsroom, api):
        ann = api.user("Ann")
        asks(api, ann)
        asked = api.clock()
        api.says(ann, ASKED)
        typing = api.wait_for(lambda: [one for one in api.actions(ann) if one.at > asked])[0]
    assert typing.kind == "typing"
    assert typing.at - asked < 0.3


def test_a_follow_up_is_understood_until_a_new_conversation_begins(newsroom: Store) -> None:
    with BotApi().serving() as api, chatting(newsroom, api):
        ann = api.user("Ann")
        asks(api, ann)
        assert "no other road" in asks(api, ann, "And what did Okoro say about it?").text
        asks(api, ann, "/new")
        assert not api.refusals


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("/start", "Try one of these:"),
        ("/help", "/quotes NAME"),
        ("/quotes", "Ilse Brandt"),
        ("/quotes Brandt about ferries", ANSWERED),
        ("/quotes Nobody", "nothing on record"),
        ("/latest", "A good year for the ferries"),
        ("/sources", "There is no answer with sources yet."),
        ("/privacy", "30 days"),
        ("/cancel", "There is nothing to stop."),
        ("/ask", "/ask QUESTION"),
        ("/ask What did Brandt say about the toll?", ANSWERED),
        ("/stats", "Only the admins"),
        ("/start V2hhdCBkaWQgQnJhbmR0IHNheSBhYm91dCB0aGUgdG9sbD8", ANSWERED),
        ("/start %%%", "Try one of these:"),
        ("   ", "Ask me something"),
        ("What is this? " * 200, "at most 2000 are read"),
    ],
)
def test_commands_answer(command: str, said: str, newsroom: Store) -> None:
    with BotApi().serving() as api, chatting(newsroom, api):
        assert said in asks(api, api.user("Ann"), command).text


def test_the_examples_that_start_offers_are_answered(newsroom: Store) -> None:
    with BotApi().serving() as api, chatting(newsroom, api):
        ann = api.user("Ann")
        examples = [line for line in asks(api, ann, "/start").text.splitlines() if line.endswith("?")]
        assert len(examples) == 3
        assert all("Sources" in asks(api, ann, example).text for example in examples)


def test_forgetting_leaves_nothing(newsroom: Store, tmp_path: Path) -> None:
    with BotApi().serving() as api, chatting(newsroom, api, data=tmp_path):
        ann = api.user("Ann")
        asks(api, ann, "What did Brandt say about the toll, by the way of Quixotism?")
        asks(api, ann, "/forget")
        assert "no answer with sources" in asks(api, ann, "/sources").text
    kept = [path for path in tmp_path.iterdir() if path.is_file() and path.name.startswith(("tele", "conv"))]
    assert kept
    assert not [path for path in kept if b"Quixotism" in path.read_bytes()]


def test_admins_see_how_the_bot_is_used_and_what_it_could_not_answer(newsroom: Store) -> None:
    with BotApi().serving() as api:
        ann, chief = api.user("Ann"), api.user("Chief")
        with chatting(newsroom, api, telegram_admins=frozenset({chief.id})):
            asks(api, ann, UNKNOWN)
            assert "1 questions from 1 readers" in asks(api, chief, "/stats").text
            assert UNKNOWN in asks(api, chief, "/unanswered").text
        listed = [one["command"] for one in api.commands[("chat", str(chief.id))]]
        assert "stats" in listed
        assert "stats" not in [one["command"] for one in api.commands[("all_private_chats",)]]


def test_a_greeting_is_greeted_with_examples_to_press(newsroom: Store) -> None:
    with BotApi().serving() as api, chatting(newsroom, api):
        ann = api.user("Ann")
        greeted = asks(api, ann, "hello there")
        assert greeted.text == "Hello! Ask me about what these articles say."
        labels = [button.text for button in greeted.buttons]
        assert labels and all(label.endswith("?") for label in labels)
        assert "Sources" not in asks(api, ann, "thanks a lot!").text
        assert not api.violations and not api.refusals


def test_thanks_do_not_hide_the_sources_of_the_last_answer(newsroom: Store) -> None:
    with BotApi().serving() as api, chatting(newsroom, api):
        ann = api.user("Ann")
        asks(api, ann)
        asks(api, ann, "thanks a lot!")
        assert "Council votes for the bridge toll" in asks(api, ann, "/sources").text


def test_a_list_of_articles_links_each(newsroom: Store) -> None:
    with BotApi().serving() as api, chatting(newsroom, api):
        listed = asks(api, api.user("Ann"), "What's new?")
    assert listed.text.startswith("2 articles:\n\n2 May 2025 – Council votes for the bridge toll [1]")
    assert "Northern Tide, A good year for the ferries, Per Holm and Ada Quist, 20 April 2025" in listed.text
    assert [text for text, _ in listed.links[:2]] == ["[1]", "[2]"]


def test_what_is_no_text_gets_one_friendly_line(newsroom: Store) -> None:
    with BotApi().serving() as api, chatting(newsroom, api):
        ann = api.user("Ann")
        api.sends_voice(ann, ann)
        assert "text only" in reply(api, ann).text
        api.sends_photo(ann, ann, caption=ASKED)
        assert ANSWERED in reply(api, ann, 1).text
        said = api.says(ann, "/help")
        reply(api, ann, 2)
        api.edits(said, ASKED)
        assert "/new" in asks(api, ann, "/help").text
        assert len(api.sent(ann)) == 4
