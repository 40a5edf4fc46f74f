"""The wire format of a chat completion's answer: bytes to the pieces of its text, whatever the server's dialect."""

import json
from collections.abc import Iterator
from typing import Any

from langchain_core.messages.ai import UsageMetadata

from bot.models.reasoning_tags import ReasoningTagFilter
from bot.models.sse_parser import SseParser
from retrieval.endpoints.address import Address
from retrieval.endpoints.endpoint_errors import broken, reported, unreadable

PATH = "/chat/completions"
DONE = b"[DONE]"


class CompletionParser:
    """One answer as it arrives, an event stream or one JSON object.

    `finish` says why the model stopped and `usage` what it counted, where the server tells. Raises ModelError where
    the answer carries an error, cannot be read or is not whole at its end.
    """

    def __init__(self, address: Address) -> None:
        self._address = address
        self._head = b""  # of the body, until it is clear which of the two comes
        self._events: SseParser | None = None
        self._thinking = ReasoningTagFilter()
        self.whole = False
        self.finish, self.model = "", ""
        self.usage: UsageMetadata | None = None

    def feed(self, part: bytes) -> Iterator[str]:
        """The texts that this part of the body adds to the answer."""
        if self._events is None:
            self._head += part
            if self._head.lstrip()[:1] in (b"", b"{", b"<"):
                return
            self._events, part = SseParser(), self._head
        for data in self._events.feed(part):
            if text := self._text(data):
                yield text

    def end(self) -> str:
        """The text that was held back, now that the body has ended."""
        last = self._events.rest() if self._events else self._head
        text = self._text(last) if last.strip() and not self.whole else ""
        if not self.whole:
            raise broken(self._address)
        return text + self._thinking.rest()

    def _text(self, data: bytes) -> str:
        if data == DONE:
            self.whole = True
            return ""
        try:
            return self._take(json.loads(data))
        except (ValueError, AttributeError, KeyError, TypeError) as exc:
            raise unreadable(self._address, data) from exc

    def _take(self, payload: Any) -> str:
        if self._is_error(payload):
            raise reported(self._address, payload, path=PATH)
        self.model = payload.get("model") or self.model
        self.usage = _usage(payload.get("usage")) or self.usage  # some servers count up with every event
        choices = payload.get("choices") or [{}]  # the one with the usage has none
        self.finish = choices[0].get("finish_reason") or self.finish
        self.whole = self.whole or bool(self.finish) or self._events is None
        message = choices[0].get("delta") or choices[0].get("message") or {}
        return self._thinking.feed(_content(message.get("content")))

    def _is_error(self, payload: Any) -> bool:
        if not isinstance(payload, dict) or payload.get("error"):
            return True
        named = "error" in (payload.get("object"), payload.get("type"))
        return named or (self._events is None and "choices" not in payload)


def _content(found: Any) -> str:
    """A message's text; parts of other kinds, thoughts among them, are left out."""
    if isinstance(found, list):
        return "".join(_content(part.get("text")) for part in found if part.get("type", "text") == "text")
    return found if isinstance(found, str) else ""


def _usage(found: Any) -> UsageMetadata | None:
    if not isinstance(found, dict):
        return None
    read, written = found.get("prompt_tokens") or 0, found.get("completion_tokens") or 0
    return UsageMetadata(input_tokens=read, output_tokens=written, total_tokens=read + written)
