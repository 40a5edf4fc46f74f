"""Run every source of an index when it is due, several in parallel."""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

from filelock import FileLock, Timeout

from retrieval.catalog.database import utc_now
from retrieval.index.store import Store
from retrieval.ingest.fetching.fetcher import Fetcher
from retrieval.ingest.parsing.sandbox.parser_process import ParserProcess
from retrieval.ingest.watching.run import RunOutcome, run_source
from retrieval.ingest.watching.source import Source
from retrieval.ingest.watching.source_store import SourceStore
from retrieval.models.endpoints.cancellation import Cancellation

POLL_SECONDS = 2.0  # between two checks for sources that are due or were added by another process
ERROR_PAUSE_SECONDS = 60.0  # after an unexpected error: if a run cannot be stored (disk full), its source stays due
MAX_PARALLEL_SOURCES = 4  # requests to one host are still sequential

LOG = logging.getLogger(__name__)


def watch_due_sources(
    store: Store,
    fetcher: Fetcher,
    parser: ParserProcess,
    cancellation: Cancellation,
    on_run: Callable[[RunOutcome], None] = lambda outcome: None,
    *,
    poll_seconds: float = POLL_SECONDS,
) -> None:
    """Run every source when it is due, until cancelled; only one process per index does so, others wait."""
    sources, running, stopped = SourceStore(store.catalog), dict[str, Future[None]](), Event()

    def run(source: Source) -> None:
        try:
            on_run(run_source(store, source, fetcher, parser, cancellation=cancellation))
        except Exception:  # other sources go on, and the next run may succeed
            LOG.exception("A run over a source failed.")
            stopped.wait(ERROR_PAUSE_SECONDS)

    with cancellation.on_cancel(stopped.set), _single_watcher(store, stopped, poll_seconds), _pool() as pool:
        while not stopped.is_set():
            running = {url: future for url, future in running.items() if not future.done()}
            for source in _due_sources(sources):
                if source.url not in running and len(running) < MAX_PARALLEL_SOURCES:
                    running[source.url] = pool.submit(run, source)
            stopped.wait(poll_seconds)


def _due_sources(sources: SourceStore) -> list[Source]:
    try:
        sources.mark_watched(utc_now())
        return sources.due(utc_now())
    except Exception:  # the catalog is locked or its disk full, which may pass
        LOG.exception("The sources could not be read.")
        return []


def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(MAX_PARALLEL_SOURCES, "watching")


@contextmanager
def _single_watcher(store: Store, stopped: Event, poll_seconds: float) -> Iterator[None]:
    """Wait until no other process watches this index, or until stopped; hold its lock in the block."""
    lock = FileLock(store.folder / "watch.lock")
    while not stopped.is_set():
        try:
            lock.acquire(timeout=0)
            break
        except Timeout:
            stopped.wait(poll_seconds)
    try:
        yield
    finally:
        lock.release()
