"""Remove a model's reasoning (`<think>...</think>`) from the start of its text."""

OPEN_TAG, CLOSE_TAG = "<think>", "</think>"


class ReasoningTagFilter:
    """Removes reasoning and the white space after it from the start of a text that comes in pieces."""

    def __init__(self) -> None:
        self._buffer = ""
        self._in_reasoning = self._had_reasoning = self._in_answer = False

    def feed(self, piece: str) -> str:
        """Return the part of the answer that this piece completes, possibly empty."""
        if self._in_answer:
            return piece
        self._buffer += piece
        if self._in_reasoning and not self._skip_reasoning():
            return ""
        text = self._buffer.lstrip()
        if text.startswith(OPEN_TAG):
            self._in_reasoning, self._buffer = True, text.removeprefix(OPEN_TAG)
            return self.feed("")
        if OPEN_TAG.startswith(text):  # the rest of the tag may follow
            return ""
        self._in_answer = True
        return text if self._had_reasoning else self._buffer

    def end(self) -> str:
        """Return the text that was held back as the possible start of a tag, now that nothing follows."""
        if self._in_reasoning or self._in_answer:
            return ""
        return self._buffer.lstrip() if self._had_reasoning else self._buffer

    def _skip_reasoning(self) -> bool:
        """Drop the buffered reasoning; return whether its end was reached."""
        _, closed, after = self._buffer.partition(CLOSE_TAG)
        if not closed:
            self._buffer = self._buffer[1 - len(CLOSE_TAG) :]  # the tag may come in two pieces
            return False
        self._in_reasoning, self._had_reasoning, self._buffer = False, True, after
        return True
