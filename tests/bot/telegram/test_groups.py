"""In groups the bot answers those who address it, where they do, and nobody else."""

from collections.abc import Iterator

import pytest

from retrieval.index.store import Store
from tests.bot_api.server_process import BotApi
from tests.support.telegram_bot import ANSWERED, ASKED, asks, chatting, reply


@pytest.fixture
def api() -> Iterator[BotApi]:
    with BotApi(privacy=False).serving() as serving:
        yield serving


def test_only_a_mention_a_reply_or_a_command_is_answered(api: BotApi, newsroom: Store) -> None:
    ann = api.user("Ann")
    group = api.supergroup("Readers", ann)
    with chatting(newsroom, api):
        api.says(group, ann, ASKED)
        mention = api.says(group, ann, f"@OnRecord_bot {ASKED}")
        answer = reply(api, group)
        assert ANSWERED in answer.text and answer.reply_to == mention.id
        api.says(group, ann, "/ask@onrecord_bot What did Okoro say about the toll?")
        assert "no other road" in reply(api, group, 1).text
        api.says(group, ann, "And Brandt?", reply_to=answer)
        assert ANSWERED in reply(api, group, 2).text
        api.says(group, ann, "/help@other_bot")
        api.sends_voice(group, ann)
        asks(api, ann, "/help")
    assert len(api.sent(group)) == 3


def test_a_mention_below_a_question_asks_that_question(api: BotApi, newsroom: Store) -> None:
    ann, bob = api.user("Ann"), api.user("Bob")
    group = api.supergroup("Readers", ann, bob)
    with chatting(newsroom, api):
        said = api.says(group, ann, ASKED)
        api.says(group, bob, "@onrecord_bot", reply_to=said)
        assert ANSWERED in reply(api, group).text


def test_a_topic_of_a_forum_is_a_conversation_of_its_own(api: BotApi, newsroom: Store) -> None:
    ann = api.user("Ann")
    forum = api.supergroup("Readers", ann, forum=True)
    tolls, ferries = api.topic(forum, "Tolls"), api.topic(forum, "Ferries")
    with chatting(newsroom, api) as app:
        api.says(forum, ann, f"@onrecord_bot {ASKED}", thread=tolls)
        assert reply(api, forum).thread == tolls
        api.says(forum, ann, "/sources", thread=ferries)
        assert "no answer" in reply(api, forum, 1).text
        assert [one.thread for one in api.sent(forum)] == [tolls, ferries]
        assert app.conversation._history.turns(f"telegram/{forum.id}/{tolls}")


def test_a_group_that_becomes_a_supergroup_keeps_its_conversation(api: BotApi, newsroom: Store) -> None:
    ann = api.user("Ann")
    group = api.group("Readers", ann)
    with chatting(newsroom, api):
        api.says(group, ann, f"@onrecord_bot {ASKED}")
        reply(api, group)
        moved = api.migrates(group)
        api.says(moved, ann, "/sources@onrecord_bot")
        assert ANSWERED in reply(api, moved).text


def test_users_of_a_group_have_conversations_apart_where_that_is_set(api: BotApi, newsroom: Store) -> None:
    ann, bob = api.user("Ann"), api.user("Bob")
    group = api.supergroup("Readers", ann, bob)
    with chatting(newsroom, api, telegram_history_per_user=True):
        api.says(group, ann, f"@onrecord_bot {ASKED}")
        reply(api, group)
        api.says(group, bob, "/sources")
        assert "no answer" in reply(api, group, 1).text


def test_a_deleted_topic_a_kick_and_a_block_are_met_with_silence(
    api: BotApi, newsroom: Store, caplog: pytest.LogCaptureFixture
) -> None:
    ann, bob = api.user("Ann"), api.user("Bob")
    forum = api.supergroup("Readers", ann, forum=True)
    topic = api.topic(forum, "Tolls")
    with chatting(newsroom, api):
        api.slow(0.5, "sendMessage")
        api.says(forum, ann, f"@onrecord_bot {ASKED}", thread=topic)
        api.wait_for(lambda: api.called("sendMessage"))
        api.deletes_thread(forum, topic)
        api.says(bob, ASKED)
        api.wait_for(lambda: len(api.called("sendMessage")) > 1)
        api.blocks(bob)
        api.slow(0, "sendMessage")
        assert ANSWERED in asks(api, ann).text
        warned = api.wait_for(lambda: [one for one in caplog.records if one.levelname == "WARNING"][1:])
    assert not api.sent(forum) and not api.sent(bob)
    assert len(warned) == 1 and all("cannot be written to" in record.message for record in caplog.records[-2:])


@pytest.mark.parametrize(("who", "is_deleted"), [("member", False), ("admin", True), ("bot admin", True)])
def test_a_groups_conversation_is_deleted_by_its_admins_alone(
    who: str, is_deleted: bool, api: BotApi, newsroom: Store
) -> None:
    ann, bob = api.user("Ann"), api.user("Bob")
    group = api.supergroup("Readers", ann, bob, admin=bob if who == "admin" else None)
    admins = frozenset({bob.id}) if who == "bot admin" else frozenset[int]()
    with chatting(newsroom, api, telegram_admins=admins) as app:
        api.says(group, ann, f"@onrecord_bot {ASKED}")
        reply(api, group)
        api.says(group, bob, "/forget")
        said = reply(api, group, 1).text
        api.says(group, ann, "/sources")
        sources = reply(api, group, 2).text
        turns = app.history.turns(f"telegram/{group.id}/0")
    assert ("an admin of the group can delete it" in said, ANSWERED in sources, bool(turns)) == (not is_deleted,) * 3


def test_a_member_forgets_what_is_kept_apart_of_the_member_alone(api: BotApi, newsroom: Store) -> None:
    ann, bob = api.user("Ann"), api.user("Bob")
    group = api.supergroup("Readers", ann, bob)
    with chatting(newsroom, api, telegram_history_per_user=True) as app:
        for number, user in enumerate((ann, bob)):
            api.says(group, user, f"@onrecord_bot {ASKED}")
            reply(api, group, number)
        api.says(group, bob, "/forget")
        assert "Deleted: this conversation" in reply(api, group, 2).text
        kept = [bool(app.history.turns(f"telegram/{group.id}/0/{user.id}")) for user in (ann, bob)]
    assert kept == [True, False]
