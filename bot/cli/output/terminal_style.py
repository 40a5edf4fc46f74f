"""How text is laid out on a terminal: colours, links and line breaks."""

import re
from dataclasses import dataclass

BOLD, DIM, RESET = "\x1b[1m", "\x1b[2m", "\x1b[0m"

_CODE = re.compile(r"\x1b\[\dm|\x1b\]8;;[^\x1b]*\x1b\\")  # bold, dim and links


@dataclass(frozen=True, slots=True)
class TerminalStyle:
    """What a terminal can show; a pipe shows neither colours nor links."""

    colour: bool = False
    links: bool = False
    width: int = 0  # columns; 0 leaves lines as long as they are

    def bold(self, text: str) -> str:
        return f"{BOLD}{text}{RESET}" if self.colour and text else text

    def dim(self, text: str) -> str:
        return f"{DIM}{text}{RESET}" if self.colour and text else text


class LineWrapper:
    """Breaks text that comes in pieces between words at the terminal's width; codes and links' addresses have none."""

    def __init__(self, style: TerminalStyle) -> None:
        self._width, self._column = style.width, 0

    def feed(self, text: str) -> str:
        """The piece with its line breaks; a piece must begin and end with whole words."""
        if not self._width:
            return text
        return "".join(self._place(part) for part in re.findall(r"\n|[^\S\n]*\S+", text))

    def _place(self, part: str) -> str:
        if part == "\n":
            self._column = 0
            return part
        if self._column and self._column + _shown_length(part) > self._width:
            part, self._column = f"\n{part.lstrip()}", -1
        self._column += _shown_length(part)
        return part


def wrap(text: str, style: TerminalStyle) -> str:
    """Break paragraphs between words at the terminal's width."""
    return LineWrapper(style).feed(text)


def _shown_length(text: str) -> int:
    return len(_CODE.sub("", text))
