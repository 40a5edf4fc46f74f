"""An answer as text for a terminal: numbered, with its sources, how old they are, and links to click on."""

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.answering.messages import Answer, Citation
from bot.formatting import format_date, printable
from bot.service.freshness import freshness_line, publication_notes

BOLD, DIM, RESET = "\x1b[1m", "\x1b[2m", "\x1b[0m"


@dataclass(frozen=True, slots=True)
class TerminalStyle:
    """What a terminal can show; a pipe can show nothing of it."""

    colour: bool = False
    links: bool = False
    width: int = 0  # columns; 0 leaves lines as long as they are

    def bold(self, text: str) -> str:
        return f"{BOLD}{text}{RESET}" if self.colour else text

    def dim(self, text: str) -> str:
        return f"{DIM}{text}{RESET}" if self.colour and text else text


def to_text(answer: Answer, style: TerminalStyle, now: datetime | None = None) -> str:
    """The whole answer with its sources, or the refusal with the nearest articles."""
    return "\n\n".join(part for part in (said(answer, style), below(answer, style, now)) if part)


def said(answer: Answer, style: TerminalStyle) -> str:
    """What the answer says, without its sources."""
    text = wrapped(printable(answer.text), style)
    return style.bold(text) if answer.status == "no_answer" else text


def below(answer: Answer, style: TerminalStyle, now: datetime | None = None) -> str:
    """What stands below the text: the sources or the nearest articles, how fresh they are, notes."""
    parts = list[str]()
    if answer.citations:
        parts.append(sources(answer.citations, style))
    elif answer.nearest:
        parts.append(style.dim("Nearest articles:") + "\n" + sources(answer.nearest, style))
    parts.extend(style.dim(line) for line in (freshness_line(answer, now), *map(printable, answer.notes)) if line)
    return "\n\n".join(parts)


class LineWrapper:
    """Text that comes in pieces, broken between words at the terminal's width as `wrapped` breaks it."""

    def __init__(self, style: TerminalStyle) -> None:
        self._width, self._column = style.width, 0

    def feed(self, text: str) -> str:
        """The piece with its line breaks; it begins and ends with whole words."""
        if not self._width:
            return text
        pieces = [self._placed(part) for part in re.findall(r"\n|[^\S\n]*[^\s]+|[^\S\n]+", text)]
        return "".join(pieces)

    def _placed(self, part: str) -> str:
        if part == "\n":
            self._column = 0
            return part
        if self._column and self._column + len(part) > self._width:
            part = f"\n{part.lstrip()}"
            self._column = -1
        self._column += len(part)
        return part


def wrapped(text: str, style: TerminalStyle) -> str:
    """Paragraphs broken between words at the terminal's width."""
    if not style.width:
        return text
    return "\n".join(textwrap.fill(line, style.width, break_long_words=False) for line in text.split("\n"))


def sources(citations: Sequence[Citation], style: TerminalStyle) -> str:
    """The sources, one paragraph an article: its numbers and facts, and a link for each number."""
    by_article: dict[str, list[Citation]] = {}
    for citation in citations:
        by_article.setdefault(citation.article, []).append(citation)
    return "\n".join(_source(cited, style) for cited in by_article.values())


def _source(cited: Sequence[Citation], style: TerminalStyle) -> str:
    first = cited[0]
    facts = [first.outlet, first.title, " and ".join(first.authors), format_date(first.published)]
    facts += publication_notes(first)
    marks = " ".join(_linked(f"[{citation.number}]", citation.deep_link, style) for citation in cited)
    line = f"{marks} {_linked(printable(', '.join(fact for fact in facts if fact)), first.deep_link, style)}"
    if style.links:
        return line
    links = (style.dim(f"    {printable(citation.deep_link)}") for citation in cited if citation.deep_link)
    return "\n".join([line, *links])


def _linked(text: str, link: str, style: TerminalStyle) -> str:
    link = printable(link)
    return f"\x1b]8;;{link}\x1b\\{text}\x1b]8;;\x1b\\" if style.links and link else text
