"""A way to end, from another thread, what is waited for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock


class Cancellation:
    """Once cancelled it stays so; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._calls: list[Callable[[], object]] = []
        self.is_cancelled = False

    def cancel(self) -> None:
        """End what is under way and whatever begins later."""
        with self._lock:
            self.is_cancelled = True
            calls = list(self._calls)
        for call in calls:
            call()

    @contextmanager
    def on_cancel(self, call: Callable[[], object]) -> Iterator[None]:
        """While inside, cancelling calls this; at once if it has happened before."""
        with self._lock:
            self._calls.append(call)
            late = self.is_cancelled
        if late:
            call()
        try:
            yield
        finally:
            with self._lock:
                self._calls.remove(call)
