"""Conversations over HTTP: unguessable ids, each of which belongs to one principal."""

import secrets

from bot.service.history import ConversationHistory
from bot.web.auth.principal import Principal
from bot.web.schemas.error_responses import ApiError

ID_PATTERN = r"^[A-Za-z0-9_-]{0,64}$"  # no slash: it would let one principal name a conversation of another


class ConversationAccess:
    """Issues conversation ids and checks whose they are; reads the database, so call it outside the event loop."""

    def __init__(self, history: ConversationHistory) -> None:
        self._history = history

    def open(self, principal: Principal, conversation: str) -> str:
        """The history's name of a conversation; an empty id begins a new one. Raises ApiError when it is unknown."""
        if not conversation:
            return _history_name(principal, secrets.token_urlsafe(24))
        name = _history_name(principal, conversation)
        if not self._history.count(name):
            raise _unknown_conversation()
        return name

    def forget(self, principal: Principal, conversation: str) -> None:
        """Delete a conversation. Raises ApiError when it is unknown."""
        if not self._history.forget(_history_name(principal, conversation)):
            raise _unknown_conversation()

    def record_feedback(
        self, principal: Principal, conversation: str, turn: int, *, helpful: bool, reason: str
    ) -> None:
        """Store whether an answer was helpful. Raises ApiError when there is no such answer."""
        if not self._history.record_feedback(
            _history_name(principal, conversation), turn, helpful=helpful, reason=reason
        ):
            raise _unknown_conversation()


def _history_name(principal: Principal, conversation: str) -> str:
    return f"web/{principal.name}/{conversation}"


def _unknown_conversation() -> ApiError:
    return ApiError(404, "unknown_conversation", "This conversation is not known, or no longer; begin a new one.")


def public_id(name: str) -> str:
    """The id as clients know it, from the history's name."""
    return name.rpartition("/")[2]
