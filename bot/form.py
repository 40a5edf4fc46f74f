"""In which form a model is asked for an answer, and how its draft is read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bot.draft import Sentences, Written


class Reader(Protocol):
    """Text in pieces to whole sentences."""

    def feed(self, text: str) -> list[Written]:
        """The sentences that became whole."""

    def end(self) -> list[Written]:
        """What is left when nothing follows any more."""


@dataclass(frozen=True, slots=True)
class Form:
    """The prompt's name, what reads a draft, and what a request needs, given how many passages there are."""

    prompt: str
    reader: Callable[[], Reader]
    options: Callable[[int], Mapping[str, Any]]


PROSE = Form("answer", Sentences, lambda passages: {})
