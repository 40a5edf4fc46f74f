"""watch: keep the articles of all sources on the web current."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread, Timer

import typer

from bot.app.build import open_app, open_web
from bot.cli.background import indexing_in_background
from bot.cli.commands.sources.source_text import show_run
from bot.cli.exit_code import ExitCode
from bot.cli.options import data_option
from bot.cli.output import terminal
from retrieval.ingest.watching.scheduler import watch_due_sources
from retrieval.ingest.watching.source_store import SourceStore
from retrieval.models.endpoints.cancellation import Cancellation

STOP_SECONDS = 1.5  # after a signal until the process ends, whatever it still does


def watch(context: typer.Context) -> ExitCode:
    """Read each source when it is due, until SIGINT or SIGTERM."""
    with (
        _cancelled_by_signals() as cancellation,
        open_app(data=data_option(context)) as app,
        open_web(app.settings) as web,
        indexing_in_background(app.store),
    ):
        count = len(SourceStore(app.store.catalog).all())
        terminal.warn(f"watching {count} source{'' if count == 1 else 's'}; 'onrecord add URL' adds one.")
        watch_due_sources(app.store, web.fetcher, web.reader, cancellation, show_run)
    return ExitCode.OK


@contextmanager
def _cancelled_by_signals() -> Iterator[Cancellation]:
    """A cancellation that SIGINT and SIGTERM trigger; the former handlers are set again at the end.

    The process ends STOP_SECONDS later in any case: a batch of vectors may take longer, and a killed one loses nothing.
    """
    cancellation = Cancellation()

    def cancel(number: int, frame: object) -> None:
        # In a thread: a handler interrupts the main thread anywhere, even while it holds the lock that cancel() needs.
        Thread(target=cancellation.cancel).start()
        deadline = Timer(STOP_SECONDS, os._exit, [ExitCode.INTERRUPTED])
        deadline.daemon = True
        deadline.start()

    former = {number: signal.signal(number, cancel) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield cancellation
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
