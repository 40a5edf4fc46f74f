"""Keeps all sources of an index current: each is looked at when it is due, several side by side."""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

from filelock import FileLock, Timeout

from retrieval.catalog.database import utc_now
from retrieval.endpoints.cancellation import Cancellation
from retrieval.index.store import Store
from retrieval.ingest.fetching.fetcher import Fetcher
from retrieval.ingest.parsing.sandbox.parser_process import ParserProcess
from retrieval.ingest.watching.run import RunOutcome, run_source
from retrieval.ingest.watching.source import Source
from retrieval.ingest.watching.source_store import SourceStore

LOOK_SECONDS = 2.0  # what becomes due, or was added by another process, is noticed within that time
REST_SECONDS = 60.0  # after what nobody expected: a full disk, say, keeps a run from being recorded, and it stays due
SIDE_BY_SIDE = 4  # sources; requests to one host still go one after the other

LOG = logging.getLogger(__name__)


def watch_due_sources(
    store: Store,
    fetcher: Fetcher,
    reader: ParserProcess,
    cancellation: Cancellation,
    on_run: Callable[[RunOutcome], None] = lambda outcome: None,
    *,
    every: float = LOOK_SECONDS,
) -> None:
    """Look at every source when it is due, until cancelled; one process does so for an index, others wait."""
    register, running, ended = SourceStore(store.catalog), dict[str, Future[None]](), Event()

    def look(source: Source) -> None:
        try:
            on_run(run_source(store, source, fetcher, reader, cancellation=cancellation))
        except Exception:  # the others go on, and the next run may go better
            LOG.exception("A run over a source failed.")
            ended.wait(REST_SECONDS)

    with cancellation.on_cancel(ended.set), _alone(store, ended, every), _pool() as pool:
        while not ended.is_set():
            running = {url: future for url, future in running.items() if not future.done()}
            for source in _due(register):
                if source.url not in running and len(running) < SIDE_BY_SIDE:
                    running[source.url] = pool.submit(look, source)
            ended.wait(every)


def _due(register: SourceStore) -> list[Source]:
    try:
        register.watch(utc_now())
        return register.due(utc_now())
    except Exception:  # the catalog is locked or its disk full: that may pass
        LOG.exception("The sources could not be read.")
        return []


def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(SIDE_BY_SIDE, "watching")


@contextmanager
def _alone(store: Store, ended: Event, every: float) -> Iterator[None]:
    """Wait until no other process watches this index, or it is over."""
    lock = FileLock(store.folder / "watch.lock")
    while not ended.is_set():
        try:
            lock.acquire(timeout=0)
            break
        except Timeout:
            ended.wait(every)
    try:
        yield
    finally:
        lock.release()
