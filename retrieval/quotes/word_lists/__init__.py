"""Lists of words as text files: a line that starts with # is a comment."""

from functools import cache
from importlib.resources import files


@cache
def list_lines(name: str) -> tuple[str, ...]:
    """The lines of a list that are no comments."""
    content = (files("retrieval.quotes.word_lists") / f"{name}.txt").read_text("utf-8")
    return tuple(line for line in content.splitlines() if line and not line.startswith("#"))


@cache
def word_list(name: str) -> frozenset[str]:
    """All words of a list."""
    return frozenset(" ".join(list_lines(name)).split())
