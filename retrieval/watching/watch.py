"""Keeps all sources of an index current: each is looked at when it is due, several side by side."""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

from filelock import FileLock, Timeout

from retrieval.catalog import now
from retrieval.fetching.fetch import Fetcher
from retrieval.sources.reading import Reader
from retrieval.store import Store
from retrieval.watching.register import Register
from retrieval.watching.run import Outcome, run
from retrieval.watching.source import Source

LOOK_SECONDS = 2.0  # what becomes due, or was added by another process, is noticed within that time
SIDE_BY_SIDE = 4  # sources; requests to one host still go one after the other

LOG = logging.getLogger(__name__)


def watch(
    store: Store,
    fetcher: Fetcher,
    reader: Reader,
    stop: Event,
    on_run: Callable[[Outcome], None] = lambda outcome: None,
    *,
    every: float = LOOK_SECONDS,
) -> None:
    """Look at every source when it is due, until `stop` is set; one process does so for an index, others wait."""
    with _alone(store, stop, every) as is_alone, ThreadPoolExecutor(SIDE_BY_SIDE, "watching") as pool:
        register, running = Register(store.catalog), dict[str, Future[None]]()
        while is_alone and not stop.is_set():
            register.watch(now())
            running = {url: future for url, future in running.items() if not future.done()}
            for source in register.due(now()):
                if source.url not in running and len(running) < SIDE_BY_SIDE:
                    running[source.url] = pool.submit(_run, store, source, fetcher, reader, stop, on_run)
            stop.wait(every)


def _run(
    store: Store,
    source: Source,
    fetcher: Fetcher,
    reader: Reader,
    stop: Event,
    on_run: Callable[[Outcome], None],
) -> None:
    try:
        on_run(run(store, source, fetcher, reader, stop=stop))
    except Exception:  # the others go on, and the next run may go better
        LOG.exception("A run over a source failed.")


@contextmanager
def _alone(store: Store, stop: Event, every: float) -> Iterator[bool]:
    """Wait until no other process watches this index; False where there is no more waiting."""
    lock = FileLock(store.folder / "watch.lock")
    while not stop.is_set():
        try:
            lock.acquire(timeout=0)
        except Timeout:
            stop.wait(every)
            continue
        try:
            yield True
        finally:
            lock.release()
        return
    yield False
