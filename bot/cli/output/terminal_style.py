"""How text is laid out on a terminal: colours, links and line breaks."""

import re
import textwrap
from dataclasses import dataclass

BOLD, DIM, RESET = "\x1b[1m", "\x1b[2m", "\x1b[0m"


@dataclass(frozen=True, slots=True)
class TerminalStyle:
    """What a terminal can show; a pipe shows neither colours nor links."""

    colour: bool = False
    links: bool = False
    width: int = 0  # columns; 0 leaves lines as long as they are

    def bold(self, text: str) -> str:
        return f"{BOLD}{text}{RESET}" if self.colour else text

    def dim(self, text: str) -> str:
        return f"{DIM}{text}{RESET}" if self.colour and text else text


class LineWrapper:
    """Breaks text that comes in pieces between words at the terminal's width, as `wrap` breaks a whole text."""

    def __init__(self, style: TerminalStyle) -> None:
        self._width, self._column = style.width, 0

    def feed(self, text: str) -> str:
        """The piece with its line breaks; a piece must begin and end with whole words."""
        if not self._width:
            return text
        pieces = [self._place(part) for part in re.findall(r"\n|[^\S\n]*[^\s]+|[^\S\n]+", text)]
        return "".join(pieces)

    def _place(self, part: str) -> str:
        if part == "\n":
            self._column = 0
            return part
        if self._column and self._column + len(part) > self._width:
            part = f"\n{part.lstrip()}"
            self._column = -1
        self._column += len(part)
        return part


def wrap(text: str, style: TerminalStyle) -> str:
    """Break paragraphs between words at the terminal's width."""
    if not style.width:
        return text
    return "\n".join(textwrap.fill(line, style.width, break_long_words=False) for line in text.split("\n"))
