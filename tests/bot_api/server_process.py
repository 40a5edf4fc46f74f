"""A Bot API server to test against: real HTTP over loopback, Telegram's rules, people that a test moves.

    with BotApi().serving() as api:
        ann = api.user("Ann")
        ... start a bot with api.token and base_url=api.base_url ...
        api.says(ann, "What did the minister say?")
        answer = api.wait_for(lambda: api.sent(ann))[0]
        api.presses(answer.buttons[0])

By hand: `python -m tests.bot_api.server_process --port 8081`, then each line typed is a message to the bot.
"""

import argparse
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic, time
from typing import Any, TypeVar

from tests.bot_api.entities import Refusal
from tests.bot_api.flood import UNLIMITED, Flood, Rates
from tests.bot_api.http_server import Call, Connection, Fault, Server
from tests.bot_api.people import People
from tests.bot_api.request import Params
from tests.bot_api.state import Action, Chat, Draft, Query, Sent, User, Violation
from tests.bot_api.updates import Updates

TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
Found = TypeVar("Found")

__all__ = ["TOKEN", "UNLIMITED", "BotApi", "Rates"]


class BotApi(People):
    """One bot's Telegram; `privacy` is its privacy mode in groups, `rates` the flood limits."""

    def __init__(
        self,
        token: str = TOKEN,
        *,
        username: str = "onrecord_bot",
        privacy: bool = True,
        inline: bool = True,
        rates: Rates | None = None,
        query_life: float = 10.0,
        clock: Callable[[], float] = monotonic,
        port: int = 0,
    ) -> None:
        self.token, self.username, self.privacy, self.inline = token, username, privacy, inline
        self.id, self.query_life, self.clock = int(token.partition(":")[0]), query_life, clock
        self.changed = threading.Condition(threading.RLock())
        self.flood, self.updates = Flood(rates or Rates(), clock), Updates()
        self.users, self.chats = dict[int, User](), dict[int, Chat]()
        self.ranks = dict[tuple[int, int], str]()
        self.presses_made, self.inline_made = dict[str, Query](), dict[str, Query]()
        self.commands, self.profile = dict[tuple[str, ...], list[dict[str, str]]](), dict[str, str]()
        self.all_sent, self.calls = list[Sent](), list[Call]()
        self.refusals, self.violations = list[tuple[str, Refusal]](), list[Violation]()
        self.faults, self.pauses = list[Fault](), dict[str, float]()
        self._on, self._last_id = dict[str, Callable[[Call], None]](), 0
        self._server = Server(("127.0.0.1", port), Connection)
        self._server.api = self
        self.host = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.base_url = f"{self.host}/bot"  # as python-telegram-bot wants it

    @contextmanager
    def serving(self) -> Iterator["BotApi"]:
        """Runs in threads of its own."""
        threads = [
            threading.Thread(target=self._server.serve_forever, args=[0.01], daemon=True),
            threading.Thread(target=self.updates.post_all, daemon=True),
        ]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self.updates.close()
            self._server.close()
            for thread in threads:
                thread.join()

    # What the bot did

    def sent(self, where: Chat | User, *, deleted: bool = False) -> list[Sent]:
        """The bot's messages in a chat as they stand, oldest first."""
        with self.changed:
            return [one for one in self.all_sent if one.chat.id == where.id and (deleted or not one.deleted)]

    def drafts(self, where: Chat | User) -> list[Draft]:
        return list(self.chats[where.id].drafts)

    def actions(self, where: Chat | User) -> list[Action]:
        return list(self.chats[where.id].actions)

    def called(self, method: str) -> list[Call]:
        """The requests for a method, such as sendMessage."""
        with self.changed:
            return [call for call in self.calls if call.method == method]

    def refused_with(self, status: int) -> list[str]:
        """What was refused: the descriptions, as the bot got them."""
        with self.changed:
            return [refusal.description for _, refusal in self.refusals if refusal.status == status]

    @property
    def floods(self) -> int:
        """How often the bot was too fast, scripted 429 included."""
        return len(self.refused_with(429))

    def wait_for(self, look: Callable[[], Found], timeout: float = 5.0) -> Found:
        """What `look` finds, as soon as it finds something."""
        end = monotonic() + timeout
        with self.changed:
            while not (found := look()):
                left = end - monotonic()
                if left <= 0:
                    raise TimeoutError(
                        f"nothing after {timeout} s; calls: {[call.method for call in self.calls[-20:]]}"
                    )
                self.changed.wait(min(left, 0.05))
            return found

    # What goes wrong

    def fails(self, method: str, status: int, times: int = 1, *, retry_after: int = 1) -> None:
        """The next requests for a method, or for any (*), are answered with 429, 500, 502..."""
        self.faults.append(Fault(method, times, status, retry_after))

    def drops(self, times: int = 1, method: str = "*", *, done: bool = False) -> None:
        """Closes the connection instead of answering; `done` does the work first, so that only the answer is lost."""
        self.faults.append(Fault(method, times, 0, done=done))

    def mends(self) -> None:
        """Nothing goes wrong any more."""
        self.faults.clear()
        self.pauses.clear()
        self._on.clear()

    def slow(self, seconds: float, method: str = "*") -> None:
        """Each request waits so long first; 0 ends that."""
        self.pauses[method] = seconds

    def when(self, method: str, act: Callable[[Call], None]) -> None:
        """Calls `act` whenever the bot asks for a method, before it is done: to kill the bot at that moment."""
        self._on[method] = act

    # For the methods

    def received(self, call: Call) -> None:
        with self.changed:
            self.calls.append(call)
            act = self._on.get(call.method)
        if act:
            act(call)

    def refused(self, method: str, refusal: Refusal) -> None:
        with self.changed:
            self.refusals.append((method, refusal))

    def note(self, method: str, what: list[str]) -> None:
        self.violations += [Violation(method, one) for one in what]

    def me(self) -> dict[str, Any]:
        return {"id": self.id, "is_bot": True, "first_name": "On Record", "username": self.username}

    def now(self) -> int:
        return int(time())

    def chat_of(self, params: Params, name: str) -> Chat:
        """The chat that a request names by number or @username."""
        wanted = params.text(name)
        if not wanted:
            raise Refusal("Bad Request: chat_id is empty")
        for chat in self.chats.values():
            if wanted in (str(chat.id), f"@{chat.username}" if not chat.private else ""):
                return chat
        raise Refusal("Bad Request: chat not found")

    def next_message_id(self, chat: Chat) -> int:
        """Supergroups count for themselves, all other chats together."""
        if chat.kind == "supergroup":
            chat.last_id += 1
            return chat.last_id
        self._last_id += 1
        return self._last_id

    def message(self, chat: Chat, number: int, sender: dict[str, Any], thread: int | None) -> dict[str, Any]:
        """The frame of a message."""
        about = {"message_id": number, "date": self.now(), "chat": chat.as_json(), "from": sender}
        return about | ({"message_thread_id": thread, "is_topic_message": True} if thread else {})

    def forget_message(self, chat: Chat, number: int) -> None:
        del chat.messages[number]
        if sent := chat.sent.pop(number, None):
            sent.deleted = True


def main() -> None:
    """A Telegram to talk to a bot in a terminal."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--token", default=TOKEN)
    chosen = parser.parse_args()
    with BotApi(chosen.token, port=chosen.port).serving() as api:
        print(f"base_url {api.base_url}, token {api.token}", flush=True)
        ann, shown = api.user("Ann"), 0
        for line in sys.stdin:
            api.says(ann, line.rstrip("\n"))
            try:
                api.wait_for(lambda: len(api.sent(ann)) > shown, timeout=60)  # noqa: B023
            except TimeoutError as error:
                print(error, file=sys.stderr)
            print(*(one.text for one in api.sent(ann)[shown:]), sep="\n", flush=True)
            shown = len(api.sent(ann))


if __name__ == "__main__":
    main()
