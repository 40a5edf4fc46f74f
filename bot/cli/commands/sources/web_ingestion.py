"""Read articles from addresses that `onrecord add` is given."""

from collections.abc import Sequence
from dataclasses import replace

from bot.app.build import App, Web, open_web
from bot.cli.output import terminal
from bot.formatting import printable
from retrieval.catalog.reader import article_id_for_url
from retrieval.errors import SourceError
from retrieval.index.index_updates import Progress
from retrieval.index.indexer import IngestSummary
from retrieval.ingest.watching.discovery import DiscoveredSource, discover_source
from retrieval.ingest.watching.page_state import PageStates
from retrieval.ingest.watching.run import RunOutcome, run_source
from retrieval.ingest.watching.source import Source, add_minutes
from retrieval.ingest.watching.source_store import SourceStore
from retrieval.text.dates.clock import utc_now

FIRST_RUN_MINUTES = 60  # a first run that was killed is repeated by a watching process after that time
WEB_SCHEMES = ("http://", "https://")


def is_address(source: str) -> bool:
    """Whether a source is on the web."""
    return source.lower().startswith(WEB_SCHEMES)


def ingest_addresses(
    app: App, addresses: Sequence[str], every: float, report: Progress, *, quiet: bool
) -> IngestSummary:
    """Read addresses now, and watch them from then on every `every` minutes, 0 for the interval they suggest."""
    summary = IngestSummary()
    if not addresses:
        return summary
    with open_web(app.settings) as web:
        for address in addresses:
            try:
                found = discover_source(address, web.fetcher, web.reader, minutes=every)
            except SourceError as exc:
                summary += IngestSummary(failed=(exc,))
                continue
            if not quiet:
                terminal.warn(f"{printable(address)} is {printable(found.why)}")
            outcome = _run_first(app, web, found, report)
            run = outcome.run
            summary += IngestSummary(run.added, run.changed, run.unchanged, outcome.failed, warnings=outcome.warnings)
    return summary


def _run_first(app: App, web: Web, found: DiscoveredSource, report: Progress) -> RunOutcome:
    """Store the source and read it; a page without an article is not watched."""
    source = _store(app, found)
    fetched = {source.url: found.fetched}
    outcome = run_source(app.store, source, web.fetcher, web.reader, progress=report, prefetched=fetched)
    if source.kind == "page" and not _articles_of_page(app, source.url):
        SourceStore(app.store.catalog).remove(source.url)
    return outcome


def _store(app: App, found: DiscoveredSource) -> Source:
    """Store the source, due so late that no watching process runs it beside this one."""
    sources, url = SourceStore(app.store.catalog), found.source.url
    if found.source.kind == "page" and _clear_withdrawals(app, url):
        sources.remove(url)  # with the state of the page, so that the page is parsed again although it is unchanged
    sources.add(replace(found.source, due=add_minutes(utc_now(), FIRST_RUN_MINUTES)))
    return sources.get(url) or found.source


def _clear_withdrawals(app: App, url: str) -> bool:
    """Let removed articles of a page come back, since it is asked for again; whether there were any."""
    articles = (article_id_for_url(url), *_articles_of_page(app, url))
    cleared = [app.store.catalog.clear_withdrawal(article) for article in articles]
    return any(cleared)


def _articles_of_page(app: App, page: str) -> tuple[str, ...]:
    """Ids of the articles that a watched page has brought."""
    state = PageStates(app.store.catalog, page).get(page)
    return state.articles if state else ()
