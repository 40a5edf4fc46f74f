"""add URL, sources, watch: articles from the web."""

import signal
from collections.abc import Sequence
from dataclasses import asdict, replace
from threading import Thread
from typing import Any

from bot.app.build import App, open_app, open_web
from bot.cli.output import terminal
from bot.cli.background import catching_up
from bot.formatting import format_age, printable
from retrieval.catalog.database import utc_now
from retrieval.catalog.reader import article_id_for_url
from retrieval.endpoints.cancellation import Cancellation
from retrieval.errors import SourceError
from retrieval.index import indexer
from retrieval.ingest.watching.discovery import discover_source
from retrieval.ingest.watching.page_state import PageStates
from retrieval.ingest.watching.run import RunOutcome, run_source
from retrieval.ingest.watching.scheduler import watch_due_sources
from retrieval.ingest.watching.source import INTERRUPTED, Source, is_stale, later
from retrieval.ingest.watching.source_store import SourceStore

OK = 0
FIRST_LOOK_MINUTES = 60  # after which somebody else goes on with what was killed
WEB = ("http://", "https://")


def is_address(source: str) -> bool:
    """Whether a source is on the web."""
    return source.lower().startswith(WEB)


def read_addresses(
    app: App, addresses: Sequence[str], every: float, report: indexer.Progress, *, quiet: bool
) -> indexer.IngestSummary:
    """Look at addresses for the first time, or once more, and watch them from then on."""
    tally = indexer.IngestSummary()
    if not addresses:
        return tally
    with open_web(app.settings) as web:
        register = SourceStore(app.store.catalog)
        for address in addresses:
            try:
                found = discover_source(address, web.fetcher, web.reader, minutes=every)
            except SourceError as exc:
                tally += indexer.IngestSummary(failed=(exc,))
                continue
            if not quiet:
                terminal.warn(f"{printable(address)} is {printable(found.why)}")
            if found.source.kind == "page" and _readmitted(app, found.source.url):
                register.remove(found.source.url)  # with what is remembered of the page: it is to be read again
            # Whoever watches meanwhile leaves the first look to us.
            register.add(replace(found.source, due=later(utc_now(), FIRST_LOOK_MINUTES)))
            source = register.get(found.source.url) or found.source
            at_hand = {source.url: found.fetched}
            outcome = run_source(app.store, source, web.fetcher, web.reader, progress=report, at_hand=at_hand)
            if source.kind == "page" and not _brought(app, source.url):
                register.remove(source.url)
            tally += _tally(outcome)
    return tally


def _readmitted(app: App, url: str) -> bool:
    """Whether the page's articles had been taken out, and may now come back because somebody asks for them."""
    return (
        sum(app.store.catalog.clear_withdrawal(article) for article in (article_id_for_url(url), *_brought(app, url)))
        > 0
    )


def _brought(app: App, page: str) -> tuple[str, ...]:
    """The articles that a watched page has had."""
    known = PageStates(app.store.catalog, page).get(page)
    return known.articles if known else ()


def _tally(outcome: RunOutcome) -> indexer.IngestSummary:
    done = outcome.run
    return indexer.IngestSummary(done.added, done.changed, done.unchanged, outcome.failed)


def list_sources(*, as_json: bool) -> int:
    """One line a source: what it is, when it was last looked at, what went wrong."""
    with open_app() as app:
        sources = SourceStore(app.store.catalog).all()
        for source in sources:
            if as_json:
                terminal.say_json(facts_of(source))
            else:
                terminal.say(printable(line_of(source)))
    if not sources:
        terminal.warn("there are no sources on the web yet; 'onrecord add URL' adds one.")
    return OK


def facts_of(source: Source) -> dict[str, Any]:
    """A source as JSON tells it."""
    return asdict(source) | {"stale": is_stale(source, utc_now())}


def line_of(source: Source) -> str:
    """A source on one line."""
    looked = f"read {format_age(source.succeeded)}" if source.succeeded else "never read whole"
    parts = [source.url, source.kind, source.title, f"every {source.minutes:g} minutes", looked]
    if is_stale(source, utc_now()):
        parts.append("STALE")
    return "  ".join([part for part in parts if part] + ([f"({source.error})"] if source.error else []))


def watch_sources() -> int:
    """Keep all sources current until interrupted."""
    cancellation = Cancellation()
    for ending in (signal.SIGINT, signal.SIGTERM):
        # In a thread: a handler runs in the middle of whatever the main thread does, locks held.
        signal.signal(ending, lambda *_: Thread(target=cancellation.cancel).start())
    with open_app() as app, open_web(app.settings) as web, catching_up(app.store):
        count = len(SourceStore(app.store.catalog).all())
        terminal.warn(f"watching {count} source{'' if count == 1 else 's'}; 'onrecord add URL' adds one.")
        watch_due_sources(app.store, web.fetcher, web.reader, cancellation, say_run)
    return OK


def say_run(outcome: RunOutcome) -> None:
    """One line on stderr about a run that brought something, or failed."""
    done = outcome.run
    counts = {"added": done.added, "changed": done.changed, "withdrawn": done.withdrawn, "failed": done.failed}
    told = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    if done.error and done.error != INTERRUPTED:
        told = f"{told}; broke off: {done.error}" if told else f"broke off: {done.error}"
    if told:
        terminal.warn(printable(f"{done.finished} {done.source}: {told}"))
