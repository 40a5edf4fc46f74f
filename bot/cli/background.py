"""Indexing beside something else: what the vectors are owed is worked off while questions are answered."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from bot.app.build import App, open_web
from retrieval.endpoints.cancellation import Cancellation
from retrieval.errors import EmbeddingUnavailable, IndexUnavailable
from retrieval.index import indexer, pending
from retrieval.index.store import Store
from retrieval.ingest.watching.run import RunOutcome
from retrieval.ingest.watching.scheduler import watch_due_sources

LOOK_SECONDS = 10.0  # what becomes owed, or can be had again, is noticed within that time


@contextmanager
def catching_up(store: Store, *, every: float = LOOK_SECONDS) -> Iterator[None]:
    """Index what is owed, and look again every so many seconds; what is in hand is finished before leaving."""
    stop = Event()

    def work() -> None:
        while not stop.is_set():
            _catch_up(store, stop)
            stop.wait(every)

    thread = Thread(target=work, name="catching up")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _catch_up(store: Store, stop: Event) -> None:
    try:
        if pending.has_pending(store.catalog):
            indexer.index_pending(store, wait=0, stop=stop)
    except (EmbeddingUnavailable, IndexUnavailable):
        pass  # each answer says that words alone were searched; whoever holds the index embeds for us
    except Exception:  # questions go on, and the next round may go better
        logging.getLogger(__name__).exception("Indexing beside the questions failed.")


@contextmanager
def watching(app: App, on_run: Callable[[RunOutcome], None] = lambda outcome: None) -> Iterator[None]:
    """Look at the sources when they are due, in a thread, where the settings say so; nothing else otherwise."""
    if not app.settings.watch:
        yield
        return
    cancellation = Cancellation()
    with open_web(app.settings) as web:
        thread = Thread(
            target=watch_due_sources, args=(app.store, web.fetcher, web.reader, cancellation, on_run), name="watching"
        )
        thread.start()
        try:
            yield
        finally:
            cancellation.cancel()
            thread.join()
