"""Conversations over HTTP: ids that nobody can guess, each of one caller."""

import secrets

from bot.history import History
from bot.web.caller import Caller
from bot.web.problems import Problem


class Conversations:
    """Issues and recognises the ids of conversations."""

    def __init__(self, history: History) -> None:
        self._history = history

    def open(self, caller: Caller, conversation: str) -> str:
        """The history's name of a conversation, a new one where none is named. Raises Problem where there is none."""
        if not conversation:
            return _named(caller, secrets.token_urlsafe(24))
        name = _named(caller, conversation)
        if not self._history.turns(name):
            raise Problem(404, "unknown_conversation", "This conversation is not known, or no longer; begin a new one.")
        return name


def _named(caller: Caller, conversation: str) -> str:
    return f"web/{caller.name}/{conversation}"


def public(name: str) -> str:
    """The id as callers know it."""
    return name.rpartition("/")[2]
