"""A property that is worked out once, when it is first needed."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class lazy_property(Generic[T]):  # used as a decorator, like property
    """As functools.cached_property without its lock, which Python 3.11 shares between all instances of a class.

    Threads that verify different answers would wait for each other (`python -m bench.serving`).
    """

    def __init__(self, work: Callable[[Any], T]) -> None:
        self._work = work

    def __get__(self, instance: Any, owner: type | None = None) -> T:
        value = instance.__dict__[self._work.__name__] = self._work(instance)
        return value
