"""What a model thinks aloud before it answers is no part of the answer."""

OPEN, CLOSE = "<think>", "</think>"


class ReasoningTagFilter:
    """Takes `<think>...</think>` and the white space after it off the start of a text that comes in pieces."""

    def __init__(self) -> None:
        self._held = ""
        self._inside = self._thought = self._over = False

    def feed(self, piece: str) -> str:
        """What of the text so far belongs to the answer and was not given back yet."""
        if self._over:
            return piece
        self._held += piece
        if self._inside and not self._leave():
            return ""
        text = self._held.lstrip()
        if text.startswith(OPEN):
            self._inside, self._held = True, text.removeprefix(OPEN)
            return self.feed("")
        if OPEN.startswith(text):  # may still become one
            return ""
        self._over = True
        return text if self._thought else self._held

    def rest(self) -> str:
        """What was held back and turned out to be no thinking."""
        return "" if self._inside or self._over else self._held.lstrip() if self._thought else self._held

    def _leave(self) -> bool:
        _, closed, after = self._held.partition(CLOSE)
        if not closed:
            self._held = self._held[1 - len(CLOSE) :]  # the tag may come in two pieces
            return False
        self._inside, self._thought, self._held = False, True, after
        return True
