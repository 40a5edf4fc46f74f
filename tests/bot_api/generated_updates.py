"""Updates of every kind of the Bot API, generated from the library's classes: fields missing, null, huge, mistyped."""

import datetime as datetime_module
import inspect
import types
import typing
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

import telegram

WORD = "Quixotism"  # in all that readers of generated updates write
KINDS = [name for name in inspect.signature(telegram.Update).parameters if name not in ("update_id", "api_kwargs")]
HANDLED = ("message", "callback_query", "inline_query")
MAX_DEPTH = 4  # of objects in objects
OPTIONAL, BROKEN, MISSING = (
    0.12,
    0.04,
    0.03,
)  # shares of fields: optional and given, broken, required and missing
CHATS = range(700_000, 700_040)
CALLBACK_DATA = ("yes:100000002", "why:100000002:99", f"quotes:{'9' * 50}", "ask:1:1", "ask:x", "", "no:", WORD)
RENAMED = {"from_user": "from"}


def generated_updates(count: int, seed: int = 17) -> Iterator[dict[str, Any]]:
    """So many updates without ids, two thirds of them of the kinds that the bot asks for."""
    random = Random(seed)
    for _ in range(count):
        kind = random.choice(KINDS if random.random() < 0.35 else HANDLED)
        annotation = inspect.signature(telegram.Update).parameters[kind].annotation
        yield {kind: _broken(random) if random.random() < BROKEN else _value(random, annotation, kind, 0)}


def _value(random: Random, annotation: Any, name: str, depth: int) -> Any:
    """The JSON of a value of an annotated type."""
    if isinstance(annotation, str):
        annotation = eval(annotation, {**vars(telegram), "dtm": datetime_module, "Sequence": Sequence})
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (types.UnionType, typing.Union):
        return _value(random, random.choice([one for one in arguments if one is not type(None)]), name, depth)
    if isinstance(origin, type) and issubclass(origin, Sequence):
        return [_value(random, arguments[0], name, depth) for _ in range(random.randint(0, 3))]
    if isinstance(annotation, type) and issubclass(annotation, telegram.TelegramObject):
        return _fields(random, annotation, depth)
    return _plain(random, annotation, name)


def _fields(random: Random, kind: type[telegram.TelegramObject], depth: int) -> dict[str, Any]:
    found = {}
    for name, parameter in inspect.signature(kind).parameters.items():
        is_required = parameter.default is inspect.Parameter.empty
        if name in ("api_kwargs", "bot") or parameter.kind is inspect.Parameter.VAR_KEYWORD:
            continue
        if random.random() < (MISSING if is_required else 1 - (OPTIONAL if depth < MAX_DEPTH else 0)):
            continue
        value = _broken(random) if random.random() < BROKEN else _value(random, parameter.annotation, name, depth + 1)
        found[RENAMED.get(name, name)] = value
    return found


def _plain(random: Random, annotation: Any, name: str) -> Any:
    if name == "type":
        return random.choice(["private", "private", "group", "supergroup", "channel", "mention", "text_mention"])
    if name == "data":
        return random.choice(CALLBACK_DATA)
    if annotation is bool:
        return random.random() < 0.5
    if annotation in (int, float, datetime_module.datetime, datetime_module.timedelta):
        return random.choice(CHATS) if name == "id" else random.choice([0, 1, 5, 1_700_000_000])
    return random.choice([WORD, f"/quotes {WORD}", f"What is {WORD}?", f"/forget {WORD}", f"/start {WORD}"])


def _broken(random: Random) -> Any:
    """What stands where something else is expected."""
    return random.choice(
        [
            *(None, True, -1, 1.5, 1e300, 2**63, 10**30, 10**4000, float("inf")),
            *("", WORD, WORD * 2_000, "\x00", f"\ud800{WORD}", "‮", {}, {"text": WORD}, {WORD: {WORD: [WORD]}}),
            *([], [WORD], [None], [[]], [{}] * 200, {"message_id": 1, "date": 0}),
        ]
    )
