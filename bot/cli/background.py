"""Threads that index pending passages and watch sources while a command answers questions."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from bot.app.build import App, open_web
from bot.app.data_folder import explain_failure
from retrieval.errors import EmbeddingUnavailable, IndexDamaged, IndexUnavailable, StorageError
from retrieval.index import indexer, pending
from retrieval.index.store import Store
from retrieval.ingest.watching.run import RunOutcome
from retrieval.ingest.watching.scheduler import watch_due_sources
from retrieval.models.endpoints.cancellation import Cancellation

CHECK_SECONDS = 10.0  # between two checks for pending work, and for a model or server that can be reached again


@contextmanager
def indexing_in_background(store: Store, *, every: float = CHECK_SECONDS) -> Iterator[None]:
    """Index what is pending, checking every `every` seconds; a batch that has begun is finished before leaving."""
    stop = Event()

    def work() -> None:
        last_failure = ""
        while not stop.is_set():
            failure = _index_pending(store, stop)
            if failure and failure != last_failure:
                logging.getLogger(__name__).error("Indexing beside the questions failed: %s", failure)
            last_failure = failure
            stop.wait(every)

    thread = Thread(target=work, name="indexing")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _index_pending(store: Store, stop: Event) -> str:
    """Index what is pending; why it failed, empty where it did not or where each answer says so."""
    try:
        if pending.has_pending(store.catalog):
            indexer.index_pending(store, wait=0, stop=stop)
    except (IndexDamaged, StorageError) as exc:
        return str(exc)
    except (EmbeddingUnavailable, IndexUnavailable):
        pass  # each answer says that words alone were searched; a process that holds the write lock indexes for us
    except Exception as exc:  # questions are answered meanwhile, and the next check may succeed
        folder = store.folder if store.catalog.database.is_sqlite else None
        return str(explain_failure(folder, exc) or f"{type(exc).__name__}: {exc}")
    return ""


@contextmanager
def watching_in_background(app: App, on_run: Callable[[RunOutcome], None] = lambda outcome: None) -> Iterator[None]:
    """Read sources when they are due, where ONRECORD_WATCH says so."""
    if not app.settings.watch:
        yield
        return
    cancellation = Cancellation()
    with open_web(app.settings) as web:
        arguments = (app.store, web.fetcher, web.reader, cancellation, on_run)
        thread = Thread(target=watch_due_sources, args=arguments, name="watching")
        thread.start()
        try:
            yield
        finally:
            cancellation.cancel()
            thread.join()
