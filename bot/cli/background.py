"""Indexing beside something else: what the vectors are owed is worked off while questions are answered."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from retrieval.errors import EmbeddingUnavailable, IndexUnavailable
from retrieval.index import indexer, pending
from retrieval.index.store import Store

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
        if pending.is_owed(store.catalog):
            indexer.catch_up(store, wait=0, stop=stop)
    except (EmbeddingUnavailable, IndexUnavailable):
        pass  # each answer says that words alone were searched; whoever holds the index embeds for us
    except Exception:  # questions go on, and the next round may go better
        logging.getLogger(__name__).exception("Indexing beside the questions failed.")
