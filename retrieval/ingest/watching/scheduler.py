"""Run every source of an index when it is due, several in parallel."""

import logging
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from threading import Event

from filelock import FileLock, Timeout

from retrieval.catalog.database.tables import sources
from retrieval.errors import OnRecordError
from retrieval.index.claims import LEASE_SECONDS, Claims
from retrieval.index.store import Store
from retrieval.ingest.fetching.fetcher import Fetcher
from retrieval.ingest.parsing.sandbox.parser_process import ParserProcess
from retrieval.ingest.watching.run import RunOutcome, run_source
from retrieval.ingest.watching.source import Source
from retrieval.ingest.watching.source_store import SourceStore
from retrieval.models.endpoints.cancellation import Cancellation
from retrieval.text.dates.clock import utc_now

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
    lease_seconds: float = LEASE_SECONDS,
) -> None:
    """Run every source when it is due, until cancelled.

    Only one process per folder does so, others wait. Where the catalog is on a server, any number of machines do, and
    each claims the sources that it runs; those of one that dies are run by another after `lease_seconds`.
    """
    schedule, running, stopped = _Schedule(store, lease_seconds), dict[str, Future[None]](), Event()

    def run(source: Source) -> None:
        try:
            on_run(run_source(store, source, fetcher, parser, cancellation=cancellation))
        except Exception:  # other sources go on, and the next run may succeed
            LOG.exception("A run over a source failed.")
            stopped.wait(ERROR_PAUSE_SECONDS)
        finally:
            schedule.release(source)

    alone = _single_watcher(store, stopped, poll_seconds) if store.catalog.database.is_sqlite else nullcontext()
    with cancellation.on_cancel(stopped.set), alone, _pool() as pool:
        while not stopped.is_set():
            running = {url: future for url, future in running.items() if not future.done()}
            for source in schedule.due(running.keys(), MAX_PARALLEL_SOURCES - len(running)):
                running[source.url] = pool.submit(run, source)
            stopped.wait(poll_seconds)


class _Schedule:
    """The sources that this process is to run next: all that are due, or those that it could claim on a server."""

    def __init__(self, store: Store, lease_seconds: float) -> None:
        self._sources, self._failure = SourceStore(store.catalog), ""
        is_shared = not store.catalog.database.is_sqlite
        self._claims = Claims(store.catalog, sources.c.url, seconds=lease_seconds) if is_shared else None

    def due(self, running: Collection[str], most: int) -> list[Source]:
        """Up to `most` sources that are due and not running; none while the catalog cannot be read."""
        try:
            self._sources.mark_watched(utc_now())
            if self._claims:
                self._claims.renew()
                found = self._sources.claim_due(self._claims, utc_now(), most) if most else []
            else:
                found = [source for source in self._sources.due(utc_now()) if source.url not in running][:most]
            self._failure = ""
        except OnRecordError as exc:  # the server is away, which may pass
            if str(exc) != self._failure:
                LOG.error("The sources could not be read: %s", exc)
            self._failure, found = str(exc), []
        except Exception:  # the catalog is locked or its disk full, which may pass
            LOG.exception("The sources could not be read.")
            found = []
        return found

    def release(self, source: Source) -> None:
        """Let other machines run a source."""
        if self._claims:
            with suppress(OnRecordError):  # the claim expires
                self._claims.release([source.url])


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
