"""Leave out what repeats an earlier claim."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from retrieval.search.deduplication import overlap, shingles

T = TypeVar("T")

MAX_CLAIMS = 3
DUPLICATE_OVERLAP = 0.6  # share of common shingles from which one text repeats another


def distinct(items: Iterable[T], repeats: Callable[[T, T], bool]) -> list[T]:
    """The first MAX_CLAIMS items that do not repeat each other."""
    chosen: list[T] = []
    for item in items:
        if len(chosen) == MAX_CLAIMS:
            break
        if not any(repeats(item, other) for other in chosen):
            chosen.append(item)
    return chosen


def is_close(one: str, other: str) -> bool:
    """Whether two texts have nearly the same words."""
    return overlap(shingles(one), shingles(other)) >= DUPLICATE_OVERLAP
