"""How fast a bot may write, and what goes wrong when a test wants it to."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import suppress
from time import monotonic

import httpx
import pytest
from telegram import Bot, Update
from telegram.error import NetworkError, RetryAfter
from telegram.ext import AIORateLimiter, Application, ApplicationBuilder, ContextTypes, MessageHandler, filters

from tests.bot_api.calls import call, refusal, result
from tests.bot_api.entities import Refusal
from tests.bot_api.flood import Flood
from tests.bot_api.server_process import UNLIMITED, BotApi, Rates
from tests.bot_api.state import User

pytestmark = pytest.mark.usefixtures("loopback", "timedeltas")


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def timedeltas(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library warns at each 429 otherwise."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def api() -> Iterator[BotApi]:
    with BotApi(rates=UNLIMITED).serving() as serving:
        yield serving


@pytest.fixture
def ann(api: BotApi) -> User:
    return api.user("Ann")


def taken(flood: Flood, times: int, *, chat: int = 1, group: bool = False, sending: bool = True) -> int:
    """How many of so many requests are let through."""
    passed = 0
    for _ in range(times):
        with suppress(Refusal):
            flood.count(chat, group=group, sending=sending)
            passed += 1
    return passed


def test_a_chat_takes_a_burst_of_three_then_one_a_second(clock: Clock) -> None:
    flood = Flood(Rates(), clock)
    assert taken(flood, 10) == 3
    clock.now = 1
    assert taken(flood, 10) == 1
    assert taken(flood, 10, chat=2) == 3


def test_a_group_takes_twenty_a_minute_edits_included(clock: Clock) -> None:
    flood = Flood(Rates(slack=100), clock)
    assert taken(flood, 30, group=True, sending=False) == 21
    clock.now = 30
    assert taken(flood, 30, group=True, sending=False) == 10


def test_edits_and_drafts_in_a_private_chat_count_only_overall(clock: Clock) -> None:
    assert taken(Flood(Rates(slack=3), clock), 40, sending=False) == 33


def test_all_chats_together_take_thirty_a_second(clock: Clock) -> None:
    flood = Flood(Rates(slack=3), clock)
    assert sum(taken(flood, 1, chat=chat) for chat in range(100)) == 33
    clock.now = 1
    assert sum(taken(flood, 1, chat=chat) for chat in range(100, 200)) == 30


def test_too_fast_is_told_when_to_try_again(clock: Clock) -> None:
    with BotApi(clock=clock).serving() as api:
        desk, ann = api.group("Desk", api.user("Ann")), api.user("Ann")
        for _ in range(3):
            number = result(api, "sendMessage", chat_id=ann.id, text="a")["message_id"]
        answer = call(api, "sendMessage", chat_id=ann.id, text="a")
        assert answer["error_code"] == 429
        assert answer["description"] == "Too Many Requests: retry after 1"
        assert answer["parameters"] == {"retry_after": 1}
        assert api.floods == 1
        assert result(api, "editMessageText", chat_id=ann.id, message_id=number, text="b")
        for _ in range(25):
            assert result(api, "sendChatAction", chat_id=desk.id, action="typing")
        clock.now += answer["parameters"]["retry_after"]
        assert result(api, "sendMessage", chat_id=ann.id, text="a")


def test_a_refused_message_is_not_counted(clock: Clock) -> None:
    with BotApi(clock=clock).serving() as api:
        ann = api.user("Ann")
        for _ in range(5):
            assert "empty" in refusal(api, "sendMessage", chat_id=ann.id, text="")
        assert result(api, "sendMessage", chat_id=ann.id, text="a")


@pytest.mark.parametrize("status", [500, 502])
def test_failures_are_given_as_often_as_wanted(api: BotApi, ann: User, status: int) -> None:
    api.fails("sendMessage", status, times=2)
    for _ in range(2):
        assert call(api, "sendMessage", chat_id=ann.id, text="a")["error_code"] == status
    assert result(api, "sendMessage", chat_id=ann.id, text="a")
    assert len(api.sent(ann)) == 1


def test_the_library_knows_the_failures(api: BotApi, ann: User) -> None:
    async def fail() -> None:
        async with Bot(api.token, base_url=api.base_url) as bot:
            api.fails("sendMessage", 429, retry_after=7)
            with pytest.raises(RetryAfter) as flood:
                await bot.send_message(ann.id, "a")
            assert flood.value._retry_after.total_seconds() == 7
            api.drops(method="sendMessage")
            with pytest.raises(NetworkError):
                await bot.send_message(ann.id, "a")
            assert api.sent(ann) == []

    asyncio.run(fail())


def test_an_answer_can_be_lost_after_the_work_was_done(api: BotApi, ann: User) -> None:
    api.drops(method="sendMessage", done=True)
    with pytest.raises(httpx.RemoteProtocolError):
        call(api, "sendMessage", chat_id=ann.id, text="a")
    assert len(api.sent(ann)) == 1


def test_requests_can_be_slow_and_a_test_can_act_in_the_middle(api: BotApi, ann: User) -> None:
    seen = list[str]()
    api.when("sendMessage", lambda call: seen.append(call.values["text"]))
    api.slow(0.2, "sendMessage")
    start = monotonic()
    result(api, "sendMessage", chat_id=ann.id, text="a")
    assert monotonic() - start >= 0.2
    assert seen == ["a"]


def test_what_goes_wrong_can_be_mended(api: BotApi, ann: User) -> None:
    api.drops(times=100)
    with pytest.raises(httpx.RemoteProtocolError):
        call(api, "sendMessage", chat_id=ann.id, text="a")
    api.mends()
    assert result(api, "sendMessage", chat_id=ann.id, text="a")


def test_a_hundred_chats_are_answered_at_once_within_the_rates() -> None:
    async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.effective_message
        await update.effective_message.reply_text(f"You said {update.effective_message.text}")

    async def serve(app: Application, done: threading.Event) -> None:  # type: ignore[type-arg]
        async with app:
            assert app.updater
            await app.updater.start_polling()
            await app.start()
            await asyncio.to_thread(done.wait, 30)
            await app.updater.stop()
            await app.stop()

    with BotApi().serving() as api:
        builder = ApplicationBuilder().token(api.token).base_url(api.base_url).concurrent_updates(True)
        app = builder.rate_limiter(AIORateLimiter(max_retries=3)).build()
        app.add_handler(MessageHandler(filters.TEXT, echo))
        people, done = [api.user(f"Reader {at}") for at in range(100)], threading.Event()
        bot = threading.Thread(target=asyncio.run, args=[serve(app, done)])
        bot.start()
        for person in people:
            api.says(person, f"I am {person.name}")
        api.wait_for(lambda: len(api.all_sent) == 100, timeout=20)
        done.set()
        bot.join()
        assert all(api.sent(person)[0].text == f"You said I am {person.name}" for person in people)
        assert api.refusals == []
