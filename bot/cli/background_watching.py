"""Keeping the sources on the web current beside something else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

from bot.app.build import App, open_web
from retrieval.endpoints.cancellation import Cancellation
from retrieval.ingest.watching.run import Outcome
from retrieval.ingest.watching.scheduler import watch


@contextmanager
def watching(app: App, on_run: Callable[[Outcome], None] = lambda outcome: None) -> Iterator[None]:
    """Look at the sources when they are due, in a thread, where the settings say so; nothing else otherwise."""
    if not app.settings.watch:
        yield
        return
    cancellation = Cancellation()
    with open_web(app.settings) as web:
        thread = Thread(target=watch, args=(app.store, web.fetcher, web.reader, cancellation, on_run), name="watching")
        thread.start()
        try:
            yield
        finally:
            cancellation.cancel()
            thread.join()
