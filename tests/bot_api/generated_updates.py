"""Updates of every kind of the Bot API, generated from the library's classes: fields missing, null, huge, mistyped."""

import datetime
import inspect
import types
import typing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import telegram

WORD = "Quixotism"  # in all that readers of generated updates write
KINDS = [name for name in inspect.signature(telegram.Update).parameters if name not in ("update_id", "api_kwargs")]
HANDLED = ("message", "callback_query", "inline_query")
MAX_DEPTH = 4  # of objects in objects
BROKEN, MISSING = 0.04, 0.03  # shares of all fields, and of required ones
OPTIONAL = (0.0, 0.01, 0.15)  # shares of optional fields that one update gives: few make an ordinary message
SHARES = (0.0, 0.2, 1.0)  # how much of BROKEN and MISSING holds for one update: some are whole
CHATS = range(700_000, 700_040)
CALLBACK_DATA = ("yes:100000002", "why:100000002:99", f"quotes:{'9' * 50}", "ask:1:1", "ask:x", "", "no:", WORD)
USUAL = ("text", "from_user")  # optional fields that most updates have
RENAMED = {"from_user": "from"}


def generated_updates(count: int, seed: int = 17) -> Iterator[dict[str, Any]]:
    """So many updates without ids, two thirds of them of the kinds that the bot asks for."""
    random = Random(seed)
    for _ in range(count):
        kind = random.choice(KINDS if random.random() < 0.35 else HANDLED)
        annotation = inspect.signature(telegram.Update).parameters[kind].annotation
        yield {kind: _Generator(random, random.choice(SHARES), random.choice(OPTIONAL)).value(annotation, kind, 0)}


@dataclass(frozen=True)
class _Generator:
    """Makes the values of one update."""

    random: Random
    share: float
    optional: float

    def value(self, annotation: Any, name: str, depth: int) -> Any:
        """The JSON of a value of an annotated type, or of something else."""
        if self.random.random() < BROKEN * self.share:
            return self._broken()
        if isinstance(annotation, str):
            annotation = eval(annotation, {**vars(telegram), "dtm": datetime, "Sequence": Sequence})
        origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
        if origin in (types.UnionType, typing.Union):
            one = self.random.choice([one for one in arguments if one is not type(None)])
            return self.value(one, name, depth)
        if isinstance(origin, type) and issubclass(origin, Sequence):
            return [self.value(arguments[0], name, depth) for _ in range(self.random.randint(0, 3))]
        if isinstance(annotation, type) and issubclass(annotation, telegram.TelegramObject):
            return self._fields(annotation, depth)
        return self._plain(annotation, name)

    def _fields(self, kind: type[telegram.TelegramObject], depth: int) -> dict[str, Any]:
        found = {}
        for name, parameter in inspect.signature(kind).parameters.items():
            if name in ("api_kwargs", "bot") or parameter.kind is inspect.Parameter.VAR_KEYWORD:
                continue
            is_required = parameter.default is inspect.Parameter.empty or name in USUAL
            given = 1 - MISSING * self.share if is_required else self.optional if depth < MAX_DEPTH else 0
            if self.random.random() < given:
                found[RENAMED.get(name, name)] = self.value(parameter.annotation, name, depth + 1)
        return found

    def _plain(self, annotation: Any, name: str) -> Any:
        random = self.random
        if name == "type":
            return random.choice(["private", "private", "private", "group", "supergroup", "channel", "mention"])
        if name == "data":
            return random.choice(CALLBACK_DATA)
        if annotation is bool:
            return random.random() < 0.1
        if annotation in (int, float, datetime.datetime, datetime.timedelta):
            return random.choice(CHATS) if name == "id" else random.choice([0, 1, 5, 1_700_000_000])
        return random.choice([WORD, f"/quotes {WORD}", f"What is {WORD}?", f"/forget {WORD}", f"/start {WORD}"])

    def _broken(self) -> Any:
        """What stands where something else is expected."""
        return self.random.choice(
            [
                *(None, True, -1, 1.5, 1e300, 2**63, 10**30, 10**4000, float("inf")),
                *(
                    "",
                    WORD,
                    WORD * 2_000,
                    "\x00",
                    f"\ud800{WORD}",
                    "\u202e",
                    {},
                    {"text": WORD},
                    {WORD: {WORD: [WORD]}},
                ),
                *([], [WORD], [None], [[]], [{}] * 200, {"message_id": 1, "date": 0}),
            ]
        )
