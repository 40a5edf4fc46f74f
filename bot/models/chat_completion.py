"""Parse the response of a chat completion endpoint, in any server's dialect, into pieces of text."""

import json
from collections.abc import Iterator
from typing import Any

from langchain_core.messages.ai import UsageMetadata

from bot.models.reasoning_tags import ReasoningTagFilter
from bot.models.sse_parser import SseParser
from retrieval.models.endpoints.address import Address
from retrieval.models.endpoints.endpoint_errors import broken_answer_error, not_json_error, payload_error

CHAT_COMPLETIONS_PATH = "/chat/completions"
DONE = b"[DONE]"


class CompletionParser:
    """Parses one response as it arrives, an event stream or one JSON object.

    `finish_reason`, `model` and `usage` are set where the server reports them. Raises ModelError where the response
    carries an error, is no JSON or is incomplete at its end.
    """

    def __init__(self, address: Address) -> None:
        self._address = address
        self._head = b""  # of the body, until it is clear whether events or one object come
        self._events: SseParser | None = None
        self._reasoning_filter = ReasoningTagFilter()
        self.is_complete = False
        self.finish_reason, self.model = "", ""
        self.usage: UsageMetadata | None = None

    def feed(self, part: bytes) -> Iterator[str]:
        """Yield the pieces of text that this part of the body completes."""
        if self._events is None:
            self._head += part
            if self._head.lstrip()[:1] in (b"", b"{", b"<"):
                return
            self._events, part = SseParser(), self._head
        for data in self._events.feed(part):
            if text := self._parse_data(data):
                yield text

    def end(self) -> str:
        """Return the text that was held back, now that the body has ended. Raises ModelError where it is incomplete."""
        last = self._events.end() if self._events else self._head
        text = self._parse_data(last) if last.strip() and not self.is_complete else ""
        if not self.is_complete:
            raise broken_answer_error(self._address)
        return text + self._reasoning_filter.end()

    def _parse_data(self, data: bytes) -> str:
        if data == DONE:
            self.is_complete = True
            return ""
        try:
            return self._parse_payload(json.loads(data))
        except (ValueError, AttributeError, KeyError, TypeError) as exc:
            raise not_json_error(self._address, data) from exc

    def _parse_payload(self, payload: Any) -> str:
        if self._is_error(payload):
            raise payload_error(self._address, payload, path=CHAT_COMPLETIONS_PATH)
        self.model = payload.get("model") or self.model
        self.usage = (
            _parse_usage(payload.get("usage")) or self.usage
        )  # some servers report a running count with every event
        choices = payload.get("choices") or [{}]  # the event with the usage has none
        self.finish_reason = choices[0].get("finish_reason") or self.finish_reason
        self.is_complete = self.is_complete or bool(self.finish_reason) or self._events is None
        message = choices[0].get("delta") or choices[0].get("message") or {}
        return self._reasoning_filter.feed(_message_text(message.get("content")))

    def _is_error(self, payload: Any) -> bool:
        if not isinstance(payload, dict) or payload.get("error"):
            return True
        is_named_error = "error" in (payload.get("object"), payload.get("type"))
        return is_named_error or (self._events is None and "choices" not in payload)


def _message_text(content: Any) -> str:
    """The text of a message's content; parts of other types, such as reasoning, are left out."""
    if isinstance(content, list):
        return "".join(_message_text(part.get("text")) for part in content if part.get("type", "text") == "text")
    return content if isinstance(content, str) else ""


def _parse_usage(usage: Any) -> UsageMetadata | None:
    if not isinstance(usage, dict):
        return None
    prompt, completion = usage.get("prompt_tokens") or 0, usage.get("completion_tokens") or 0
    return UsageMetadata(input_tokens=prompt, output_tokens=completion, total_tokens=prompt + completion)
