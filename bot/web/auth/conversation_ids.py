"""Conversations over HTTP: ids that nobody can guess, each of one caller."""

import secrets

from bot.service.history import ConversationHistory
from bot.web.auth.principal import Principal
from bot.web.schemas.error_responses import ErrorResponse

LONGEST_ID = 64  # characters
ID = r"^[A-Za-z0-9_-]{0,64}$"  # what an id may be made of; a slash would let one caller name another's


class Conversations:
    """Issues and recognises the ids of conversations; reads files, so not in the event loop."""

    def __init__(self, history: ConversationHistory) -> None:
        self._history = history

    def open(self, caller: Principal, conversation: str) -> str:
        """The history's name of a conversation, a new one where none is named. Raises Problem where there is none."""
        if not conversation:
            return _named(caller, secrets.token_urlsafe(24))
        name = _named(caller, conversation)
        if not self._history.turns(name):
            raise _unknown()
        return name

    def forget(self, caller: Principal, conversation: str) -> None:
        """Delete what was said. Raises Problem where there is nothing."""
        if not self._history.forget(_named(caller, conversation)):
            raise _unknown()

    def judge(self, caller: Principal, conversation: str, turn: int, *, helpful: bool, reason: str) -> None:
        """Remember whether an answer helped. Raises Problem where there is no such answer."""
        if not self._history.judge(_named(caller, conversation), turn, helpful=helpful, reason=reason):
            raise _unknown()


def _named(caller: Principal, conversation: str) -> str:
    return f"web/{caller.name}/{conversation}"


def _unknown() -> ErrorResponse:
    return ErrorResponse(404, "unknown_conversation", "This conversation is not known, or no longer; begin a new one.")


def public(name: str) -> str:
    """The id as callers know it."""
    return name.rpartition("/")[2]
