"""Read the lists of words beside this module: text files in which a line that starts with # is a comment."""

from functools import cache
from importlib.resources import files


@cache
def list_lines(name: str) -> tuple[str, ...]:
    """The lines of the list of this name, without comments and empty lines."""
    content = (files("retrieval.quotes.word_lists") / f"{name}.txt").read_text("utf-8")
    return tuple(line for line in content.splitlines() if line and not line.startswith("#"))


@cache
def word_list(name: str) -> frozenset[str]:
    """All words of the list of this name."""
    return frozenset(" ".join(list_lines(name)).split())
