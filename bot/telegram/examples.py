"""The example questions of /start, made anew when the articles change."""

from collections.abc import Callable
from threading import Lock

from bot.suggestions import openers
from retrieval import backlog
from retrieval.catalog import Catalog
from retrieval.search import Search


class Examples:
    """Questions that work on this index; safe to share between threads."""

    def __init__(self, search: Search, catalog: Catalog) -> None:
        self._make: Callable[[], tuple[str, ...]] = lambda: openers(search, catalog)
        self._catalog = catalog
        self._lock, self._made = Lock(), ("", tuple[str, ...]())

    def __call__(self) -> tuple[str, ...]:
        """Up to three."""
        state = f"{backlog.generation(self._catalog)} {self._catalog.last_run()}"
        with self._lock:
            if self._made[0] != state:
                self._made = (state, self._make())
            return self._made[1]
