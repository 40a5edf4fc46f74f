"""The example questions of /start, made anew when the articles change."""

from threading import Lock

from bot.service.suggestions import opening_questions
from retrieval.catalog.catalog import Catalog
from retrieval.index import pending
from retrieval.search.hybrid_search import Search


class ExampleQuestions:
    """Questions that work on this index; safe to share between threads."""

    def __init__(self, search: Search, catalog: Catalog) -> None:
        self._search, self._catalog = search, catalog
        self._lock, self._made = Lock(), ("", tuple[str, ...]())

    def __call__(self) -> tuple[str, ...]:
        """Up to three."""
        state = f"{pending.vector_generation(self._catalog)} {self._catalog.last_run()}"
        with self._lock:
            if self._made[0] != state:
                with self._catalog.snapshot() as catalog:
                    self._made = (state, opening_questions(self._search, catalog))
            return self._made[1]
