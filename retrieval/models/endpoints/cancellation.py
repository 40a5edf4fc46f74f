"""Cancel, from another thread, work that is in progress."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock


class Cancellation:
    """A flag that is set once, with callbacks to call when it is; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._callbacks: list[Callable[[], object]] = []
        self.is_cancelled = False

    def cancel(self) -> None:
        """Call the registered callbacks, and any that are registered later."""
        with self._lock:
            self.is_cancelled = True
            callbacks = list(self._callbacks)
        for callback in callbacks:
            callback()

    @contextmanager
    def on_cancel(self, callback: Callable[[], object]) -> Iterator[None]:
        """Call `callback` when cancelled within the block; at once if cancelled already."""
        with self._lock:
            self._callbacks.append(callback)
            already_cancelled = self.is_cancelled
        if already_cancelled:
            callback()
        try:
            yield
        finally:
            with self._lock:
                self._callbacks.remove(callback)
