"""A property that is computed once, when it is first read."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class lazy_property(Generic[T]):  # lower case, as a decorator like `property`
    """functools.cached_property without its lock, which Python 3.11 shares between all instances of a class.

    With the lock, threads that verify different answers wait for each other (`python -m bench.serving`).
    """

    def __init__(self, work: Callable[[Any], T]) -> None:
        self._work = work

    def __get__(self, instance: Any, owner: type | None = None) -> T:
        value = instance.__dict__[self._work.__name__] = self._work(instance)
        return value
